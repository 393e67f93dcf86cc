"""Client of the engine's process: avatars are opened and stepped there, so no window waits."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count
from threading import Lock
from typing import Any

import numpy as np

from core.audio import Samples
from core.engine.badge import BadgeOptions
from core.look import Look
from core.process.child import Child, ChildLost, Message, command
from core.process.memory import Memory
from core.profile import Framing, Profile
from core.record import to_json
from core.sentence import said
from core.speech_marks import Marks
from core.stream import AvatarStream, ChangeCallback
from core.video import Frame, VideoFormat

log = logging.getLogger(__name__)

SHARED_BYTES = 1 << 26
"""Bytes of memory between the two: 24 frames at 720p, 10 at 1080p; taken only where used."""

ANSWER_TIMEOUT = 120.0
"""Seconds without an answer after which the engine counts as hung; opening may take long."""


class EngineError(RuntimeError):
    """The engine cannot do what it is asked; says why."""


class Engine:
    """Opens avatars in a process that stays between them, one at a time.

    Whoever opens an avatar also steps and closes it, on one thread, which alone may `open`,
    `request` and `read_frames`. Any other may `start`, `prefetch` and `close` meanwhile, and
    `post`, as a stream does that is asked for another look.
    """

    def __init__(
        self, command_line: Sequence[str] | None = None, timeout: float = ANSWER_TIMEOUT
    ) -> None:
        self._command_line = command_line or command("core.engine.engine_process")
        self._timeout = timeout
        self._lock = Lock()
        self._memory: Memory | None = None
        self._child: Child | None = None
        self._ended = False
        self.era = 0
        """How many processes there were before this one; any thread may ask."""

    def start(self) -> None:
        """Start the process, which then loads what every engine needs; returns at once.

        Raises:
            ChildLost: it cannot be started.
        """
        self._ensure_child()

    def prefetch(self, profile: Profile) -> None:
        """Let a running process analyse a person who is likely to be opened next."""
        if child := self._child:
            with suppress(ChildLost):
                child.send({"do": "prefetch", "look": _serialized(Look(profile))})

    def open(
        self,
        engine: str,
        look: Look,
        format: VideoFormat,
        tell: Callable[[str], None],
        badge: BadgeOptions | None = None,
    ) -> tuple[AvatarStream, str]:
        """See `core.engine.choice.open_stream`; the stream is `Changeable` if the one there is.

        Raises:
            EngineError: it cannot be opened; says why.
            ChildLost: the process has ended, or cannot be started.
        """
        if format.width * format.height * 3 > SHARED_BYTES:
            raise EngineError(
                said(
                    "{0}x{1} is too large", format.width, format.height, remedy="choose at most 4K"
                )
            )
        size = {"width": format.width, "height": format.height, "fps": format.fps}
        mark = to_json(badge) if badge else None
        order = {"do": "open", "engine": engine, "look": _serialized(look), "badge": mark, **size}
        notifications = _Notifications(tell)
        try:
            answer = self._open(order, notifications)
        except ChildLost:  # it ended while nobody needed it
            self._drop()
            answer = self._open(order, notifications)
        notifications.set_framing(answer.head["framing"])
        kind = _RemoteStream if notifications.framing is None else _RemoteChangeableStream
        return kind(self, format, answer.head, notifications), answer.head["opened"]

    def forget_avatar(self) -> None:
        """End the process with the avatar in it; the next one is opened in another. Any thread."""
        self._drop()

    def close(self) -> None:
        """End the process, whatever it does; nothing can be opened any more. Any thread."""
        self._ended = True
        self._drop()

    def request(
        self, head: dict[str, Any], body: bytes, notifications: "_Notifications"
    ) -> Message:
        """Return the process's answer to one order.

        Raises:
            EngineError: it could not do it, or does not answer.
            ChildLost: it has ended.
        """
        child = self._ensure_child()
        order = child.send(head, body)
        while message := child.receive(self._timeout):
            if notifications.handle(message.head):
                continue
            if "failed" in message.head:
                log.error("in the engine's process: %s", message.head["trace"])
            if message.order != order:  # of something that was posted, and that nobody waits for
                continue
            if "failed" in message.head:
                raise EngineError(message.head["failed"])
            return message
        self._drop()
        raise EngineError(
            said(
                "the engine has not answered for {0:.0f} seconds",
                self._timeout,
                remedy="start again, with the puppet engine if it happens often",
            )
        )

    def post(self, head: dict[str, Any]) -> None:
        """Say something that has no answer; any thread.

        Raises:
            ChildLost: it has ended.
        """
        self._ensure_child().send(head)

    def read_frames(self, samples: Sequence[int], format: VideoFormat) -> list[Frame]:
        """Return copies of the frames that lie in the memory."""
        memory = self._memory
        if memory is None:
            raise EngineError(said("the engine has been closed", remedy="start again"))
        shape = (len(samples), format.height, format.width, 3)
        there = np.frombuffer(memory.map, np.uint8, int(np.prod(shape)))
        pictures = there.reshape(shape).copy()
        return [Frame(picture, at) for picture, at in zip(pictures, samples, strict=True)]

    def _open(self, order: dict[str, Any], notifications: "_Notifications") -> Message:
        self._ensure_child()
        assert self._memory
        return self.request({**order, "memory": self._memory.address}, b"", notifications)

    def _ensure_child(self) -> Child:
        with self._lock:
            if self._ended:
                raise EngineError(said("the engine has been closed", remedy="start again"))
            if self._child is None:
                self._memory = Memory(SHARED_BYTES)
                self._child = Child(self._command_line, "engine", self._memory.handles)
            return self._child

    def _drop(self) -> None:
        with self._lock:
            child, memory = self._child, self._memory
            self._child = self._memory = None
            self.era += 1
        if child:
            child.close()
        if memory:
            memory.close()


class _Notifications:
    """What the process says unasked, and who is told."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.framing: Framing | None = None
        self._tell = tell
        self._callbacks: deque[tuple[int, ChangeCallback]] = deque()
        self._lock = Lock()
        self._numbers = count()

    def register(self, on_changed: ChangeCallback) -> int:
        """Return the number of a change that `on_changed` shall hear of; any thread."""
        with self._lock:
            number = next(self._numbers)
            self._callbacks.append((number, on_changed))
            return number

    def set_framing(self, framing: dict[str, Any] | None) -> None:
        self.framing = Framing(**framing) if framing else None

    def handle(self, head: dict[str, Any]) -> bool:
        """Handle a notification; return False for an answer."""
        if "told" in head:
            self._tell(head["told"])
        elif "changed" in head:
            self.set_framing(head["framing"])
            for on_changed in self._take_callbacks(head["changed"]):
                on_changed(EngineError(head["error"]) if head["error"] else None)
        else:
            return False
        return True

    def _take_callbacks(self, number: int) -> list[ChangeCallback]:
        """Return who hears of this change; those before it are superseded, and forgotten."""
        with self._lock:
            found = [callback for waiting, callback in self._callbacks if waiting == number]
            while self._callbacks and self._callbacks[0][0] <= number:
                self._callbacks.popleft()
            return found


class _RemoteStream:
    """Satisfies `AvatarStream`: a proxy of one in the engine's process."""

    def __init__(
        self,
        engine: Engine,
        format: VideoFormat,
        opened: dict[str, Any],
        notifications: _Notifications,
    ) -> None:
        self.format = format
        self.hop: int = opened["hop"]
        self.lag: int = opened["lag"]
        self._engine, self._era = engine, engine.era
        self._notifications = notifications

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
        """See `AvatarStream.step`."""
        body = np.ascontiguousarray(audio, np.float32).tobytes()
        head = self._request("step", body, marks=marks)
        frames = self._engine.read_frames(head["samples"], self.format)
        while head["more"]:
            head = self._request("more")
            frames += self._engine.read_frames(head["samples"], self.format)
        return frames

    def close(self) -> None:
        """Let the process forget the avatar; if it is gone, there is nothing to forget."""
        try:
            self._request("close")
        except (EngineError, ChildLost):
            log.info("the engine's process did not close the avatar", exc_info=True)

    def _request(self, deed: str, body: bytes = b"", **more: Any) -> dict[str, Any]:
        if self._engine.era != self._era:  # the process there is now knows nothing of this avatar
            raise EngineError(said("the engine has been closed", remedy="start again"))
        return self._engine.request({"do": deed, **more}, body, self._notifications).head


class _RemoteChangeableStream(_RemoteStream):
    """Satisfies `Changeable` as well."""

    @property
    def framing(self) -> Framing:
        """See `Changeable.framing`."""
        assert self._notifications.framing
        return self._notifications.framing

    def change(self, look: Look, on_changed: ChangeCallback) -> None:
        """See `Changeable.change`; `on_changed` hears it with the next step."""
        number = self._notifications.register(on_changed)
        try:
            self._engine.post({"do": "change", "number": number, "look": _serialized(look)})
        except (EngineError, ChildLost) as error:
            on_changed(error)


def _serialized(look: Look) -> str:
    """Return `look` for another process, whose working folder is another one."""
    pictures = tuple(path.absolute() for path in look.profile.references)
    background = look.background
    if background.kind == "picture":
        background = replace(background, picture=background.picture.absolute())
    return to_json(Look(replace(look.profile, references=pictures), background))
