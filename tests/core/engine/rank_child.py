"""A rank for the tests, without a network; the deed says what the second one does."""

import sys
from threading import Event

import numpy as np

from core.process.child import Message, Pipe, claim

HOP, LAG, FRAMES = 2560, 2, 4
SHAPE = (12, 16, 3)


class Rank:
    """Answers as `core.engine.pipeline_rank_process` does; pictures are as bright as it is loud."""

    def __init__(self, pipe: Pipe, deed: str) -> None:
        self._pipe, self._deed = pipe, deed
        self._sample = 0

    def handle(self, message: Message) -> None:
        head = message.head
        second, last = head["rank"] == 1, head["rank"] == 2
        if head["do"] == "open":
            if second and self._deed == "refuses":
                self._wait_for_others()
                self._pipe.send({"failed": "the photo shows nobody", "trace": "here"})
            elif last and self._deed == "refuses":
                self._pipe.send({"lost": "connection closed by peer"})
            else:
                self._pipe.send({"device": f"card {head['rank']}", "hop": HOP, "lag": LAG})
        elif head["do"] == "start":
            self._sample = -head["lag"] * 640
        elif second and self._deed == "dies":
            sys.exit("out of memory")
        elif last and self._deed == "dies":
            self._pipe.send({"lost": "connection closed by peer"})
        elif last and self._deed != "hangs":
            self._show(message)

    def _show(self, message: Message) -> None:
        bright = round(100 * float(np.frombuffer(message.body, np.float32)[0]))
        for _ in range(FRAMES):
            if self._sample >= 0:
                self._pipe.send({"frame": self._sample}, bytes([bright]) * int(np.prod(SHAPE)))
            self._sample += 640
        self._pipe.send({"block": True})

    def _wait_for_others(self) -> None:
        """Let the last rank say first that it lost this one."""
        Event().wait(0.3)


def main() -> None:
    pipe = claim()
    rank = Rank(pipe, sys.argv[1])
    while message := pipe.receive():
        rank.handle(message)


if __name__ == "__main__":
    main()
