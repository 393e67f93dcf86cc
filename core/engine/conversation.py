"""One run of the engine's process: orders and their answers, and the memory that frames lie in."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from itertools import count
from threading import Lock
from typing import Any

import numpy as np

from core.process.child import GOODBYE, Child, ChildLost, Message
from core.process.memory import Memory
from core.profile import Framing
from core.sentence import said, system_words
from core.stream import ChangeCallback
from core.video import Frame, VideoFormat

log = logging.getLogger(__name__)

SHARED_BYTES = 1 << 26
"""Bytes of memory between the two: 24 frames at 720p, 10 at 1080p; taken only where used."""


class EngineError(RuntimeError):
    """The engine cannot do what it is asked; says why."""


class EngineHung(EngineError):
    """The engine does not answer."""


def _shared_memory() -> Memory:
    try:
        return Memory(SHARED_BYTES)
    except OSError as error:
        raise EngineError(
            said(
                "the engine cannot be started ({0})",
                system_words(error),
                remedy="close other programs, and start again",
            )
        ) from error


class Conversation:
    """A process from its start to its end. One thread asks; any other may `post` and `close`.

    Raises:
        EngineError: it cannot be started; says what helps.
        ChildLost: the same, of the process itself.
    """

    def __init__(self, command_line: Sequence[str]) -> None:
        self._memory = _shared_memory()
        try:
            self._child = Child(command_line, "engine", self._memory.handles)
        except ChildLost:
            self._memory.close()
            raise
        self._lock = Lock()
        self.open = True
        """Whether it has not been closed."""
        self.abandoned = False
        """Whether nobody waits for it any more, so that none should be started in its place."""

    @property
    def process(self) -> int:
        """The system's number of the process."""
        return self._child.process

    @property
    def address(self) -> str:
        """Where the process finds the memory."""
        return self._memory.address

    def request(
        self, head: dict[str, Any], body: bytes, notifications: "Notifications", timeout: float
    ) -> Message:
        """Return the process's answer to one order.

        Raises:
            EngineError: it could not do it.
            EngineHung: it does not answer, and is closed.
            ChildLost: it has ended.
        """
        order = self._child.send(head, body)
        while message := self._child.receive(timeout):
            if notifications.handle(message.head):
                continue
            if "failed" in message.head:
                log.error("in the engine's process: %s", message.head["trace"])
            if message.order != order:  # of something that was posted, and that nobody waits for
                continue
            if "failed" in message.head:
                raise EngineError(message.head["failed"])
            return message
        self.close(0)
        raise EngineHung(
            said(
                "the engine has not answered for {0:.0f} seconds",
                timeout,
                remedy="start again, with the puppet engine if it happens often",
            )
        )

    def post(self, head: dict[str, Any]) -> None:
        """Say something that has no answer; any thread.

        Raises:
            ChildLost: it has ended.
        """
        self._child.send(head)

    def read_frames(
        self, samples: Sequence[int], format: VideoFormat, covers: bool = False
    ) -> list[Frame]:
        """Return copies of the frames that lie in the memory, each with what it `covers` if so.

        Raises:
            ChildLost: it has been closed.
        """
        pixels = format.height * format.width
        shape = (len(samples), pixels * (4 if covers else 3))
        with self._lock:
            if not self.open:
                raise ChildLost(said("the engine has been closed", remedy="start again"))
            there = np.frombuffer(self._memory.map, np.uint8, int(np.prod(shape)))
            rows = there.reshape(shape).copy()
        size = format.height, format.width
        return [
            Frame(
                row[: 3 * pixels].reshape(*size, 3),
                at,
                cover=row[3 * pixels :].reshape(size) if covers else None,
            )
            for row, at in zip(rows, samples, strict=True)
        ]

    def close(self, patience: float = GOODBYE) -> None:
        """End the process, gently if it ends within `patience` seconds. Safe to call twice."""
        with self._lock:
            was_open, self.open = self.open, False
        if was_open:
            self._child.close(patience)
            self._memory.close()


class Notifications:
    """What the process says unasked, and who is told."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.framing: Framing | None = None
        self.tell = tell
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
            self.tell(head["told"])
        elif "changed" in head:
            self.set_framing(head["framing"])
            for on_changed in self._take_callbacks(head["changed"]):
                on_changed(EngineError(head["error"]) if head["error"] else None)
        else:
            return False
        return True

    def settle(self) -> None:
        """Tell whoever waits for a look that it is there: another process began with the last."""
        with self._lock:
            waiting = [callback for _, callback in self._callbacks]
            self._callbacks.clear()
        for on_changed in waiting:
            on_changed(None)

    def _take_callbacks(self, number: int) -> list[ChangeCallback]:
        """Return who hears of this change; those before it are superseded, and forgotten."""
        with self._lock:
            found = [callback for waiting, callback in self._callbacks if waiting == number]
            while self._callbacks and self._callbacks[0][0] <= number:
                self._callbacks.popleft()
            return found
