"""The newest picture, made a JPEG once for all who ask for it, and only when somebody does."""

import math
import threading
import time
from typing import NamedTuple

import cv2
import numpy as np

from core.video import Cover, Picture

QUALITY = 90
"""Of the JPEG: 51 dB on a portrait at 1280x720 (docs/lab.md)."""


FAINT = 32
"""Cover below which a pixel's own colour is told by its neighbours', for it is known too badly."""

REACH = 15
"""Pixels that make up its neighbours."""


class Jpeg(NamedTuple):
    number: int
    """Counts the pictures shown; a viewer tells the last it knows."""
    data: bytes
    covers: bool = False
    """Whether its lower half says, in grey, how much of each pixel of the upper one is covered."""


class Latest:
    """Holds one picture; any thread may call. Encoding is done by the thread that asks."""

    def __init__(self, idle: Picture, hold: float) -> None:
        self._idle = idle
        self._hold = hold
        self._changed = threading.Condition()
        self._picture, self._number = idle, 0
        self._cover: Cover | None = None
        self._shown = time.monotonic()
        self._closed = False
        self._encoding = threading.Lock()
        self._jpeg = Jpeg(-1, b"")

    def show(self, picture: Picture, cover: Cover | None = None) -> None:
        """Make `picture` the newest; never waits for those who watch. `cover`: see `Frame`."""
        with self._changed:
            self._put(picture, cover)

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
            number, picture, cover = self._number, self._picture, self._cover
        with self._encoding:
            if self._jpeg.number < number:
                whole = picture if cover is None else with_cover(picture, cover)
                self._jpeg = Jpeg(number, encoded(whole), cover is not None)
            return self._jpeg

    def close(self) -> None:
        """Let go of all who wait."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _put(self, picture: Picture, cover: Cover | None = None) -> None:
        self._picture, self._cover = picture, cover
        self._number += 1
        self._shown = time.monotonic()
        self._changed.notify_all()

    def _rest_of_hold(self) -> float:
        """Seconds for which the picture may still stand."""
        if self._picture is self._idle:
            return math.inf
        return self._shown + self._hold - time.monotonic()


def with_cover(picture: Picture, cover: Cover) -> Picture:
    """Return the person's own colours, (h, w, 3), and below them, in grey, the cover (h, w).

    The picture is premultiplied by the cover. A browser reads a JPEG at once, and one with
    transparency there is none.
    """
    share = cv2.cvtColor(cover, cv2.COLOR_GRAY2RGB)
    own = cv2.divide(picture, share, scale=255)
    around = (REACH, REACH)
    near = cv2.divide(cv2.blur(picture, around), cv2.blur(share, around), scale=255)
    faint = np.less(cover, FAINT).view(np.uint8)
    cv2.copyTo(near, faint, own)
    return np.asarray(cv2.vconcat([own, share]), np.uint8)


def encoded(picture: Picture) -> bytes:
    """Return an RGB picture as a JPEG."""
    turned = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", turned, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return data.tobytes()
