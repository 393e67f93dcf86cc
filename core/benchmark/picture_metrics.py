"""Image metrics of the puppet's known faults, each of one person: smaller is better.

They catch what people notice in a meeting: bright specks between lips that nearly touch, stair
steps along a closing lid, a seam where the photo ends, the old background's colour around a
person who stands before another one.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.portrait.inpainting import pull_push
from core.portrait.placement import PhotoPlacement
from core.video import Picture, VideoFormat

Plane = NDArray[np.float32]

SPECK_CONTRAST = 12
"""Grey levels by which a speck stands out more than anything did at rest around it."""

SPECK_WIDTH = 4
"""Pixels across a spot, or a line, up to which it is one."""

SPECK_REACH = 9
"""Pixels around a place within which the mouth at rest may have been as bright."""

DARK_LINE = 60
"""Grey levels below what is around it from which a line is wholly visible."""

SEAM_REACH = 40
"""Pixels beside the photo's edge that tell how much detail there usually is."""

BAND = (0.05, 0.95)
"""Matte between which a pixel shows both the person and what is behind them."""

SURE = (0.02, 0.98)
"""Matte below which there is only background, and above which only the person."""


class PictureFaults(NamedTuple):
    """Metrics of one person's pictures."""

    psnr_at_rest: float
    """dB, the face's box of a frame without motion against the photo; larger is better"""
    specks: float
    """per mille of the pixels along the lips' seam, worst nearly shut moment"""
    lid_steps: float
    """pixels, how far the edge of a closing lid jumps from column to column"""
    seam: float
    """gradient across the photo's edge, as a multiple of that beside it; 1 is no seam"""
    blur_outside: float
    """how much less detail there is beyond the photo's edge than within; 1 is the same"""
    old_background: float
    """share of the old background's colour in the matte's soft band before a green one"""


def psnr(one: Picture, other: Picture) -> float:
    """Return the peak signal-to-noise ratio in dB; 99 where they are equal."""
    error = float(np.square(one.astype(np.float32) - other).mean())
    return 99.0 if error == 0 else float(10 * np.log10(255**2 / error))


def specks(rest: Picture, moment: Picture) -> float:
    """Return the share of the pixels in bright spots and lines that were not there at rest, per
    mille: white top-hat, so that lips which move are no specks, however bright.

    Both pictures (h, w, 3) show the strip along the lips' seam, the second with lips nearly shut.
    """
    near = np.ones((2 * SPECK_REACH + 1, 2 * SPECK_REACH + 1), np.uint8)
    wide = np.ones((SPECK_WIDTH + 1, SPECK_WIDTH + 1), np.uint8)
    before, now = (
        cv2.morphologyEx(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), cv2.MORPH_TOPHAT, wide)
        for p in (rest, moment)
    )
    brighter = now.astype(np.int16) > cv2.dilate(before, near).astype(np.int16) + SPECK_CONTRAST
    return 1000 * float(brighter.mean())


def lid_steps(eye: Picture) -> float:
    """Return how far the darkest line through an eye (h, w, 3) jumps between columns, in pixels.

    The line is followed to a fraction of a pixel; its bow counts nothing, only the jumps: the root
    mean square of its third difference, each by how dark the line is there, a dark one counting
    whole.
    """
    grey = cv2.GaussianBlur(cv2.cvtColor(eye, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 0.7)
    middle = grey[:, grey.shape[1] // 5 : -grey.shape[1] // 5]
    below = np.clip(np.percentile(middle, 30, axis=0) - middle, 0, None)
    weight = below**2 + 1e-6
    rows = np.arange(len(middle), dtype=np.float32)[:, None]
    line = (weight * rows).sum(0) / weight.sum(0)
    dark = np.clip(below.max(0) / DARK_LINE, 0, 1)[2:-1]
    return float(np.sqrt((dark * np.square(np.diff(line, n=3))).mean()))


def seam(frame: Picture, placement: PhotoPlacement, photo_width: int) -> tuple[float, float]:
    """Return the gradient across the photo's side edges as a multiple of that beside them, and how
    many times more detail there is within than beyond; (1, 1) where the photo fills the frame."""
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)
    across = np.abs(np.diff(grey, axis=1)).mean(0)
    jumps, details = [], []
    for edge in (placement.left, placement.left + round(photo_width * placement.scale)):
        if not SEAM_REACH < edge < frame.shape[1] - SEAM_REACH:
            continue
        inside, outside = across[edge : edge + SEAM_REACH], across[edge - SEAM_REACH : edge]
        if edge > frame.shape[1] // 2:
            inside, outside = outside, inside
        usual = float(np.median(across[edge - SEAM_REACH : edge + SEAM_REACH])) + 0.05
        jumps.append(float(across[edge - 3 : edge + 3].max()) / usual)
        details.append((float(np.median(inside)) + 0.05) / (float(np.median(outside)) + 0.05))
    return max(jumps, default=1.0), max(details, default=1.0)


def old_background(
    frame: Picture, photo: Picture, matte: Plane, placement: PhotoPlacement, green: tuple[int, ...]
) -> float:
    """Return how much of the photo's background shows in the matte's soft band of `frame`, which
    stands before `green`: the share along the way from the person's colour to the old one."""
    format = VideoFormat(frame.shape[1], frame.shape[0])
    matrix = np.array(
        [[placement.scale, 0, placement.left], [0, placement.scale, placement.top]], np.float64
    )
    size = (format.width, format.height)
    alpha = cv2.warpAffine(matte, matrix, size)
    seen = cv2.warpAffine(photo, matrix, size).astype(np.float32)
    small = (format.width // 2, format.height // 2)
    person, behind = (
        _filled(seen, known, small, size)
        for known in (alpha > SURE[1], (alpha < SURE[0]) & (seen.sum(-1) > 0))
    )
    band = (alpha > BAND[0]) & (alpha < BAND[1])
    way, shown = (behind - person)[band], frame.astype(np.float32)[band]
    # What is not green before green is either the person or the old background.
    key = np.array(green, np.float32)
    own = np.stack([person[band], np.broadcast_to(key, way.shape), behind[band]], -1)
    gram = own.transpose(0, 2, 1) @ own + 25 * np.eye(3, dtype=np.float32)
    shares = np.linalg.solve(gram, own.transpose(0, 2, 1) @ shown[..., None])[..., 0]
    different = np.linalg.norm(way, axis=-1) > 30
    if not different.any():
        return 0.0
    return float(np.clip(shares[different, 2], 0, 1).mean())


def _filled(
    picture: Plane, known: NDArray[np.bool_], small: tuple[int, int], size: tuple[int, int]
) -> Plane:
    less = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(known.astype(np.float32), small, interpolation=cv2.INTER_AREA)
    full = pull_push(np.asarray(less, np.float32), (mask > 0.99).astype(np.float32))
    return np.asarray(cv2.resize(full, size), np.float32)
