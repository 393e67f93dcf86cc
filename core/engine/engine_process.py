"""The engine's own process: opens and steps avatars for its parent, as long as that lives.

Apart from the window because loading an engine and stepping a stream hold Python's lock. It is told
    {"do": "open", "engine", "look", "width", "height", "fps", "badge", "memory"}
    {"do": "step", "marks"} or {"do": "skip", "marks"} with samples of float32
    {"do": "more"}, {"do": "close"}
    {"do": "change", "number", "look"}
    {"do": "prefetch"} with what "open" is told: likely to be opened next
and tells
    {"opened": why, "hop", "lag", "framing"}, {"closed": true}, {"failed": why, "trace"}
    {"samples": [each frame's first sample], "covers": whether each picture is followed by what it
    covers, "more": whether frames are left}
    {"skipped": how many frames were not painted}
and at any moment
    {"told": sentence}, {"changed": number, "error", "framing"}
The frames themselves lie in the memory, one after the other; for those that found no room there
it waits for "more". `marks` is null where one has to
listen, `framing` where the look cannot be changed, `badge` where none is to be drawn.
"""

import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.engine.ahead import Ahead, Opened
from core.engine.badge import BadgeOptions
from core.engine.conversation import SHARED_BYTES
from core.engine.heap import release_memory, share_arena
from core.look import Background, Look
from core.process.child import Message, Pipe, claim, serve
from core.process.loading import loading
from core.process.memory import seen
from core.process.priority import PICTURE, prefer
from core.profile import Profile
from core.record import from_json
from core.sentence import said
from core.speech_marks import Marks, PhonemeMark
from core.stream import AvatarStream, Changeable, skip
from core.video import Frame, VideoFormat

OpenStream = Callable[
    [str, Profile, VideoFormat, Background, Callable[[str], None], BadgeOptions | None],
    tuple[AvatarStream, str],
]


class Wish(NamedTuple):
    """What is to be opened, and the state of the files that it is made of."""

    engine: str
    look: str
    size: tuple[int, int, int]
    """Width, height, frames a second."""
    badge: str | None
    changed: tuple[int, ...]
    """When each file was changed, in nanoseconds."""

    @classmethod
    def of(cls, order: dict[str, Any]) -> "Wish":
        look = from_json(Look, order["look"])
        files = (*look.profile.references, look.background.picture)
        size = order["width"], order["height"], order["fps"]
        changed = tuple(map(_changed, files))
        return cls(order["engine"], str(order["look"]), size, order["badge"], changed)


class EngineProcess:
    """Serves the parent on one thread; a stream's worker threads may notify it meanwhile."""

    def __init__(self, pipe: Pipe, open_stream: OpenStream, quick: Callable[[str], bool]) -> None:
        """`quick` tells whether an engine opens in a moment, so that it may be opened ahead."""
        self._pipe = pipe
        self._sending = Lock()
        self._open_stream, self._quick = open_stream, quick
        self._stream: AvatarStream | None = None
        self._next: Ahead[Wish] | None = None
        self._memory = np.empty(0, np.uint8)

    def run(self) -> None:
        """Return when the parent is gone."""
        serve(self._pipe, self._handle, self._fail)
        self._close()
        if self._next:
            self._next.discard()

    def _fail(self, error: Exception) -> None:
        self._send({"failed": str(error) or repr(error), "trace": traceback.format_exc()})

    def _handle(self, message: Message) -> None:
        order = message.head
        if order["do"] == "open":
            self._open(order)
        elif order["do"] == "close":
            self._close()
            self._send({"closed": True})
        elif order["do"] == "prefetch":
            self._prefetch(order)
        elif order["do"] == "change":
            self._change(order["number"], from_json(Look, order["look"]))
        elif order["do"] == "skip":
            audio = np.frombuffer(message.body, np.float32)
            self._send({"skipped": skip(self._opened(), audio, _marks(order["marks"]))})
        else:
            self._step(message.body, order["marks"])

    def _open(self, order: dict[str, Any]) -> None:
        self._close()
        if not self._memory.size:
            self._memory = np.frombuffer(seen(order["memory"], SHARED_BYTES), np.uint8)
        self._stream, why = self._taken(order) or self._make(order)
        release_memory()
        hop, lag = self._stream.hop, self._stream.lag
        self._send({"opened": why, "hop": hop, "lag": lag, "framing": self._framing()})

    def _make(self, order: dict[str, Any]) -> Opened:
        look = from_json(Look, order["look"])
        format = VideoFormat(order["width"], order["height"], order["fps"])
        badge = from_json(BadgeOptions, order["badge"]) if order["badge"] else None
        return self._open_stream(
            order["engine"], look.profile, format, look.background, self._send_message, badge
        )

    def _prefetch(self, order: dict[str, Any]) -> None:
        """Open aside who is likely to be opened next; what is wrong is said once they are."""
        before, wish = self._next, Wish.of(order)
        if before and before.wish == wish:
            return
        if before:
            before.discard()
        quick = self._quick(order["engine"])
        self._next = Ahead(wish, lambda: self._make(order), before) if quick else None

    def _taken(self, order: dict[str, Any]) -> Opened | None:
        """Return the avatar that has been opened ahead, if it is this one.

        One of another size, who idles, leaves it waiting.
        """
        ahead, wish = self._next, Wish.of(order)
        if ahead is None or (ahead.wish != wish and ahead.wish.size != wish.size):
            return None
        self._next = None
        if ahead.wish == wish:
            return ahead.take()
        ahead.discard()
        return None

    def _step(self, body: bytes, told: list[list[Any]] | None) -> None:
        stream = self._opened()
        frames = stream.step(np.frombuffer(body, np.float32), _marks(told))
        groups = list(_groups(frames, stream.format)) or [()]
        for group in groups:
            covers = _write(group, self._memory)
            more = group is not groups[-1]
            samples = [frame.sample for frame in group]
            self._send({"samples": samples, "covers": covers, "more": more})
            while more and (message := self._pipe.receive()) and message.head["do"] != "more":
                self._handle(message)

    def _opened(self) -> AvatarStream:
        if self._stream is None:
            raise RuntimeError(said("the engine is closed", remedy="start again"))
        return self._stream

    def _change(self, number: int, look: Look) -> None:
        def on_changed(error: Exception | None) -> None:
            words = str(error) or repr(error) if error else ""
            self._send({"changed": number, "error": words, "framing": self._framing()})

        if isinstance(self._stream, Changeable):
            self._stream.change(look, on_changed)

    def _framing(self) -> dict[str, Any] | None:
        return asdict(self._stream.framing) if isinstance(self._stream, Changeable) else None

    def _send_message(self, sentence: str) -> None:
        self._send({"told": sentence})

    def _send(self, head: dict[str, Any]) -> None:
        with self._sending:
            self._pipe.send(head)

    def _close(self) -> None:
        if self._stream:
            stream, self._stream = self._stream, None
            stream.close()
            del stream
            release_memory()


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _marks(told: list[list[Any]] | None) -> Marks | None:
    return None if told is None else tuple(PhonemeMark(*mark) for mark in told)


def _groups(frames: Sequence[Frame], format: VideoFormat) -> Iterator[Sequence[Frame]]:
    room = SHARED_BYTES // (format.width * format.height * 4)
    return (frames[at : at + room] for at in range(0, len(frames), room))


def _write(frames: Sequence[Frame], memory: NDArray[np.uint8]) -> bool:
    """Write the pictures, one after the other, each with what it covers; whether there is that."""
    at, covers = 0, any(frame.cover is not None for frame in frames)
    for frame in frames:
        for part in (frame.picture, *((_cover(frame),) if covers else ())):
            memory[at : at + part.size] = part.reshape(-1)
            at += part.size
    return covers


def _cover(frame: Frame) -> NDArray[np.uint8]:
    """Return what a frame covers: all of it, where nothing is transparent."""
    if frame.cover is None:  # the background has just been changed
        return np.full(frame.picture.shape[:2], 255, np.uint8)
    return frame.cover


def main() -> int:
    pipe = claim()
    share_arena()
    prefer(PICTURE)
    with loading():
        from core.engine.choice import open_stream, opens_quickly

    EngineProcess(pipe, open_stream, opens_quickly).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
