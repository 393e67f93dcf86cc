"""The processes of a pipeline's ranks, from their launcher's side: all of them, or none."""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from core.engine.conversation import EngineError
from core.process.child import Child, ChildLost, Message, command
from core.sentence import said
from core.temporary import TemporaryFolder

log = logging.getLogger(__name__)

ANSWER_TIMEOUT = 120.0
"""Seconds without an answer after which the ranks count as hung; opening may take long."""

GLANCE = 0.05
"""Seconds between two looks at the other ranks while one is waited for."""

GRACE = 5.0
"""Seconds in which a rank may say why it failed, after another has lost it."""


class RankProcesses:
    """Starts a process for each rank and hears all of them; the first failure ends all. One thread.

    Ranks are told {"do": ...} and answer whatever they like, but for
        {"failed": why, "trace"}: this rank cannot go on
        {"lost": why}: another one is gone, which soon says why itself
    """

    def __init__(
        self,
        count: int,
        command_line: Sequence[str] | None = None,
        timeout: float = ANSWER_TIMEOUT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises ChildLost if one cannot be started."""
        self.count = count
        self._timeout, self._clock = timeout, clock
        self._folder = TemporaryFolder()
        self.meeting = str(self._folder.path / "meeting")
        """The file by which the ranks find each other."""
        self._inboxes: list[deque[Message]] = [deque() for _ in range(count)]
        self._children: list[Child] = []
        try:
            for rank in range(count):
                words = command_line or command("core.engine.pipeline_rank_process")
                self._children.append(Child(words, f"pipeline's rank {rank}"))
        except ChildLost:
            self.close()
            raise

    def tell(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Tell all ranks something, each also which one it is.

        Raises:
            EngineError: one has failed; says why. All of them have been ended.
        """
        for rank, child in enumerate(self._children):
            try:
                child.send({**head, "rank": rank}, body)
            except ChildLost as lost:
                self._end(self._cause(str(lost)))

    def receive(self, rank: int) -> Message:
        """Return what a rank says next.

        Raises:
            EngineError: one has failed, or none answers; says why. All of them have been ended.
        """
        end = self._clock() + self._timeout
        while not self._inboxes[rank]:
            if self._clock() > end:
                self._end(
                    said(
                        "the engine has not answered for {0:.0f} seconds",
                        self._timeout,
                        remedy="start again, with the puppet engine if it happens often",
                    )
                )
            for other in range(self.count):
                self._collect(other, GLANCE if other == rank else 0)
        return self._inboxes[rank].popleft()

    def close(self) -> None:
        """End all ranks, whatever they do."""
        for child in self._children:
            child.close()
        self._children = []
        self._folder.close()

    def _collect(self, rank: int, timeout: float) -> None:
        """Wait a moment for what one rank says."""
        try:
            message = self._children[rank].receive(timeout)
        except ChildLost as lost:
            self._end(str(lost))
        if message is None:
            return
        if "failed" in message.head:
            log.error("in rank %d: %s", rank, message.head["trace"])
            self._end(message.head["failed"])
        if "lost" in message.head:
            self._end(self._cause(message.head["lost"]))
        self._inboxes[rank].append(message)

    def _cause(self, loss: str) -> str:
        """Return why a rank was lost to the others, or only that it was."""
        end = self._clock() + GRACE
        while self._clock() < end:
            for child in self._children:
                try:
                    message = child.receive(GLANCE / self.count)
                except ChildLost as lost:
                    return str(lost)
                if message and "failed" in message.head:
                    return str(message.head["failed"])
        return loss

    def _end(self, why: str) -> NoReturn:
        with suppress(OSError):
            self.close()
        raise EngineError(why)
