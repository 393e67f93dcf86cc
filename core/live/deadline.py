"""An end that comes: who asked for it waits no longer than this, whatever hangs."""

import threading
from collections.abc import Callable


class Deadline:
    """Watches over the time between a stop and the end.

    A while after `stopped`, `abandon` is called, which should set free what hangs; at the end of
    the time, `give_up`, which should tell that it is over. Both on a thread of their own.
    """

    def __init__(
        self,
        stopped: threading.Event,
        abandon: Callable[[], None],
        give_up: Callable[[], None],
        seconds: float,
    ) -> None:
        """`seconds` go from the stop to the end, half of them before `abandon`."""
        self._stopped, self._abandon, self._give_up = stopped, abandon, give_up
        self._seconds = seconds
        self._lock = threading.Lock()
        self._met = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="deadline", daemon=True)

    def start(self) -> None:
        """Begin to watch; once."""
        self._thread.start()

    def meet(self) -> bool:
        """Return whether the end is the caller's to tell: of all who ask, the first's."""
        with self._lock:
            first, self._met = not self._met, True
            return first

    def over(self) -> None:
        """The end has been told."""
        self._stopped.set()
        self._over.set()

    def join(self, timeout: float | None = None) -> bool:
        """Wait until it is over; False if `timeout` seconds were not enough."""
        if not self._over.wait(timeout):
            return False
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        return True

    def _watch(self) -> None:
        self._stopped.wait()
        if self._over.wait(self._seconds / 2):
            return
        aside = threading.Thread(target=self._abandon, name="abandoning", daemon=True)
        aside.start()
        if not self._over.wait(self._seconds / 2):
            self._give_up()
