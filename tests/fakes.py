"""Small stand-ins that several tests share."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.audio import WIDER, Samples, Sound
from core.engine.badge import BadgeOptions, badged
from core.engine.testcard import TestCard
from core.look import Look
from core.profile import Framing
from core.speech_marks import Marks
from core.stream import AvatarStream, ChangeCallback
from core.video import Frame, VideoFormat

TINY = VideoFormat(8, 8, 100)
"""Small and fast, so that tests that run in real time are short."""


class HandClock:
    """A clock that moves when told, or when somebody waits on it. One thread."""

    def __init__(self, now: float = 0.0) -> None:
        self.time = now

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float, until: threading.Event) -> bool:
        self.time += max(0.0, seconds)
        return until.is_set()


class SteppedClock:
    """A clock that any thread may wait on, and that goes on only as a test says."""

    def __init__(self) -> None:
        self._time = 0.0
        self._changed = threading.Condition()

    def now(self) -> float:
        return self._time

    def wait(self, seconds: float, until: threading.Event) -> bool:
        end = self._time + seconds
        with self._changed:
            while self._time < end and not until.is_set():
                self._changed.wait(0.005)  # nobody notifies of `until`
        return until.is_set()

    def advance(self, seconds: float) -> None:
        with self._changed:
            self._time += seconds
            self._changed.notify_all()


@dataclass
class Opened:
    """Counts how often things are opened and closed."""

    opened: int = 0
    closed: int = 0


@dataclass
class Sink:
    """Keeps every frame and sound it is sent."""

    counter: Opened = field(default_factory=Opened)
    frames: list[Frame] = field(default_factory=list)
    sounds: list[Sound] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.counter.opened += 1

    def send(self, frame: Frame) -> None:
        self.frames.append(frame)

    def play(self, sound: Sound) -> None:
        self.sounds.append(sound)

    def close(self) -> None:
        self.counter.closed += 1


class CardEngine:
    """Opens test cards at once, in this process; keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Look, VideoFormat]] = []
        self.prefetched: list[str] = []
        self.tell: Callable[[str], None] = print
        self.closed = self.forgot = 0

    def prefetch(
        self, engine: str, look: Look, format: VideoFormat, badge: BadgeOptions | None = None
    ) -> None:
        self.prefetched.append(look.profile.title)

    def forget_avatar(self) -> None:
        self.forgot += 1

    def open(
        self,
        engine: str,
        look: Look,
        format: VideoFormat,
        tell: Callable[[str], None],
        badge: BadgeOptions | None = None,
    ) -> tuple[AvatarStream, str]:
        self.asked.append((engine, look, format))
        self.tell = tell
        if engine == "steam":
            raise ValueError("there is no engine 'steam'")
        return badged(TestCard(format), badge), "test card, for a test"

    def close(self) -> None:
        self.closed += 1


class Chameleon(TestCard):
    """A test card whose look can be changed."""

    def __init__(self, format: VideoFormat, look: Look) -> None:
        super().__init__(format)
        self.looks = [look]
        self.refuse: Exception | None = None

    @property
    def framing(self) -> Framing:
        return self.looks[-1].profile.framing or Framing(0.5, 0.4, 2.0)

    def change(self, look: Look, told: ChangeCallback) -> None:
        self.looks.append(look)
        told(self.refuse)


class ChameleonEngine(CardEngine):
    """Opens chameleons, and keeps the last one."""

    last: Chameleon

    def open(
        self,
        engine: str,
        look: Look,
        format: VideoFormat,
        tell: Callable[[str], None],
        badge: BadgeOptions | None = None,
    ) -> tuple[AvatarStream, str]:
        super().open(engine, look, format, tell)
        self.last = Chameleon(format, look)
        return badged(self.last, badge), "chameleon, for a test"


class Lagging(TestCard):
    """A test card whose frames come `lag` samples late, as with a network that looks ahead."""

    def __init__(self, format: VideoFormat, frames_per_step: int, lag: int) -> None:
        super().__init__(format, frames_per_step)
        self.lag = lag
        self._fed = 0
        self._waiting: list[Frame] = []

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
        self._waiting += super().step(audio, marks)
        self._fed += len(audio)
        frame = 16_000 // self.format.fps
        ready = [f for f in self._waiting if f.sample + frame + self.lag <= self._fed]
        self._waiting = self._waiting[len(ready) :]
        return ready


def until(ready: Callable[[], object], limit: float = 30.0) -> None:
    """Wait for `ready` to be true; `limit` seconds are for a machine that is busy otherwise."""
    end = time.monotonic() + limit
    while not ready() and time.monotonic() < end:
        time.sleep(0.002)
    assert ready()


def tone(seconds: float, rate: int = 16_000, hertz: float = 440.0) -> Samples:
    """Return a sine at half of full scale."""
    t = np.arange(int(seconds * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


def sine_in(sound: Samples, hertz: float, rate: float) -> tuple[float, float]:
    """Return the level of the sine that fits best, and of what is left over, in dB under it."""
    turn = 2 * np.pi * hertz / rate * np.arange(len(sound))
    waves = np.stack([np.sin(turn), np.cos(turn)], 1)
    parts, *_ = np.linalg.lstsq(waves, sound.astype(float), rcond=None)
    level = float(np.hypot(*parts))
    return level, float(20 * np.log10(np.std(sound - waves @ parts) / level))


def voiced(sound: Sound) -> Sound:
    """Return `sound` with a voice that says the same: each sample three times."""
    return replace(sound, voice=np.repeat(sound.samples, WIDER)[:, None])
