"""An engine in a process of its own: what goes in, what comes out, and how it fails."""

import gc
import os
import signal
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from core.engine.badge import Badge, BadgeOptions
from core.engine.conversation import SHARED_BYTES, EngineError
from core.engine.engine_client import Engine
from core.look import Background, Look
from core.process.child import ChildLost, command
from core.profile import Framing, Profile
from core.speech_marks import PhonemeMark
from core.stream import AvatarStream, Changeable, skip
from core.video import VideoFormat
from tests.fakes import until

FORMAT = VideoFormat(64, 36)
KILL = signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM
RUN = command("tests.core.engine.engine_child")


@pytest.fixture
def engine() -> Iterator[Engine]:
    with closing(Engine(RUN, 20, 20)) as engine:
        yield engine


def person(name: str = "a.png", zoom: float = 2.0) -> Look:
    profile = Profile("ann", "Ann", (Path(name),), "me", Framing(zoom=zoom))
    return Look(profile, Background("picture", picture=Path("beach.png")))


def opened(engine: Engine, name: str = "card", format: VideoFormat = FORMAT) -> AvatarStream:
    return engine.open(name, person(), format, print)[0]


def test_frames_come_as_they_were_drawn_each_with_its_sample(engine: Engine) -> None:
    stream, why = engine.open("card", person(), FORMAT, print)
    assert why == "card for Ann at a.png, zoom 2.0, before beach.png"
    assert (stream.format, stream.hop, stream.lag) == (FORMAT, 1280, 40)
    for step in range(3):
        frames = stream.step(np.full(1280, step / 10, np.float32))
        assert [frame.sample for frame in frames] == [1280 * step, 1280 * step + 640]
        assert [int(frame.picture.mean()) for frame in frames] == [10 * step, 10 * step + 1]
        assert frames[0].picture.shape == (36, 64, 3)
    stream.close()


def test_what_is_covered_crosses_with_its_picture(engine: Engine) -> None:
    stream = opened(engine, "half")
    first, second = stream.step(np.zeros(1280, np.float32))
    assert first.cover is not None
    assert second.cover is not None
    assert first.cover.reshape(-1).tolist() == [place % 256 for place in range(64 * 36)]
    assert second.cover.min() == 255
    assert [int(frame.picture.mean()) for frame in (first, second)] == [20, 30]
    assert opened(engine).step(np.zeros(1280, np.float32))[0].cover is None


def test_marks_cross_as_they_are_and_their_absence_too(engine: Engine) -> None:
    stream = opened(engine, "lips")
    marks = (PhonemeMark("ʃ", -0.1, 0.1, stress=3), PhonemeMark("", 0.1, 0.4, stress=4))
    for told, bright in ((marks, 7), ((), 0), (None, 255)):
        (frame,) = stream.step(np.zeros(1280, np.float32), told)
        assert frame.picture.mean() == bright


def test_one_avatar_after_another_in_the_same_process(engine: Engine) -> None:
    pids = set()
    for _ in range(2):
        stream, _ = engine.open("pid", person(), FORMAT, print)
        pids.add(_pid(engine))
        stream.close()
    assert len(pids) == 1


def test_who_is_expected_is_opened_ahead_and_once(engine: Engine, tmp_path: Path) -> None:
    photo, notes = tmp_path / "a.png", tmp_path / "a.opened"
    photo.write_text("Ann")
    look = person(str(photo))
    engine.prefetch("card", look, FORMAT)  # nothing runs yet that could
    assert not notes.exists()
    small = engine.open("card", look, VideoFormat(32, 18), print)[0]
    for _ in range(2):
        engine.prefetch("card", look, FORMAT)
    until(lambda: notes.read_text() == "opened " * 2)
    assert len(small.step(np.zeros(1280, np.float32))) == 2  # who idles goes on meanwhile
    small.close()
    engine.open("card", look, VideoFormat(32, 18), print)[0].close()  # and leaves them waiting
    stream = engine.open("card", look, FORMAT, print)[0]
    assert stream.format == FORMAT
    assert len(stream.step(np.zeros(1280, np.float32))) == 2
    stream.close()
    assert notes.read_text() == "opened " * 3


def noted(notes: Path, count: int) -> bool:
    return notes.exists() and len(notes.read_text().split()) == count


def test_who_was_opened_ahead_is_opened_anew_where_anything_has_changed(
    engine: Engine, tmp_path: Path
) -> None:
    photo, notes = tmp_path / "a.png", tmp_path / "a.opened"
    photo.write_text("Ann")
    engine.start()
    for count, change in enumerate(("zoom", "photo", "badge"), 1):
        zoom = 3.0 if change == "zoom" else 2.0
        engine.prefetch("card", person(str(photo)), FORMAT)
        until(partial(noted, notes, 2 * count - 1))
        if change == "photo":
            photo.write_text("Ann, older")
            os.utime(photo, ns=(0, count))
        badge = BadgeOptions() if change == "badge" else None
        stream, why = engine.open("card", person(str(photo), zoom), FORMAT, print, badge)
        assert f"zoom {zoom}" in why
        stream.close()
        assert len(notes.read_text().split()) == 2 * count


def test_an_engine_that_takes_its_time_is_not_opened_ahead(engine: Engine, tmp_path: Path) -> None:
    photo = tmp_path / "a.png"
    engine.start()
    engine.prefetch("slow", person(str(photo)), FORMAT)
    engine.prefetch("nobody", person(str(photo)), FORMAT)  # cannot be opened; nobody hears of it
    opened(engine).close()
    assert not (tmp_path / "a.opened").exists()


def test_a_step_that_makes_no_frame_gives_none(engine: Engine) -> None:
    stream = opened(engine, "shy")
    assert stream.step(np.zeros(1280, np.float32)) == []


def test_more_frames_than_there_is_room_for_come_one_load_after_another(engine: Engine) -> None:
    large = VideoFormat(3840, 2160)
    assert 2 * 3840 * 2160 * 3 <= SHARED_BYTES < 5 * 3840 * 2160 * 3
    stream = opened(engine, "five", large)
    frames = stream.step(np.zeros(1280, np.float32))
    assert [(frame.sample, int(frame.picture[0, 0, 0])) for frame in frames] == [
        (640 * place, place) for place in range(5)
    ]


def test_what_cannot_be_opened_is_said_in_its_own_words(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    with pytest.raises(EngineError, match=r"^the photo shows nobody$"):
        opened(engine, "nobody")
    opened(engine)


def test_a_step_that_fails_says_why(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    stream = opened(engine, "tired")
    with pytest.raises(EngineError, match=r"^out of breath$"):
        stream.step(np.zeros(1280, np.float32))
    assert "Traceback" in caplog.text
    stream.close()


def test_what_it_tells_meanwhile_is_passed_on(engine: Engine) -> None:
    said: list[str] = []
    stream, _ = engine.open("talks", person(), FORMAT, said.append)
    stream.step(np.zeros(1280, np.float32))
    assert said == ["opening", "stepping"]


def test_a_process_that_dies_is_replaced_once_and_that_is_told(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    told: list[str] = []
    stream, _ = engine.open("card", person(), FORMAT, told.append)
    stream.step(np.zeros(1280, np.float32))
    os.kill(_pid(engine), KILL)
    assert stream.step(np.zeros(1280, np.float32)) == []
    assert told == ["The engine broke down and was started again."]
    frames = stream.step(np.full(1280, 0.5, np.float32))
    assert [frame.sample for frame in frames] == [2 * 1280, 2 * 1280 + 640]
    assert int(frames[0].picture.mean()) == 50
    os.kill(_pid(engine), KILL)
    with pytest.raises(ChildLost, match="the engine process has ended"):
        stream.step(np.zeros(1280, np.float32))
    assert len(told) == 1
    stream.close()
    assert opened(engine).hop == 1280


def test_one_that_always_dies_is_told_in_its_own_words(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    stream = opened(engine, "dies")
    assert stream.step(np.zeros(1280, np.float32)) == []
    with pytest.raises(ChildLost, match=r"the engine process has ended .*: out of memory"):
        stream.step(np.zeros(1280, np.float32))


def test_one_in_its_place_has_the_look_that_was_asked_for_last(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    stream = opened(engine)
    assert isinstance(stream, Changeable)
    os.kill(_pid(engine), KILL)
    heard: list[Exception | None] = []
    stream.change(person(zoom=3), heard.append)
    stream.step(np.zeros(1280, np.float32))
    assert heard == [None]
    assert stream.framing == Framing(zoom=3)


def test_what_is_skipped_is_not_sent_but_counted(engine: Engine) -> None:
    stream = opened(engine)
    assert skip(stream, np.zeros(1280, np.float32)) == 2
    assert stream.step(np.zeros(1280, np.float32))[0].sample == 1280


def test_who_waits_is_set_free_and_nothing_is_started_for_it(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    stream = opened(engine, "hangs")
    threading.Timer(0.2, engine.forget_avatar).start()
    with pytest.raises(EngineError, match="has been closed"):
        stream.step(np.zeros(1280, np.float32))
    assert engine._conversation is None
    other = opened(engine)
    stream.close()  # of the process that is gone: the other avatar stays
    assert other.step(np.zeros(1280, np.float32))


def test_a_process_that_died_in_the_meantime_is_replaced(engine: Engine) -> None:
    opened(engine).close()
    os.kill(_pid(engine), KILL)
    assert opened(engine).hop == 1280


def test_one_that_does_not_answer_is_given_up() -> None:
    with closing(Engine(RUN, 20, step_timeout=1)) as engine:
        stream = opened(engine, "hangs")
        assert stream.step(np.zeros(1280, np.float32)) == []  # another is tried
        with pytest.raises(EngineError, match="not answered for 1 seconds; start again"):
            stream.step(np.zeros(1280, np.float32))


def test_what_cannot_be_started_keeps_no_memory_and_says_what_helps(tmp_path: Path) -> None:
    with closing(Engine([str(tmp_path / "no such program")])) as engine:
        for _ in range(2):
            with pytest.raises(ChildLost, match="cannot be started"):
                opened(engine)


@pytest.mark.skipif(sys.platform == "win32", reason="it counts no descriptors")
def test_where_nothing_can_be_opened_the_remedy_is_told(engine: Engine) -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
    try:
        with pytest.raises(EngineError, match="close other programs"):
            opened(engine)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_closed_it_opens_nothing_any_more(engine: Engine) -> None:
    engine.start()
    stream = opened(engine)
    engine.close()
    with pytest.raises(EngineError, match="has been closed"):
        stream.step(np.zeros(1280, np.float32))
    with pytest.raises(EngineError, match="has been closed"):
        opened(engine)


def test_a_forgotten_avatar_can_do_no_harm_to_the_one_after_it(engine: Engine) -> None:
    old = opened(engine)
    engine.forget_avatar()
    with closing(opened(engine)) as new:
        with pytest.raises(EngineError, match="has been closed"):
            old.step(np.zeros(old.hop, np.float32))
        old.close()
        assert new.step(np.zeros(new.hop, np.float32))


def test_a_picture_beyond_the_memory_is_refused(engine: Engine) -> None:
    with pytest.raises(EngineError, match="7680x4320 is too large"):
        opened(engine, format=VideoFormat(7680, 4320))


def test_another_look_is_asked_for_while_it_goes_on_and_told_when_it_is_there(
    engine: Engine,
) -> None:
    stream = opened(engine)
    assert isinstance(stream, Changeable)
    assert stream.framing == Framing(zoom=2)
    told: list[str] = []
    for name in ("b.png", "nobody.png"):
        stream.change(person(name, zoom=3), lambda error: told.append(str(error)))
    stream.step(np.zeros(1280, np.float32))
    assert told == ["None", "the photo shows nobody"]
    assert stream.framing == Framing(zoom=3)


def test_a_change_in_the_midst_of_many_frames_does_not_tear_them(engine: Engine) -> None:
    stream = opened(engine, "five", VideoFormat(3840, 2160))
    assert isinstance(stream, Changeable)
    told: list[Exception | None] = []
    changes = threading.Thread(target=lambda: stream.change(person(), told.append))
    changes.start()
    frames = stream.step(np.zeros(1280, np.float32))
    changes.join()
    assert [int(frame.picture[0, 0, 0]) for frame in frames] == list(range(5))


def test_the_mark_is_drawn_before_frames_cross_and_the_look_can_still_change(
    engine: Engine,
) -> None:
    options = BadgeOptions(place="top left", size=0.1, text="AI")
    stream, _ = engine.open("card", person(), FORMAT, print, options)
    for frame in stream.step(np.zeros(1280, np.float32)):
        expected = np.full_like(frame.picture, frame.picture[-1, -1, 0])
        Badge(FORMAT, options).apply(expected)
        assert expected.std() > 0
        np.testing.assert_array_equal(frame.picture, expected)
    assert isinstance(stream, Changeable)
    assert stream.framing == Framing(zoom=2)


def test_who_asked_for_what_was_superseded_is_forgotten(engine: Engine) -> None:
    """Of many looks asked for before one is ready, the engine answers the last."""
    stream = opened(engine, "hasty")
    assert isinstance(stream, Changeable)
    heard: list[int] = []
    waiters = [Waiter(number, heard) for number in range(1000)]
    for waiter in waiters:
        stream.change(person(), waiter)
    alive = weakref.WeakSet(waiters)
    del waiters, waiter
    stream.step(np.zeros(1280, np.float32))
    gc.collect()
    assert heard == [999]
    assert not alive


class Waiter:
    """Hears of one change."""

    def __init__(self, number: int, heard: list[int]) -> None:
        self._number, self._heard = number, heard

    def __call__(self, error: Exception | None) -> None:
        self._heard.append(self._number)


def test_a_stream_whose_look_stays_says_so(engine: Engine) -> None:
    stream = opened(engine, "fixed")
    assert not isinstance(stream, Changeable)


def _pid(engine: Engine) -> int:
    conversation = engine._conversation
    assert conversation
    return conversation._child._process.pid
