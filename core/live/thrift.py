"""Under overload pictures give way, not words: what is late is heard, but not painted."""

from core.audio import SAMPLE_RATE

LATE = SAMPLE_RATE * 2 // 25
"""Samples that may wait beyond the hop that is at work: two frames."""

MOST = 8
"""Hops that are skipped one after the other at most: however late, it must never look frozen."""


class Thrift:
    """Decides for each hop whether it is painted. One thread asks."""

    def __init__(self) -> None:
        self._skipping = False
        self._row = 0
        self.skipped = 0
        """Frames that were left out; kept by whoever asks, any thread may read."""

    def paints(self, waiting: int, hop: int) -> bool:
        """Return whether to paint a hop, when so many samples wait behind it.

        Once it skips it goes on until nothing waits: to be a little late for long is no use.
        """
        self._skipping = waiting >= max(hop, LATE) or (self._skipping and waiting >= hop)
        self._row = self._row + 1 if self._skipping else 0
        if self._row > MOST:
            self._row = 0
        return self._row == 0
