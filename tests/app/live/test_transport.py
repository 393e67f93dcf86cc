"""What is on is said in words, with how long it has been on."""

import pytest
from pytestqt.qtbot import QtBot

from app.live.transport import Transport, lasted
from app.live_state import LiveState


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "00:00"), (59.9, "00:59"), (61, "01:01"), (3_725, "1:02:05")]
)
def test_how_long_is_said_in_minutes_and_hours(seconds: float, words: str) -> None:
    assert lasted(seconds) == words


def test_the_time_runs_from_the_first_picture_through_pauses_to_the_end(qtbot: QtBot) -> None:
    now = 100.0
    transport = Transport(lambda: now)
    qtbot.addWidget(transport)
    transport.show_state(LiveState.STARTING)
    now = 103.0
    transport.show_state(LiveState.PREVIEW)
    now = 165.0
    transport.show_state(LiveState.PAUSED)
    transport.tick()
    assert transport.elapsed == "01:02"
    transport.show_state(LiveState.STOPPING)
    assert transport.elapsed == ""


def test_a_switch_that_is_left_on_is_off_at_the_next_start(qtbot: QtBot) -> None:
    transport = Transport()
    qtbot.addWidget(transport)
    transport.show_state(LiveState.LIVE)
    transport.mute.click()
    assert transport.words == "Live · muted"
    transport.show_state(LiveState.STOPPED)
    assert (transport.words, transport.mute.isChecked()) == ("Not live", False)


def test_what_is_paused_is_said_on_the_button_too(qtbot: QtBot) -> None:
    transport = Transport()
    qtbot.addWidget(transport)
    transport.show_state(LiveState.LIVE)
    transport.pause.click()
    assert transport.pause.text() == "Paused"
    transport.pause.click()
    assert transport.pause.text() == "Pause"
