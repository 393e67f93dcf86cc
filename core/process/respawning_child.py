"""A child that is there whenever there is an order for it."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from core.process.child import GOODBYE, Child, ChildLost, Message
from core.sentence import said

GLANCE = 0.1
"""Seconds between looks at whether an answer is still wanted."""


class ChildLate(ChildLost):
    """The child has not answered in time, or nobody waits for its answer any more."""


class OrderFailed(RuntimeError):
    """The child could not do what it was told; says why."""


class RespawningChild:
    """Starts a child with the first order, and another one with the order after a loss.

    One that has not answered in time is closed: its late answer would be taken for that of the
    next order. One thread orders; any may close.
    """

    def __init__(self, spawn: Callable[[], Child]) -> None:
        self._spawn = spawn
        self._child: Child | None = None
        self._lock = Lock()
        self._closed = False

    def order(
        self, head: dict[str, Any], timeout: float, wanted: Callable[[], bool] = lambda: True
    ) -> Message:
        """Return the answer, as soon as it comes.

        Raises:
            ChildLate: it has not come within `timeout` seconds, or is not `wanted` any more.
            ChildLost: the child has ended, or could not be started.
            OrderFailed: the child could not do it.
        """
        try:
            answer = self._answer(self._living(), head, timeout, wanted)
        except ChildLost:
            self._drop(0)
            raise
        if "failed" in answer.head:
            raise OrderFailed(answer.head["failed"])
        return answer

    def close(self, patience: float = GOODBYE) -> None:
        """End the child, gently if it ends within `patience` seconds; there will be no other."""
        with self._lock:
            self._closed = True
        self._drop(patience)

    def _living(self) -> Child:
        with self._lock:
            if self._closed:
                raise ChildLost(said("this process has been closed"))
            if self._child and not self._child.alive:
                self._child.close(0)
                self._child = None
            self._child = self._child or self._spawn()
            return self._child

    def _answer(
        self, child: Child, head: dict[str, Any], timeout: float, wanted: Callable[[], bool]
    ) -> Message:
        order, end = child.send(head), time.monotonic() + timeout
        while wanted() and (rest := end - time.monotonic()) > 0:
            message = child.receive(min(GLANCE, rest))
            if message and message.order == order:
                return message
        raise ChildLate(said("there was no answer within {0:.0f} s", timeout, remedy="try again"))

    def _drop(self, patience: float) -> None:
        with self._lock:
            child, self._child = self._child, None
        if child:
            child.close(patience)
