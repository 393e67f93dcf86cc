"""What was said can be had again, and a new line is no end."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.live.speak_line import SpeakLine
from app.live_state import LiveState
from tests.app.find import part

KEY = Qt.Key


class Line:
    """A line, the keyboard before it, and who listens."""

    def __init__(self, qtbot: QtBot) -> None:
        self.line, self.heard = SpeakLine(), list[str]()
        qtbot.addWidget(self.line)
        self.field = part(self.line, QPlainTextEdit)
        self.line.said.connect(self.heard.append)
        self.line.interrupted.connect(lambda: self.heard.append("(interrupted)"))

    @property
    def text(self) -> str:
        return self.field.toPlainText()

    def type(self, text: str) -> None:
        QTest.keyClicks(self.field, text)

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.field, key, held)


@pytest.fixture
def line(qtbot: QtBot) -> Line:
    return Line(qtbot)


def test_enter_speaks_and_arrows_bring_back_what_was_said(line: Line) -> None:
    for text in ("one", "two", "one"):
        line.type(text)
        line.key(KEY.Key_Return)
    assert (line.heard, line.text) == (["one", "two", "one"], "")
    seen = []
    for key in (KEY.Key_Up, KEY.Key_Up, KEY.Key_Up, KEY.Key_Down, KEY.Key_Down):
        line.key(key)
        seen.append(line.text)
    assert seen == ["one", "two", "two", "one", ""]


def test_shift_and_enter_begin_a_new_line(line: Line) -> None:
    line.type("one")
    line.key(KEY.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    line.type("two")
    assert line.heard == []
    line.key(KEY.Key_Return)
    assert line.heard == ["one\ntwo"]


def test_what_is_offered_is_spoken_first_and_covers_nothing_that_was_said(line: Line) -> None:
    line.line.offer("Hello!")
    assert line.line.text == "Hello!"
    line.line.take()
    assert (line.text, line.line.text) == ("", "Hello!")
    line.line.offer("Something else")
    assert line.text == ""


def test_nothing_is_nothing_to_say(line: Line) -> None:
    line.type("  ")
    line.key(KEY.Key_Return)
    assert line.heard == []


def test_escape_and_its_button_interrupt_while_something_is_live(line: Line) -> None:
    line.line.show_state(LiveState.STOPPED)
    line.key(KEY.Key_Escape)
    assert line.heard == []
    line.line.show_state(LiveState.LIVE)
    line.key(KEY.Key_Escape)
    button = next(b for b in line.line.findChildren(QPushButton) if "Esc" in b.accessibleName())
    button.click()
    assert line.heard == ["(interrupted)"] * 2
