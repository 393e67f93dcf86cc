"""A low-priority process that fine-tunes a model for the window.

It is told a lesson's fields (paths as text) and tells {"seconds": of film}, once it is known
{"needed": minutes}, {"share": of the minutes that is over} from time to time, at last
{"parts": one object each} or {"failed": why}.
"""

import sys
import time
from pathlib import Path
from typing import Any

from core.process.child import Message, Pipe, claim, serve
from core.process.loading import loading

TELL_EVERY = 0.5
"""Seconds between two messages about how far it has come."""


def main() -> int:
    pipe = claim()
    serve(pipe, lambda message: pipe.send({"parts": handle(pipe, message)}))
    return 0


def handle(pipe: Pipe, message: Message) -> list[dict[str, Any]]:
    """Learn what was asked for; return what became of the model's parts.

    Raises:
        ValueError: see `teach`.
    """
    with loading():
        from core.training.finetune.teach import Lesson, Listener, teach

    film, model, out, work = (Path(message.head[p]) for p in ("film", "model", "out", "work"))
    told = 0.0

    def advanced(share: float) -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_EVERY:
            told = time.monotonic()
            pipe.send({"share": share})

    lesson = Lesson(film, model, out, work, message.head["consent"], message.head["minutes"])
    listener = Listener(
        lambda seconds: pipe.send({"seconds": seconds}),
        advanced,
        lambda minutes: pipe.send({"needed": minutes}),
    )
    verdicts = teach(lesson, listener)
    return [verdict._asdict() for verdict in verdicts]


if __name__ == "__main__":
    sys.exit(main())
