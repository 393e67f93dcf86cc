"""Pictures on their way out."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.sentence import said

FPS = 25
"""Frames per second at which every avatar performs."""

RATES = (FPS, 30)
"""Frames per second that can be chosen; what lies between the avatar's own is worked out."""

Picture: TypeAlias = NDArray[np.uint8]
"""One RGB picture, shape (height, width, 3). Treat as read-only once published."""


Cover: TypeAlias = NDArray[np.uint8]
"""How much of each pixel the person covers, shape (height, width), 255 all of it."""


@dataclass(frozen=True)
class Frame:
    """One picture and the sound it belongs to."""

    picture: Picture
    sample: int
    """Stream time of the first sample of the sound that this frame shows."""
    heard: float = 0.0
    """Time on the source's clock, in seconds, at which that sample was heard."""
    cover: Cover | None = None
    """Where the background is transparent; the picture shows black behind, so it is premultiplied
    by this."""


@dataclass(frozen=True)
class VideoFormat:
    """Size in pixels and rate in frames per second.

    Raises:
        ValueError: no film and no webcam can have that size or rate.
    """

    width: int
    height: int
    fps: int = FPS

    def __post_init__(self) -> None:
        if min(self.width, self.height) < 2 or self.width % 2 or self.height % 2:
            raise ValueError(
                said(
                    "{0}x{1} is no size for video: both sides must be even and at least 2 pixels",
                    self.width,
                    self.height,
                )
            )
        if self.fps < 1:
            raise ValueError(
                said(
                    "{0} frames a second is no rate for video:", self.fps, remedy="choose 1 or more"
                )
            )


HD = VideoFormat(1280, 720)
"""What is shown wherever nobody chose another size."""


class VideoSink(Protocol):
    """Where finished frames go: a virtual webcam, a file, nowhere."""

    def send(self, frame: Frame) -> None:
        """Show `frame` now. Pacing is the caller's business."""
        ...

    def close(self) -> None: ...
