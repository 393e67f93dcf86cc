"""Renderers prepared aside, while the one before goes on."""

import logging
import threading
from collections.abc import Callable
from typing import NamedTuple

from core.look import Look
from core.puppet.renderer import Renderer
from core.stream import ChangeCallback

log = logging.getLogger(__name__)


class LookRequest(NamedTuple):
    """A look somebody asked for, and whom to tell."""

    look: Look
    on_changed: ChangeCallback


class LookChanges:
    """Opens a renderer for each look asked for, on a thread that lives as long as there is work.

    Any thread asks; one takes and closes. Of several wishes that wait, only the last counts.
    """

    def __init__(self, prepare: Callable[[Look], Renderer]) -> None:
        self._prepare = prepare
        self._lock = threading.Lock()
        self._request: LookRequest | None = None
        self._ready: tuple[Renderer, ChangeCallback] | None = None
        self._worker: threading.Thread | None = None
        self._closed = False

    def request(self, request: LookRequest) -> None:
        """Begin to prepare; returns at once."""
        with self._lock:
            if self._closed:
                return
            self._request = request
            if self._worker is None:
                self._worker = threading.Thread(target=self._run, name="change", daemon=True)
                self._worker.start()

    def take_ready(self) -> tuple[Renderer, ChangeCallback] | None:
        """Return what is ready, once; its `told` is the taker's to call."""
        if self._ready is None:
            return None
        with self._lock:
            ready, self._ready = self._ready, None
            return ready

    def close(self) -> None:
        """Let go of everything; waits for what is being prepared."""
        with self._lock:
            self._closed, self._request, worker = True, None, self._worker
        if worker:
            worker.join()
        if ready := self.take_ready():
            ready[0].close()

    def _run(self) -> None:
        while wish := self._next_request():
            try:
                renderer = self._prepare(wish.look)
            except Exception as error:
                log.info("the picture stays as it is", exc_info=True)
                wish.on_changed(error)
                continue
            with self._lock:
                late, self._ready = self._ready, (renderer, wish.on_changed)
            if late:
                late[0].close()

    def _next_request(self) -> LookRequest | None:
        with self._lock:
            wish, self._request = self._request, None
            if wish is None:
                self._worker = None
            return wish
