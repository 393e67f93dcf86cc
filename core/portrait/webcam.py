"""A real webcam, to take a photo with."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import cv2
import numpy as np

from core.sentence import said
from core.video import Picture

DEVICES = Path("/sys/class/video4linux")

MAX_PROBED = 4
"""Webcams that are looked for where the system names none."""

WIDTH, HEIGHT = 1920, 1080
"""Pixels that are asked for; the webcam gives what it has."""

VIRTUAL_CAMERAS = ("understudy", "obs virtual", "dummy video device", "v4l2 loopback")
"""Parts of the names of virtual cameras, which show no person."""


class WebcamError(RuntimeError):
    """No photo can be taken; says why and what helps."""


@dataclass(frozen=True)
class WebcamName:
    """A webcam that is plugged in."""

    index: int
    title: str


class Webcam(Protocol):
    """Takes pictures. One thread opens, uses and closes it."""

    def read(self) -> Picture:
        """Return the next picture, (h, w, 3) RGB; waits for it.

        Raises:
            WebcamError: none comes any more.
        """
        ...

    def close(self) -> None: ...


OpenWebcam: TypeAlias = Callable[[int], Webcam]


def list_webcams(devices: Path = DEVICES) -> list[WebcamName]:
    """Return the webcams there are, or numbers to try where the system does not tell."""
    if sys.platform != "linux":
        return [WebcamName(i, said("Webcam {0}", i + 1)) for i in range(MAX_PROBED)]
    found = []
    for folder in sorted(devices.glob("video*"), key=lambda f: int(f.name[5:])):
        title = _read_line(folder / "name")
        # A webcam has further nodes for what describes its pictures; only the first shows any.
        virtual = any(word in title.casefold() for word in VIRTUAL_CAMERAS)
        if _read_line(folder / "index") in ("0", "") and not virtual:
            found.append(WebcamName(int(folder.name[5:]), title or folder.name))
    return found


def open_webcam(index: int, capture: Any = None) -> Webcam:
    """Open the webcam of that number; `capture` stands in for OpenCV's in tests.

    Raises:
        WebcamError: it is not there, or in use.
    """
    return _OpenCvWebcam(index, capture or cv2.VideoCapture)


class _OpenCvWebcam:
    """Satisfies `Webcam` with OpenCV."""

    def __init__(self, index: int, capture: Any) -> None:
        self._device = capture(index)
        if not self._device.isOpened():
            self._device.release()
            raise WebcamError(
                said(
                    "the webcam cannot be opened:",
                    remedy=(
                        "close the programs that use it, and allow the camera in the "
                        "system's privacy settings"
                    ),
                )
            )
        self._device.set(cv2.CAP_PROP_FRAME_WIDTH, WIDTH)
        self._device.set(cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT)

    def read(self) -> Picture:
        """See `Webcam.read`."""
        good, picture = self._device.read()
        if not good or picture is None:
            raise WebcamError(
                said(
                    "no more pictures come from the webcam: was it unplugged? Plug it in and "
                    "try again"
                )
            )
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)

    def close(self) -> None:
        self._device.release()


def _read_line(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
