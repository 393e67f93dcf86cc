"""What a check found, and how checks are run: bounded in time, one after the other."""

import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from queue import Empty, SimpleQueue

log = logging.getLogger(__name__)

ADVICE = re.compile(": (?=(run|install|reinstall|close|stop|load|choose|make) )")
"""Where advice begins in a sentence of ours that has no semicolon."""


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
            f"no answer came within {check.limit:.0f} seconds",
            "Close the other programs that use it and run the doctor again; if it stays so, "
            "restart the computer.",
        )


def _guarded(check: Check) -> Finding:
    try:
        return check.look()
    except Exception as error:
        log.warning("the check %s failed", check.name, exc_info=True)
        return Finding(
            check.name,
            State.FAILED,
            f"it could not be tested: {type(error).__name__}: {error}",
            "This is our mistake: please report it, with the copied report.",
        )


def cut(error: Exception) -> tuple[str, str]:
    """Return what an error says and what it advises; ours have both in one sentence."""
    text = str(error)
    sentence, _, remedy = text.partition("; ")
    if not remedy and (advice := ADVICE.search(text)):
        sentence, remedy = text[: advice.start()], text[advice.start() + len(": ") :]
    return sentence, remedy[:1].upper() + remedy[1:]
