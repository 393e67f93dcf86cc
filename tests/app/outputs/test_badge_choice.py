"""The mark is on unless somebody means it; how it will look is shown."""

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.outputs.badge_choice import SIZES, BadgeChoice, Sample, really
from core.engine.badge import PLACES, BadgeOptions
from tests.app.find import box, part, press

MARK = "Show “AI-generated” in the picture"


def made(qtbot: QtBot, answer: bool = True) -> tuple[BadgeChoice, list[QWidget]]:
    asked: list[QWidget] = []

    def ask(parent: QWidget) -> bool:
        asked.append(parent)
        return answer

    choice = BadgeChoice(ask)
    qtbot.addWidget(choice)
    return choice, asked


def test_it_is_on_by_default_and_shown_as_it_will_be(qtbot: QtBot) -> None:
    choice, _ = made(qtbot)
    assert choice.badge() == BadgeOptions()
    seen = set()
    for place in PLACES:
        for size in SIZES:
            choice.set_mark(True, place, size)
            assert choice.badge() == BadgeOptions(place, size)
            seen.add(bytes(part(choice, Sample).pixmap().toImage().bits()))
    assert len(seen) == len(PLACES) * len(SIZES)


def test_turning_it_off_asks_once_and_keeping_it_keeps_it(qtbot: QtBot) -> None:
    choice, asked = made(qtbot, answer=False)
    press(choice, MARK)
    assert (choice.on, len(asked)) == (True, 1)
    choice, asked = made(qtbot, answer=True)
    with qtbot.waitSignal(choice.changed):
        press(choice, MARK)
    assert choice.badge() is None
    assert len(asked) == 1
    assert not box(choice, "Position of the label").isEnabled()
    press(choice, MARK)
    assert (choice.on, len(asked)) == (True, 1)


def test_what_was_remembered_is_shown_without_a_question(qtbot: QtBot) -> None:
    choice, asked = made(qtbot)
    choice.set_mark(False, "nowhere", 0.06)
    assert (choice.on, choice.place, choice.size_chosen) == (False, PLACES[0], 0.05)
    assert not asked


def test_the_question_says_why_it_matters_and_keeps_the_mark_by_default(qtbot: QtBot) -> None:
    words: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        words.append(box.text() + box.informativeText())
        default = box.defaultButton()
        assert default is not None
        default.click()

    parent = QWidget()
    qtbot.addWidget(parent)
    QTimer.singleShot(50, answer)
    assert not really(parent)
    assert "real camera image" in words[0]


def test_nobody_is_shown_as_an_example(qtbot: QtBot) -> None:
    choice, _ = made(qtbot)
    image = part(choice, Sample).pixmap().toImage()
    assert np.unique(np.asarray(image.bits())).size > 20
