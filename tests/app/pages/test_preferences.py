"""What holds for the whole program is shown as it is, and told when it changes."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QKeySequenceEdit
from pytestqt.qtbot import QtBot

from app.pages.preferences import Preferences
from app.settings import Settings
from core.engine.names import ENGINES
from tests.app.find import box, button, choose, part, press, titles, words

TRAY = "Stay in the tray when the window is closed"

CHOSEN = Settings(
    engine="puppet", theme="dark", language="de", tray=True, keys=(("mute", "Ctrl+Alt+M"),)
)


def made(qtbot: QtBot, settings: Settings = CHOSEN, there: bool = True) -> Preferences:
    page = Preferences(settings, there, there)
    qtbot.addWidget(page)
    page.show()
    return page


def test_it_shows_what_was_chosen(qtbot: QtBot) -> None:
    page = made(qtbot)
    chosen = [box(page, name).currentData() for name in ("Engine", "Theme", "Language")]
    assert chosen == ["puppet", "dark", "de"]
    assert button(page, TRAY).isChecked()
    assert page.keys() == {"mute": "Ctrl+Alt+M"}


def test_a_change_is_told_by_its_name(qtbot: QtBot) -> None:
    page, told = made(qtbot), list[tuple[str, object]]()
    page.chosen.connect(lambda name, value: told.append((name, value)))
    choose(page, "Engine", ENGINES["neural"])
    choose(page, "Theme", "Same as system")
    press(page, TRAY)
    choose(page, "Language", "English")
    field = part(page, QKeySequenceEdit, "Global shortcut: Pause")
    field.setKeySequence(QKeySequence("Ctrl+Alt+P"))
    field.editingFinished.emit()
    keys = (("mute", "Ctrl+Alt+M"), ("pause", "Ctrl+Alt+P"))
    assert told == [
        ("engine", "neural"), ("theme", ""), ("tray", False), ("language", "en"), ("keys", keys),
    ]  # fmt: skip
    assert "when you stop" not in words(page)
    page.wait()
    assert "when you stop" in words(page)


def test_a_key_is_typed_and_taken_away(qtbot: QtBot) -> None:
    page = made(qtbot)
    edit = part(page, QKeySequenceEdit, "Global shortcut: Start or stop")
    edit.setFocus()
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    QTest.keyClick(edit, Qt.Key.Key_S, held)
    assert page.keys()["toggle"] == "Ctrl+Alt+S"
    edit.clear()
    assert set(page.keys()) == {"mute"}


def test_what_cannot_be_had_is_said_below_its_key(qtbot: QtBot) -> None:
    page = made(qtbot)
    page.show_problems({"mute": "another program has this key"})
    assert "Another program has this key" in words(page)
    page.show_problems({})
    assert "Another program has this key" not in words(page)


def test_a_system_without_keys_or_tray_is_told_another_way(qtbot: QtBot) -> None:
    page = made(qtbot, there=False)
    assert "understudy --tell mute" in words(page)
    assert not button(page, TRAY).isVisible()
    assert not page.findChildren(QKeySequenceEdit)


@pytest.mark.parametrize(("engine", "offered"), [("", False), ("testcard", True)])
def test_the_test_card_is_only_offered_to_who_uses_it(
    qtbot: QtBot, engine: str, offered: bool
) -> None:
    page = made(qtbot, Settings(engine=engine))
    assert (ENGINES["testcard"] in titles(page, "Engine")) is offered


def test_what_the_engine_runs_on_and_why_is_shown(qtbot: QtBot) -> None:
    page = made(qtbot)
    assert "once you're live" in words(page)
    page.show_engine("puppet engine on the CPU (no trained avatar model here)")
    assert "\nPuppet engine on the CPU (no trained" in words(page)
