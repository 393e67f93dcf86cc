"""The tray says what is on, and asks for what can be done then."""

import pytest
from pytestqt.qtbot import QtBot

from app.desktop.icon import drawn
from app.desktop.tray import Tray
from app.live.stage import Air


@pytest.fixture
def tray(qtbot: QtBot) -> Tray:
    return Tray()


def test_what_can_be_done_follows_what_is_on(tray: Tray) -> None:
    seen = []
    for air in Air:
        tray.show_air(air)
        assert tray.tip.startswith("Understudy: ")
        seen.append((tray.toggle.text(), tray.toggle.isEnabled(), tray.mute.isEnabled()))
    assert dict(zip(Air, seen, strict=True)) == {
        Air.STOPPED: ("Start", True, False),
        Air.STARTING: ("Stop", True, False),
        Air.LIVE: ("Stop", True, True),
        Air.PAUSED: ("Stop", True, True),
        Air.STOPPING: ("Stop", False, False),
        Air.FAILED: ("Start", True, False),
    }


def test_every_entry_asks_for_its_deed(tray: Tray) -> None:
    asked = list[str]()
    tray.asked.connect(asked.append)
    tray.show_air(Air.LIVE)
    for action in (tray.show_window, tray.toggle, tray.mute, tray.pause, tray.quit):
        action.trigger()
    assert asked == ["show", "toggle", "mute", "pause", "quit"]


def test_the_mark_shows_what_is_on_at_every_size(qtbot: QtBot) -> None:
    for size in (16, 64):
        seen = {bytes(drawn(size, state).toImage().bits()) for state in ("", "live", "failed")}
        assert len(seen) == 3
