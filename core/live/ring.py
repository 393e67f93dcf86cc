"""Frames waiting to be shown."""

import threading
from collections import deque
from collections.abc import Iterable

from core.video import Frame


class FrameRing:
    """A bounded queue that prefers fresh frames: when full, the oldest makes room."""

    def __init__(self, capacity: int) -> None:
        self._frames: deque[Frame] = deque(maxlen=capacity)
        self._changed = threading.Condition()
        self._closed = False
        self._least = 0
        self.dropped = 0

    def put(self, frames: Iterable[Frame]) -> None:
        """Append frames without ever waiting for the reader."""
        with self._changed:
            for frame in frames:
                self.dropped += len(self._frames) == self._frames.maxlen
                self._frames.append(frame)
            self._changed.notify()

    def wait(self, timeout: float) -> None:
        """Let `timeout` seconds go by, or less if there is a frame to read or no more will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._frames or self._closed, timeout)

    def get(self, timeout: float) -> Frame | None:
        """Remove and return the oldest frame, or None if none came within `timeout` seconds."""
        self.wait(timeout)
        with self._changed:
            frame = self._frames.popleft() if self._frames else None
            self._least = min(self._least, len(self._frames))
            return frame

    def shed(self) -> None:
        """Drop one frame if the queue has never been empty since the last call.

        What always lies in the queue is delay that buys nothing; called about once a second, this
        lets the stream come back to its shortest latency after a stall.
        """
        with self._changed:
            if self._least > 0 and self._frames:
                self._frames.popleft()
                self.dropped += 1
            self._least = len(self._frames)

    def close(self) -> None:
        """No more frames will come; what is left can still be read."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def drained(self) -> bool:
        """Whether the ring is closed and empty."""
        return self._closed and not self._frames

    def __len__(self) -> int:
        return len(self._frames)
