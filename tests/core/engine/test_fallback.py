"""An engine that fails in mid-call is replaced, and nobody misses a frame."""

from collections.abc import Sequence
from itertools import count

import numpy as np
import pytest

from core.audio import Samples
from core.engine.fallback import FallbackStream
from core.engine.realtime import realtime_factor
from core.speech_marks import Marks, PhonemeMark
from core.stream import AvatarStream
from core.video import Frame, VideoFormat

FORMAT = VideoFormat(4, 2)


class Fake:
    """Gives frames of one grey level, `late` frames late, and fails after `works` steps."""

    def __init__(self, level: int, hop: int, late: int, works: int = 1000) -> None:
        self.format, self.hop, self.lag = FORMAT, hop, late * 640
        self.level, self.works, self.closed = level, works, False
        self._given = self._out = 0

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
        self.works -= 1
        if self.works < 0:
            raise RuntimeError("CUDA error: device lost\nand much more")
        assert len(audio) == self.hop
        self._given += len(audio)
        frames = []
        while self._out + 640 + self.lag <= self._given:
            frames.append(Frame(np.full((2, 4, 3), self.level, np.uint8), self._out))
            self._out += 640
        return frames

    def close(self) -> None:
        self.closed = True


def run(first: AvatarStream, other: AvatarStream, told: list[str], steps: int = 10) -> list[Frame]:
    stream = FallbackStream(first, lambda: other, told.append)
    sound = np.zeros(first.hop, np.float32)
    return [frame for _ in range(steps) for frame in stream.step(sound)]


def test_as_long_as_all_is_well_nothing_changes() -> None:
    told: list[str] = []
    frames = run(Fake(1, 2560, 2), Fake(2, 640, 2), told)
    assert {frame.picture[0, 0, 0] for frame in frames} == {1}
    assert told == []


@pytest.mark.parametrize("works", [1, 3])
def test_another_takes_over_without_a_gap(works: int) -> None:
    told: list[str] = []
    first, other = Fake(1, 2560, 2, works), Fake(2, 640, 2)
    frames = run(first, other, told)
    assert [f.sample for f in frames] == [640 * n for n in range(len(frames))]
    levels = [int(f.picture[0, 0, 0]) for f in frames]
    assert levels == sorted(levels)
    assert levels[-1] == 2
    assert len(frames) == 10 * 4 - 2
    assert first.closed
    assert told == ["The engine failed (CUDA error: device lost); a simpler one has taken over."]


def test_who_takes_over_hears_what_is_told_for_each_of_its_pieces() -> None:
    class Told(Fake):
        def __init__(self) -> None:
            super().__init__(2, 640, 0)
            self.starts: list[float | None] = []

        def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
            self.starts.append(marks[0].start if marks else None)
            return super().step(audio, marks)

    other = Told()
    stream = FallbackStream(Fake(1, 1280, 0, 0), lambda: other, list[str]().append)
    stream.step(np.zeros(1280, np.float32), (PhonemeMark("a", 0.1, 0.2),))
    stream.step(np.zeros(1280, np.float32))
    assert other.starts == [0.1, pytest.approx(0.06), None, None]


def test_a_second_failure_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="device lost"):
        run(Fake(1, 2560, 2, 1), Fake(2, 640, 2, 0), [])


def test_another_engine_that_does_not_fit_is_said() -> None:
    with pytest.raises(RuntimeError, match="takes 1000 samples"):
        run(Fake(1, 2560, 2, 1), Fake(2, 1000, 2), [])


def test_the_pace_is_told_in_seconds_of_sound() -> None:
    looks = count()  # a look at the clock, and so a step, every 10 ms
    stream = Fake(1, 640, 0, works=10**9)
    factor = realtime_factor(stream, seconds=1.0, clock=lambda: next(looks) / 100)
    assert factor == pytest.approx(4.0, rel=0.05)
