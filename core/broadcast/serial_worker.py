"""Slow work for a thread beside."""

import logging
import threading
from collections import deque
from collections.abc import Callable

log = logging.getLogger(__name__)


class SerialWorker:
    """Does one thing after another on a thread that lives as long as there is something to do."""

    def __init__(self, on_error: Callable[[Exception], None]) -> None:
        self._on_error = on_error
        self._lock = threading.Lock()
        self._tasks: deque[Callable[[], None]] = deque()
        self._thread: threading.Thread | None = None

    def do(self, task: Callable[[], None]) -> None:
        """Begin `task` as soon as what came before is done; returns at once."""
        with self._lock:
            self._tasks.append(task)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
                self._thread.start()

    def join(self, timeout: float | None) -> None:
        """Forget what has not begun, and wait for what has."""
        with self._lock:
            self._tasks.clear()
            thread = self._thread
        if thread:
            thread.join(timeout)

    def _run(self) -> None:
        while task := self._next():
            try:
                task()
            except Exception as error:
                log.warning("could not be changed", exc_info=True)
                self._on_error(error)

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            if not self._tasks:
                self._thread = None
                return None
            return self._tasks.popleft()
