"""A rank of a pipeline: does one denoising step of every block, or, as the last one, renders.

It is told
    {"do": "open", "rank", "ranks", "meeting", "weights", "look", "width", "height", "fps"}
    {"do": "start", "seed", "lag"}: a stream begins, `lag` frames before its sound
    {"do": "step"} with samples of float32
and tells
    {"device", "hop", "lag"}, the last rank {"device"} alone, once it is open
    {"frame": its first sample} with its pixels, for each of a block, then {"block": true}
    {"failed": why, "trace"}, {"lost": why}: see `core.engine.rank_processes`
Latents go from rank to rank, not through the launcher.
"""

import os
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from queue import SimpleQueue
from typing import Any

import numpy as np

from core.audio import Samples
from core.process.child import Message, Pipe, claim
from core.process.loading import loading
from core.video import Frame


class Inbox:
    """What the launcher says, read by a thread; without a launcher, the process ends at once.

    Other ranks may be waited for then, that will never answer.
    """

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._messages: SimpleQueue[Message] = SimpleQueue()
        self._order: dict[str, Any] | None = None
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    def order(self) -> dict[str, Any]:
        """Wait for the next order that is no step, or return the one that ended the last stream."""
        order, self._order = self._order or self._messages.get().head, None
        return order

    def hops(self) -> Iterator[Samples]:
        """Give the sound of each step of a stream, until there is another order."""
        while (message := self._messages.get()).head["do"] == "step":
            yield np.frombuffer(message.body, np.float32)
        self._order = message.head

    def _read(self) -> None:
        try:
            while message := self._pipe.receive():
                self._messages.put(message)
        finally:
            os._exit(0)


def main() -> int:
    pipe = claim()
    inbox = Inbox(pipe)
    try:
        _serve(pipe, inbox)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the launcher hears it
        pipe.send({"failed": str(error) or repr(error), "trace": traceback.format_exc()})
    threading.Event().wait()  # the launcher ends us, so that no other rank loses this one first
    return 1


def _serve(pipe: Pipe, inbox: Inbox) -> None:
    with loading():
        from core.engine.pipeline_rank_loader import RankLost, open_rank

    def show(frames: Sequence[Frame]) -> None:
        for frame in frames:
            pipe.send({"frame": frame.sample}, frame.picture.tobytes())
        pipe.send({"block": True})

    try:
        opened = open_rank(inbox.order())
        pipe.send(opened.about)
        while True:
            opened.run(inbox.order(), inbox.hops(), show)
    except RankLost as lost:
        pipe.send({"lost": str(lost)})


if __name__ == "__main__":
    sys.exit(main())
