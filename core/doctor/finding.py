"""What a check found, and how checks are run: bounded in time, one after the other."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from queue import Empty, SimpleQueue

from core.sentence import said

log = logging.getLogger(__name__)


class State(Enum):
    OK = "ok"
    WARNING = "warning"
    """It works, but not as it could."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """There is nothing to test here."""


@dataclass(frozen=True)
class Finding:
    """The outcome of one check, in words for people."""

    name: str
    state: State
    sentence: str
    remedy: str = ""
    """The next step on this system; what failed always has one."""
    private: tuple[str, ...] = ()
    """What of it nobody else should read, such as the names of devices."""

    @property
    def step(self) -> str:
        """The remedy as a line of its own begins."""
        return self.remedy[:1].upper() + self.remedy[1:]


@dataclass(frozen=True)
class Check:
    """One thing to look at."""

    name: str
    look: Callable[[], Finding]
    limit: float
    """Seconds after which it counts as hung."""


def examine(checks: Iterable[Check]) -> Iterator[Finding]:
    """Yield what each check finds, as it comes. Blocks; a window does this on another thread."""
    for check in checks:
        yield bounded(check)


def bounded(check: Check) -> Finding:
    """Run one check on a thread of its own; one that hangs is left behind and reported."""
    found: SimpleQueue[Finding] = SimpleQueue()
    threading.Thread(
        target=lambda: found.put(_guarded(check)), name=f"check {check.name}", daemon=True
    ).start()
    try:
        return found.get(timeout=check.limit)
    except Empty:
        return Finding(
            check.name,
            State.FAILED,
            said("no answer came within {0:.0f} seconds", check.limit),
            said(
                "Close the other programs that use it and run this check again; if it stays "
                "so, restart the computer."
            ),
        )


def _guarded(check: Check) -> Finding:
    try:
        return check.look()
    except Exception as error:
        log.warning("the check %s failed", check.name, exc_info=True)
        return Finding(
            check.name,
            State.FAILED,
            said("it could not be tested: {0}: {1}", type(error).__name__, error),
            said("This is our mistake: please report it, with the copied report."),
        )
