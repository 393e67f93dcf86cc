"""Placement of a photo in a frame, extrapolation beyond its edges, and inpainting (pull-push)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.pixels import remapped, resized, scaled, smooth, softened, stretched
from core.portrait.face_crop import FaceCrop
from core.portrait.region import Region
from core.profile import Framing
from core.video import Picture, VideoFormat

FACE_SHARE = 0.40
"""Height of the face in a frame without a framing of its own, as a share of the frame's."""

FACE_MIDDLE = 0.47
"""Where the middle of that face lies, as a share of the frame's height from the top."""

STRIP = 0.10
"""Share of the photo's side that is mirrored beyond its edge."""

BACKGROUND_BELOW = 0.04
"""Matte below which a pixel surely shows the background."""

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class PhotoPlacement:
    """Where the photo lies in the frame: frame = photo * scale + (left, top), pixels."""

    scale: float
    left: int
    top: int
    bars: bool = False
    """Whether pixels beyond the photo stay black (letterbox)."""

    def photo_region(self, width: int, height: int) -> Region:
        """Return where a photo of this size lies in the frame, or beyond it."""
        right, bottom = round(width * self.scale), round(height * self.scale)
        return Region(0, 0, right, bottom).shift(self.left, self.top)

    def crop_region(self, crop: FaceCrop) -> Region:
        """Return where a crop of the photo lies in the frame, or beyond it."""
        side = round(2 * crop.half * self.scale)
        left, top = (round((v - crop.half) * self.scale) for v in (crop.x, crop.y))
        return Region(left, top, left + side, top + side).shift(self.left, self.top)


def place_photo(
    photo: tuple[int, int], face: tuple[float, float, float], format: VideoFormat,
    framing: Framing | None,
) -> PhotoPlacement:  # fmt: skip
    """Place a photo (width, height) with a face (x, y of its middle, height; pixels) in a frame."""
    width, height = photo
    if framing is None:
        x, y, size = face
        scale = max(FACE_SHARE * format.height / size, format.height / height)
        middle = (format.width / 2, FACE_MIDDLE * format.height)
        return _cover_frame(photo, format, scale, middle[0] - x * scale, middle[1] - y * scale)
    choose = max if framing.fit == "fill" else min
    scale = choose(format.width / width, format.height / height) * framing.zoom
    left = format.width / 2 - framing.x * width * scale
    top = format.height / 2 - framing.y * height * scale
    return _cover_frame(photo, format, scale, left, top, framing.fit == "letterbox")


def _cover_frame(
    photo: tuple[int, int], format: VideoFormat, scale: float, left: float, top: float,
    bars: bool = False,
) -> PhotoPlacement:  # fmt: skip
    """Shift the photo so that it covers the frame where it can and is centred where it cannot."""
    corner = []
    for size, room, at in zip(photo, (format.width, format.height), (left, top), strict=True):
        spare = room - size * scale
        corner.append(round(spare / 2 if spare >= 0 else min(0.0, max(spare, at))))
    return PhotoPlacement(scale, corner[0], corner[1], bars)


def lay_out(image: NDArray[np.uint8], placement: PhotoPlacement, format: VideoFormat) -> Picture:
    """Return the frame showing `image`, continued beyond its edges or framed by black bars."""
    shown = scaled(image, placement.scale)
    x, beyond_x = _mirrored(format.width, placement.left, shown.shape[1])
    y, beyond_y = _mirrored(format.height, placement.top, shown.shape[0])
    frame = remapped(shown, np.dstack(np.meshgrid(x, y)))
    beyond = np.hypot(*np.meshgrid(beyond_x, beyond_y))
    if not beyond.any():
        return frame
    if placement.bars:
        frame[beyond > 0] = 0
        return frame
    return _blur_outside(frame, beyond.astype(np.float32))


def _mirrored(room: int, start: int, size: int) -> tuple[Plane, Plane]:
    """Return where each pixel along a side of the frame reads the photo, and how far beyond it is.

    Beyond the edge the photo is mirrored, slower and slower, within a narrow strip.
    """
    at = np.arange(room, dtype=np.float32) - start
    strip = STRIP * size
    before, after = np.maximum(-at, 0), np.maximum(at - (size - 1), 0)
    back = strip * (1 - np.exp(-(before + after) / (2 * strip)))
    source = np.where(before > 0, back, np.where(after > 0, size - 1 - back, at))
    return source.astype(np.float32), (before + after).astype(np.float32)


def _blur_outside(frame: Picture, beyond: Plane) -> Picture:
    """Blur what lies beyond the photo, the more the farther out."""
    result = frame.astype(np.float32)
    for sigma, reach, small in ((3.0, 8.0, 1), (9.0, 40.0, 2), (27.0, 140.0, 8)):
        soft = softened(result, sigma, small)
        share = np.clip(beyond / reach, 0, 1)[..., None]
        result = result * (1 - share) + soft * share
    return result.round().astype(np.uint8)


def inpaint_person(photo: Picture, matte: Plane) -> Picture:
    """Return the photo with the person inpainted from the background around them.

    matte: (h, w) 0..1, reaching a little beyond the person. Its soft edge keeps the photo's own
    pixels, so that a person at rest stands before exactly what the photo shows.
    """
    small = scaled(photo, min(1.0, 320 / max(photo.shape[:2])))
    coverage = resized(matte, small.shape[1], small.shape[0])
    if coverage.min() > BACKGROUND_BELOW:
        return photo
    filled = pull_push(small.astype(np.float32), (coverage < BACKGROUND_BELOW).astype(np.float32))
    large = smooth(filled, photo.shape[1], photo.shape[0])
    alpha = np.clip((matte - 0.5) / 0.45, 0, 1)[..., None]
    mixed = photo * (1 - alpha) + np.clip(large, 0, 255) * alpha
    return np.asarray(mixed.round(), dtype=np.uint8)


def pull_push(picture: Plane, known: Plane) -> Plane:
    """Fill unknown pixels from coarser and coarser averages of known ones (pull-push)."""
    if min(picture.shape[:2]) <= 2 or known.all():
        total = known.sum()
        mean = (picture * known[..., None]).sum((0, 1)) / max(float(total), 1e-6)
        return np.where(known[..., None] > 0, picture, mean).astype(np.float32)
    half = (max(1, picture.shape[1] // 2), max(1, picture.shape[0] // 2))
    weight = resized(known, *half)
    colour = resized(picture * known[..., None], *half)
    coarse = pull_push(
        (colour / np.maximum(weight, 1e-6)[..., None]).astype(np.float32),
        (weight > 0).astype(np.float32),
    )
    up = stretched(coarse, picture.shape[1], picture.shape[0])
    return (picture * known[..., None] + up * (1 - known[..., None])).astype(np.float32)
