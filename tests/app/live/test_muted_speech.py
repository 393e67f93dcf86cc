"""Who speaks while muted is told once, and not for a cough."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.live.muted_speech import LOOKS, MutedSpeech
from app.live.transport import Transport
from app.live_state import LiveState
from app.parts.notice import Notice


class Muted:
    """Somebody muted, as loud as said."""

    def __init__(self, qtbot: QtBot) -> None:
        self.level = 0.0
        self.below, self.transport = QWidget(), Transport()
        for part in (self.below, self.transport):
            qtbot.addWidget(part)
        self.notice = Notice(self.below)
        self.transport.show_state(LiveState.LIVE)
        self.speech = MutedSpeech(lambda: self.level, self.transport, self.notice)
        self.transport.mute.click()

    def look(self, level: float, times: int) -> None:
        self.level = level
        for _ in range(times):
            self.speech.look()


@pytest.fixture
def muted(qtbot: QtBot) -> Muted:
    return Muted(qtbot)


def test_who_speaks_is_told_until_it_is_over(muted: Muted) -> None:
    muted.look(0.2, LOOKS)
    assert muted.notice.message.startswith("You're muted")
    muted.transport.mute.click()
    assert muted.notice.message == ""


def test_a_cough_and_a_humming_room_are_not(muted: Muted) -> None:
    for _ in range(5):
        muted.look(0.2, LOOKS - 2)
        muted.look(0.0005, LOOKS)
    assert muted.notice.message == ""


def test_an_error_is_not_covered(muted: Muted) -> None:
    muted.notice.tell("The disk is full")
    muted.look(0.2, LOOKS)
    assert muted.notice.message == "The disk is full"
