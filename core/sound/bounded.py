"""Calls to a sound server, none of which may last: one that hangs must not hang us."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from core.sentence import said
from core.sound.player import SoundError
from core.timely import Late, timely

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
        try:
            return timely(lambda: call(*args, **kwargs), ANSWER, "sound server")
        except Late as error:
            raise SoundError(
                said("the sound server does not answer", remedy="restart it, or the computer")
            ) from error

    return within
