"""Changes of look while live: the next renderer is prepared on a worker thread."""

import logging
import threading
from collections.abc import Callable
from typing import NamedTuple

from core.look import Look
from core.puppet.renderer import Renderer
from core.stream import ChangeCallback

log = logging.getLogger(__name__)


class LookRequest(NamedTuple):
    """A look that is asked for, and the callback to tell."""

    look: Look
    on_changed: ChangeCallback


class LookChanges:
    """Opens a renderer for each requested look, on a thread that lives as long as there is work.

    Any thread requests; one takes and closes. Of several waiting requests only the last counts.
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
        """Return the renderer that is ready, once; its callback is the taker's to call."""
        if self._ready is None:
            return None
        with self._lock:
            ready, self._ready = self._ready, None
            return ready

    def close(self) -> None:
        """Release everything; waits for what is being prepared."""
        with self._lock:
            self._closed, self._request, worker = True, None, self._worker
        if worker:
            worker.join()
        if ready := self.take_ready():
            ready[0].close()

    def _run(self) -> None:
        while request := self._next_request():
            try:
                renderer = self._prepare(request.look)
            except Exception as error:
                log.info("the picture stays as it is", exc_info=True)
                request.on_changed(error)
                continue
            with self._lock:
                superseded, self._ready = self._ready, (renderer, request.on_changed)
            if superseded:
                superseded[0].close()

    def _next_request(self) -> LookRequest | None:
        with self._lock:
            request, self._request = self._request, None
            if request is None:
                self._worker = None
            return request
