"""Client of the process that reads strangers' photos and profiles."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.portrait.backdrop import StillPortrait
from core.portrait.judge import PhotoVerdict
from core.portrait.matting import MattedPhoto
from core.portrait.profile_file import Packed, Unpacked
from core.process.child import Child, Message, command
from core.process.respawning_child import ChildLate, RespawningChild
from core.profile import Framing
from core.record import from_json
from core.sentence import said

JUDGE_TIMEOUT = 60.0
"""Seconds that one photo or profile may take, loading the networks included."""


def spawn() -> Child:
    """Start the process that judges."""
    return Child(command("core.portrait.judge_process"), "photo")


class JudgeProcess:
    """Judges photos; one thread asks and closes it. A photo that ends the process ends no other."""

    def __init__(self, spawn: Callable[[], Child] = spawn, timeout: float = JUDGE_TIMEOUT) -> None:
        self._child, self._timeout = RespawningChild(spawn), timeout

    def __call__(self, path: Path) -> PhotoVerdict:
        """Return the verdict on the photo.

        Raises:
            ChildLost: the process has ended, or does not answer.
            RuntimeError: it cannot judge; says why.
        """
        return decode_verdict(self._order({"photo": str(path.absolute())}, path), path)

    def unpack(self, path: Path, folder: Path, wanted: Callable[[], bool]) -> Unpacked:
        """Let the profile in the file at `path` be unpacked into `folder`.

        Raises:
            ChildLost: the process has ended, does not answer, or its answer is not `wanted` now.
            RuntimeError: it cannot be read; says why.
        """
        order = {"unpack": str(path.absolute()), "into": str(folder.absolute())}
        head = self._order(order, path, wanted).head
        pictures = tuple(folder / name for name in head["pictures"])
        return Unpacked(from_json(Packed, head["about"]), pictures)

    def close(self) -> None:
        self._child.close()

    def _order(
        self, order: dict[str, str], about: Path, wanted: Callable[[], bool] = lambda: True
    ) -> Message:
        try:
            return self._child.order(order, self._timeout, wanted)
        except ChildLate as error:
            told = said("{0} takes too long to look at", about.name, remedy="try again")
            raise ChildLate(told) from error


def decode_verdict(message: Message, path: Path) -> PhotoVerdict:
    """Return the verdict in `message`, about the photo that we call `path`."""
    words, shape, chin = (message.head[name] for name in ("verdict", "shape", "chin"))
    rest = memoryview(message.body)
    size = math.prod(shape) if shape else 0
    picture = np.frombuffer(rest[:size], np.uint8).reshape(shape) if shape else None
    rest, still = rest[size:], None
    if chin is not None:
        ends = np.cumsum([size, size // 3 * 4, size]).tolist()
        parts = (rest[: ends[0]], rest[ends[0] : ends[1]], rest[ends[1] : ends[2]])
        person, background = (np.frombuffer(parts[i], np.uint8).reshape(shape) for i in (0, 2))
        alpha = np.frombuffer(parts[1], np.float32).reshape(shape[:2])
        rest, still = rest[ends[2] :], StillPortrait(MattedPhoto(person, alpha, background), chin)
    box = tuple(words["box"]) if words["box"] else None
    framing = Framing(**words["suggested_framing"]) if words["suggested_framing"] else None
    return PhotoVerdict(
        path, picture, box, words["problem"], tuple(words["hints"]), framing, still,
        tuple(words["proportions"]), bytes(rest),
    )  # fmt: skip
