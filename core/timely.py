"""A call that may hang, on a thread of its own that is left behind if it does."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Late(TimeoutError):
    """A call has not returned in time; it may go on for ever, on its thread."""


def timely(call: Callable[[], T], seconds: float, name: str) -> T:
    """Return what `call` returns within so many seconds, on a daemon thread called `name`.

    Raises:
        Late: it has not returned by then.
        BaseException: what it raises, be it that it ends its thread (SystemExit).
    """
    returned, raised = list[T](), list[BaseException]()

    def run() -> None:
        try:
            returned.append(call())
        except BaseException as error:  # noqa: BLE001 - raised again where it belongs
            raised.append(error)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    thread.join(seconds)
    if raised:
        raise raised[0]
    if not returned:
        raise Late(name)
    return returned[0]
