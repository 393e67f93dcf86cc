"""The newest picture, made a JPEG once for all who ask for it, and only when somebody does."""

import math
import threading
import time
from typing import NamedTuple

import cv2

from core.video import Picture

QUALITY = 90
"""Of the JPEG: 51 dB on a portrait at 1280x720 (docs/lab.md)."""


class Jpeg(NamedTuple):
    number: int
    """Counts the pictures shown; a viewer tells the last it knows."""
    data: bytes


class Latest:
    """Holds one picture; any thread may call. Encoding is done by the thread that asks."""

    def __init__(self, idle: Picture, hold: float) -> None:
        self._idle = idle
        self._hold = hold
        self._changed = threading.Condition()
        self._picture, self._number = idle, 0
        self._shown = time.monotonic()
        self._closed = False
        self._encoding = threading.Lock()
        self._jpeg = Jpeg(-1, b"")

    def show(self, picture: Picture) -> None:
        """Make `picture` the newest; never waits for those who watch."""
        with self._changed:
            self._put(picture)

    def rest(self, idle: Picture) -> None:
        """Make `idle` what is shown `hold` seconds after the last picture, and until the first."""
        with self._changed:
            resting, self._idle = self._picture is self._idle, idle
            if resting:
                self._put(idle)

    def end(self) -> None:
        """Show at once what rests."""
        with self._changed:
            self._put(self._idle)

    def jpeg(self, known: int, timeout: float) -> Jpeg | None:
        """Return the newest picture once it is not number `known`, or None after `timeout` s."""
        with self._changed:
            patience = min(timeout, self._rest_of_hold())
            self._changed.wait_for(lambda: self._closed or self._number != known, patience)
            if self._rest_of_hold() <= 0:
                self._put(self._idle)
            if self._closed or self._number == known:
                return None
            number, picture = self._number, self._picture
        with self._encoding:
            if self._jpeg.number < number:
                self._jpeg = Jpeg(number, encoded(picture))
            return self._jpeg

    def close(self) -> None:
        """Let go of all who wait."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _put(self, picture: Picture) -> None:
        self._picture = picture
        self._number += 1
        self._shown = time.monotonic()
        self._changed.notify_all()

    def _rest_of_hold(self) -> float:
        """Seconds for which the picture may still stand."""
        if self._picture is self._idle:
            return math.inf
        return self._shown + self._hold - time.monotonic()


def encoded(picture: Picture) -> bytes:
    """Return an RGB picture as a JPEG."""
    turned = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", turned, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return data.tobytes()
