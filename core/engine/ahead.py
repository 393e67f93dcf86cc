"""An avatar that is opened before anybody asks for it, while another one may still perform."""

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from core.stream import AvatarStream

W = TypeVar("W")

log = logging.getLogger(__name__)

Opened = tuple[AvatarStream, str]
"""An avatar, and a line that says what it runs on and why."""


class Ahead(Generic[W]):
    """Opens one on a thread of its own; one thread asks for it, and whoever takes it has it alone.

    `wish` says what was wished for; `before`, if any, has been discarded and is waited for.
    """

    def __init__(
        self, wish: W, open_avatar: Callable[[], Opened], before: "Ahead[W] | None" = None
    ) -> None:
        self.wish = wish
        self._open_avatar, self._before = open_avatar, before
        self._opened: Opened | None = None
        self._wanted, self._lock = True, threading.Lock()
        self._thread = threading.Thread(target=self._run, name="ahead", daemon=True)
        self._thread.start()

    def take(self) -> Opened | None:
        """Return the avatar as soon as it is open; None where it could not be opened."""
        self._thread.join()
        return self._opened

    def discard(self) -> None:
        """Close the avatar, now or as soon as it is open; returns at once."""
        with self._lock:
            self._wanted = False
            self._close()

    def _run(self) -> None:
        if self._before:
            self._before.take()
            self._before = None
        if not self._wanted:
            return
        try:
            opened = self._open_avatar()
        except Exception:  # what is wrong is said to whoever opens it for good
            log.info("nothing was opened ahead", exc_info=True)
            return
        with self._lock:
            self._opened = opened
            if not self._wanted:
                self._close()

    def _close(self) -> None:
        if self._opened:
            self._opened[0].close()
            self._opened = None
