"""The window hears of everything on its own thread."""

import threading
from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from app.parts.bridge import CALM_READINGS, FIGURES_EVERY, SPARING, Bridge
from core.audio import PacedSource
from core.clock import WallClock
from core.engine.testcard import TestCard
from core.live.figures import Figures
from core.live.session import Phase, Session, Status
from core.video import Frame
from tests.fakes import TINY, Sink


def test_status_frames_and_figures_arrive_on_the_windows_thread(qtbot: QtBot) -> None:
    bridge = Bridge()
    heard: list[tuple[object, threading.Thread]] = []
    for signal in (bridge.status_changed, bridge.frame_ready, bridge.figures_ready):
        signal.connect(lambda value: heard.append((value, threading.current_thread())))
    source = PacedSource(lambda n: np.ones(n, np.float32), WallClock())
    session = Session(
        lambda: source, lambda: TestCard(TINY), lambda _: Sink(), bridge.status_changed.emit
    )
    bridge.watch(session)
    with session, qtbot.waitSignal(bridge.figures_ready):
        pass
    qtbot.waitUntil(lambda: any(v == Status(Phase.STOPPED) for v, _ in heard))
    bridge.rest()
    assert {thread for _, thread in heard} == {threading.main_thread()}
    assert [v.phase for v, _ in heard if isinstance(v, Status)] == [
        Phase.STARTING,
        Phase.LIVE,
        Phase.STOPPED,
    ]
    frames = [v for v, _ in heard if isinstance(v, Frame)]
    assert len(frames) > 2
    assert len({id(frame) for frame in frames}) == len(frames)


class Late:
    """Has a new frame at every look, and loses as many frames as it is told."""

    def __init__(self) -> None:
        self.lost = 0

    @property
    def latest(self) -> Frame:
        return Frame(np.zeros((2, 2, 3), np.uint8), 0, 0)

    def figures(self) -> Figures:
        return Figures(frames_dropped=self.lost)


def test_while_the_engine_is_late_the_window_shows_fewer_frames(qtbot: QtBot) -> None:
    bridge, late, shown = Bridge(), Late(), list[Frame]()
    bridge.frame_ready.connect(shown.append)

    def shown_in(looks: int) -> int:
        before = len(shown)
        for _ in range(looks):
            bridge._look()
        return len(shown) - before

    bridge._watched = late
    assert shown_in(FIGURES_EVERY) == FIGURES_EVERY
    late.lost = 3
    shown_in(FIGURES_EVERY)
    assert bridge.sparing
    assert shown_in(4 * SPARING) == 4
    shown_in(CALM_READINGS * FIGURES_EVERY)
    assert not bridge.sparing, "nothing more was lost"
    assert shown_in(FIGURES_EVERY) == FIGURES_EVERY


def test_a_recording_is_told_with_its_error_or_none(qtbot: QtBot) -> None:
    bridge, told = Bridge(), list[tuple[Path, object]]()
    bridge.recorded.connect(lambda path, error: told.append((path, error)))
    error = OSError("full")
    thread = threading.Thread(target=lambda: bridge.recorded.emit(Path("a"), error))
    thread.start()
    thread.join()
    bridge.recorded.emit(Path("b"), None)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert sorted(told, key=str) == [(Path("a"), error), (Path("b"), None)]
