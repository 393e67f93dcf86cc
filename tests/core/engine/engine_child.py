"""The engine's process for the tests: avatars without a network, and some that misbehave."""

import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.audio import Samples
from core.engine.badge import BadgeOptions, badged
from core.engine.engine_process import EngineProcess
from core.look import Background, Look
from core.process.child import claim
from core.profile import Framing, Profile
from core.speech_marks import Marks
from core.stream import AvatarStream, ChangeCallback
from core.video import Frame, VideoFormat


class Card:
    """Two frames a step, as bright as the sound is loud; `deed` says what else happens."""

    def __init__(self, deed: str, format: VideoFormat, tell: Callable[[str], None]) -> None:
        self.format, self.hop, self.lag = format, 1280, 40
        self._deed, self._tell = deed, tell
        self._steps = 0

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
        """Do what the deed says."""
        match self._deed:
            case "tired":
                raise RuntimeError("out of breath")
            case "dies":
                sys.exit("out of memory")
            case "hangs":
                threading.Event().wait(60)
            case "shy":
                return []
            case "talks":
                self._tell("stepping")
            case "lips":
                told = None if marks is None else sum(mark.stress for mark in marks)
                return [self._frame(255 if told is None else round(told), 0)]
            case "half":  # the second frame's background is not transparent any more
                first, second = self._frame(20, 0), self._frame(30, 640)
                cover = np.arange(first.picture.size // 3).astype(np.uint8)
                return [replace(first, cover=cover.reshape(first.picture.shape[:2])), second]
            case "five":
                return [self._frame(place, place * 640) for place in range(5)]
        loud, self._steps = round(100 * float(audio[0])), self._steps + 1
        return [self._frame(loud + n, (2 * self._steps - 2 + n) * 640) for n in range(2)]

    def close(self) -> None:
        pass

    def _frame(self, bright: int, sample: int) -> Frame:
        shape = (self.format.height, self.format.width, 3)
        return Frame(np.full(shape, bright, np.uint8), sample)


class Turning(Card):
    """One whose look can be changed; a hasty one shows only the last that it was asked for."""

    framing = Framing(zoom=2)
    _last: ChangeCallback | None = None

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
        if self._last:
            self._last(None)
        return super().step(audio, marks)

    def change(self, look: Look, told: ChangeCallback) -> None:
        if self._deed == "hasty":
            self._last = told
            return
        if look.profile.references[0].stem == "nobody":
            told(LookupError("the photo shows nobody"))
        else:
            assert look.profile.framing
            self.framing = look.profile.framing
            told(None)


def open_stream(
    engine: str,
    profile: Profile,
    format: VideoFormat,
    background: Background,
    tell: Callable[[str], None],
    badge: BadgeOptions | None,
) -> tuple[AvatarStream, str]:
    if engine == "nobody":
        raise LookupError("the photo shows nobody")
    if engine == "talks":
        tell("opening")
    where, framing = profile.references[0], profile.framing
    assert where.is_absolute()
    if where.parent != Path.cwd():  # a photo that is only named; others lie in a test's folder
        _count(where.with_suffix(".opened"))
    assert framing
    assert background.picture.is_absolute()
    kind = Card if engine == "fixed" else Turning
    words = f"{where.name}, zoom {framing.zoom}, before {background.picture.name}"
    card = kind(engine, format, tell)
    if isinstance(card, Turning):
        card.framing = framing
    return badged(card, badge), f"card for Ann at {words}"


def _count(notes: Path) -> None:
    """Leave a note of each avatar that is opened, beside the photo where there is a folder."""
    if notes.parent.is_dir():
        with notes.open("a") as file:
            file.write("opened ")


def quick(engine: str) -> bool:
    return engine != "slow"


def main() -> int:
    EngineProcess(claim(), open_stream, quick).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
