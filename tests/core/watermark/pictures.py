"""Pictures with detail everywhere, as photos have it, and none of anybody."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.video import Picture, VideoFormat
from core.watermark.embedding import Watermark
from core.watermark.key import Version

FORMAT = VideoFormat(640, 360)

VERSION = Version(2, 7)


def busy(format: VideoFormat = FORMAT, seed: int = 0) -> Picture:
    """Return clouds of all sizes, with a grain of three grey levels."""
    rng = np.random.default_rng(seed)
    shape, size = (format.height, format.width, 3), (format.width, format.height)
    picture = np.full(shape, 120.0, np.float32)
    for cells, depth in ((4, 40), (16, 20), (64, 8)):
        clouds = rng.standard_normal((cells, 2 * cells, 3)).astype(np.float32)
        picture += depth * cv2.resize(clouds, size, interpolation=cv2.INTER_CUBIC)
    picture += 3 * rng.standard_normal(shape).astype(np.float32)
    return np.asarray(picture.clip(0, 255), np.uint8)


def marked(picture: Picture, version: Version = VERSION) -> Picture:
    """Return a copy that bears the watermark."""
    copy = picture.copy()
    Watermark(VideoFormat(picture.shape[1], picture.shape[0]), version).apply(copy)
    return copy


def luma(picture: Picture) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
