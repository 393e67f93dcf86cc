"""Calls to a sound server, none of which may last: one that hangs must not hang us."""

import functools
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from core.sentence import said
from core.sound.player import SoundError

ANSWER = 3.0
"""Seconds that a server may take for all that a call asks of it."""

P = ParamSpec("P")
T = TypeVar("T")


def bounded(call: Callable[P, T]) -> Callable[P, T]:
    """Return `call`, run on a thread of its own that is left behind if it takes too long.

    Raises:
        SoundError: it has not returned within `ANSWER` seconds.
    """

    @functools.wraps(call)
    def within(*args: P.args, **kwargs: P.kwargs) -> T:
        results: list[T] = []
        errors: list[BaseException] = []

        def run() -> None:
            try:
                results.append(call(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - raised again where it belongs
                errors.append(error)

        thread = threading.Thread(target=run, name="sound server", daemon=True)
        thread.start()
        thread.join(ANSWER)
        if errors:
            raise errors[0]
        if not results:
            raise SoundError(
                said("the sound server does not answer", remedy="restart it, or the computer")
            )
        return results[0]

    return within
