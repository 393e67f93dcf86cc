"""The tray says what is on, and asks for what can be done then."""

import pytest
from pytestqt.qtbot import QtBot

from app.desktop.icon import drawn
from app.desktop.tray import Tray
from app.live_state import LiveState


@pytest.fixture
def tray(qtbot: QtBot) -> Tray:
    return Tray()


def test_what_can_be_done_follows_what_is_on(tray: Tray) -> None:
    seen = []
    for state in LiveState:
        tray.show_state(state)
        assert tray.tip.startswith("Understudy: ")
        seen.append((tray.toggle.text(), tray.toggle.isEnabled(), tray.mute.isEnabled()))
    assert dict(zip(LiveState, seen, strict=True)) == {
        LiveState.STOPPED: ("Start", True, False),
        LiveState.STARTING: ("Stop", True, False),
        LiveState.PREVIEW: ("Stop", True, True),
        LiveState.LIVE: ("Stop", True, True),
        LiveState.PAUSED: ("Stop", True, True),
        LiveState.STOPPING: ("Stop", False, False),
        LiveState.FAILED: ("Start", True, False),
    }


def test_every_entry_asks_for_its_deed(tray: Tray) -> None:
    asked = list[str]()
    tray.asked.connect(asked.append)
    tray.show_state(LiveState.LIVE)
    for action in (tray.show_window, tray.toggle, tray.mute, tray.pause, tray.quit):
        action.trigger()
    assert asked == ["show", "toggle", "mute", "pause", "quit"]


def test_the_mark_shows_what_is_on_at_every_size(qtbot: QtBot) -> None:
    for size in (16, 64):
        seen = {bytes(drawn(size, state).toImage().bits()) for state in ("", "live", "failed")}
        assert len(seen) == 3
