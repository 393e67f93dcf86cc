"""What people are told lies over the picture, goes with its cause, and can be sent away."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.parts.notice import Kind, Notice
from tests.app.find import button, press


@pytest.fixture
def below(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    return made


def test_it_lies_over_the_lower_edge_and_follows_it(below: QWidget) -> None:
    notice = Notice(below)
    notice.tell("It is broken; mend it")
    assert QRect(0, 150, 500, 150).contains(notice.geometry())
    below.resize(700, 500)
    assert QRect(0, 350, 700, 150).contains(notice.geometry())


def test_an_error_stays_until_something_is_changed(below: QWidget) -> None:
    notice = Notice(below)
    notice.tell("no file is chosen")
    assert (notice.message, notice.kind) == ("No file is chosen", Kind.BAD)
    notice.settle()
    assert (notice.message, notice.isVisible()) == ("", False)


def test_what_is_good_goes_by_itself_and_a_change_does_not_take_it(
    qtbot: QtBot, below: QWidget
) -> None:
    notice = Notice(below)
    notice.tell("Saved", Kind.GOOD)
    notice.settle()
    assert notice.message == "Saved"
    qtbot.waitUntil(lambda: not notice.isVisible())


def test_it_can_be_sent_away(below: QWidget) -> None:
    notice = Notice(below)
    notice.tell("It is broken")
    press(notice, "Dismiss")
    assert not notice.isVisible()
    assert isinstance(button(notice, "Dismiss"), QPushButton)


def test_a_warning_is_taken_back_only_by_who_gave_it(below: QWidget) -> None:
    notice, one, other = Notice(below), object(), object()
    notice.warn("The battery is low", one)
    notice.warn("", other)
    assert notice.message == "The battery is low"
    notice.warn("", one)
    assert notice.message == ""
