"""One person's mouth: their own teeth where a photo shows them, else drawn ones in its light."""

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from core.pixels import blurred
from core.portrait.analysis import PortraitAnalysis
from core.portrait.face_crop import FaceCrop, face_height
from core.puppet.displacement import Points
from core.puppet.face_light import FaceLight, face_light
from core.puppet.lip_seam import LipSeam
from core.puppet.mouth_interior import (
    HEIGHT,
    INTERIOR_EXTENT,
    UPPER_EDGE,
    WIDTH,
    MouthInterior,
    MouthLook,
    Plane,
    alpha_over,
    draw_interior,
)
from core.puppet.own_teeth import (
    Teeth,
    behind_lip,
    find_teeth,
    mouth_of,
    open_lips,
    relight,
    seam,
    shift_to,
    snap_seam,
)
from core.puppet.rig import Rig
from core.video import Picture

DONOR_SIDE = 1600
"""Most pixels of another photo's crop in which teeth are looked for."""

DONOR_TIP = 0.028
"""Where another photo's upper teeth end here, face heights below the seam."""

MOST_GAIN, MOST_TINT = 1.25, 1.08
"""How much brighter another photo's teeth may get here, and how much each colour may differ."""

LIFT = 1.15
"""How much brighter seen teeth are painted: the lips' shade, which is in the photo, comes again."""

LOWER_ROW = 0.0012
"""Least area of lower teeth that are used, square face heights."""

ROW_GOES_ON = 0.5
"""How bright the teeth beside a seen row are, a share of where it ends."""

ASIDE = 0.5
"""Shares of a photo pixel that drawn teeth are blurred by."""


class SeenMouth(NamedTuple):
    """What photos show of a mouth."""

    landmarks: Points
    """(478, 3) window units; the inner lips leave free what is seen of the teeth"""
    light: FaceLight
    seen: Teeth | None
    """the teeth that this photo shows"""
    teeth: Teeth | None
    """those to be used, of this photo or another"""


def look_into_mouth(
    pixels: Picture, points: Points, donors: Sequence[PortraitAnalysis] = ()
) -> SeenMouth:
    """Find the teeth in a window (side, side, 3) with landmarks (478, 3), or else in others."""
    light, height = face_light(pixels, points), face_height(points)
    seen = find_teeth(pixels, mouth_of(points), height, light.colour)
    points = snap_seam(pixels, points, seen)
    if seen is not None and (again := find_teeth(pixels, mouth_of(points), height, light.colour)):
        opened = open_lips(points, mouth_of(points), again)
        seen = find_teeth(pixels, mouth_of(opened), height, light.colour) or again
        points = points if seen is again else opened
    if seen is not None and seen.whole:
        return SeenMouth(points, light, seen, seen)
    given = max(map(_donated, donors), key=_area, default=None)
    if given is None or given[0] is None or not given[0].whole:
        return SeenMouth(points, light, seen, seen)
    gain = np.array(light.colour) / np.array(given[1].colour)
    mean = min(float(gain.mean()), MOST_GAIN)
    tint = (gain / gain.mean()).clip(1 / MOST_TINT, MOST_TINT)
    teeth = shift_to(
        relight(given[0], (mean * tint).astype(np.float32)), DONOR_TIP if seen is None else seen.tip
    )
    return SeenMouth(points, light, seen, teeth)


def _donated(donor: PortraitAnalysis) -> tuple[Teeth | None, FaceLight]:
    """Return the teeth that another photo shows, and its light."""
    crop = FaceCrop.around(donor.landmarks)
    side = min(DONOR_SIDE, round(2 * crop.half))
    pixels, points = crop.extract(donor.photo, side), crop.to_units(donor.landmarks)
    mouth = look_into_mouth(pixels, points)
    return mouth.seen, mouth.light


def _area(given: tuple[Teeth | None, FaceLight]) -> float:
    return 0.0 if given[0] is None else float(given[0].upper.sum()) * (1 + given[0].whole)


def paint_mouth(mouth: SeenMouth, rig: Rig, detail: float) -> MouthInterior:
    """Paint the inside of a mouth; detail: height of the face in the photo, pixels."""
    away, teeth = rig.axes[2], mouth.teeth
    yaw = float(np.arctan2(-away[0], away[2]))
    half_width = float(np.linalg.norm(rig.lips.across)) / rig.height.item() / np.cos(yaw)
    texels = HEIGHT / (INTERIOR_EXTENT[2] - INTERIOR_EXTENT[1]) / max(detail, 1.0)
    look = MouthLook(
        mouth.light.colour, mouth.light.slope, mouth.light.lips, half_width, yaw,
        teeth.tone if teeth else None,
        float(np.clip(teeth.tip, 0.012, 0.04)) if teeth else UPPER_EDGE,
        float(np.clip(ASIDE * texels, 0.6, 3.0)), seed_of(rig.landmarks),
    )  # fmt: skip
    drawn = draw_interior(look)
    if teeth is None:
        return drawn
    upper, teeth = drawn.upper, teeth._replace(colours=(LIFT * teeth.colours).clip(0, 1))
    if teeth.whole:
        upper[3] *= 1 - _columns_of(teeth.upper)
        upper[:3] *= _beside(teeth)
        upper = alpha_over(behind_lip(teeth), upper)
    lower = drawn.lower
    if teeth.lower.sum() * (2 * INTERIOR_EXTENT[0] / WIDTH) ** 2 > LOWER_ROW:
        lower = alpha_over(np.concatenate([teeth.colours, teeth.lower[None]]), lower)
    return drawn._replace(upper=upper.astype(np.float32), lower=lower)


def _columns_of(upper: Plane) -> Plane:
    """Return 1 in the columns (WIDTH,) that teeth stand in, 0 beyond them."""
    columns = np.flatnonzero((upper > 0.5).any(0))
    inside = np.zeros((1, WIDTH), np.float32)
    inside[:, columns[0] + 2 : columns[-1] - 1] = 1
    soft: Plane = blurred(inside, 1.5)[0]
    return soft


def _beside(teeth: Teeth) -> Plane:
    """Return how bright (3, 1, WIDTH) teeth are beside a seen row."""
    columns = np.flatnonzero((teeth.upper > 0.5).any(0))
    shown = (teeth.upper > 0.7).astype(np.float32)
    light = (teeth.colours.mean(0) * shown).sum(0) / np.maximum(shown.sum(0), 1e-3)
    ends = (columns[2:10], columns[-10:-2])
    before, after = (float(light[end].mean()) / float(np.mean(teeth.tone)) for end in ends)
    left = np.arange(WIDTH) < columns[len(columns) // 2]
    bright = ROW_GOES_ON * np.where(left, before, after).clip(0, 1)
    return np.stack([bright, bright**1.2, bright**1.35])[:, None].astype(np.float32)


def seed_of(landmarks: Points) -> int:
    """Return a number that is this face's own."""
    shape = (landmarks - landmarks.mean(0)) / face_height(landmarks)
    return zlib.crc32((200 * shape).round().astype(np.int16).tobytes())


def lip_masks(
    lips: LipSeam, height: float, at: Points, pixel: float, teeth: Teeth | None
) -> Points:
    """Return the lips' masks (2, h, w) as `LipSeam.side_masks`, without the teeth seen there."""
    masks = lips.side_masks(at, pixel)
    if teeth is None:
        return masks
    away = at - lips.middle
    unit = lips.across / np.linalg.norm(lips.across)
    x, y = away @ unit / height, away @ lips.down / height - seam(lips, height)
    half_width, top, bottom = INTERIOR_EXTENT
    columns = (x / half_width + 1) / 2 * WIDTH - 0.5
    rows = (y - top) / (bottom - top) * HEIGHT - 0.5
    shown = np.maximum(teeth.upper, teeth.lower)
    grid = np.stack([columns, rows], -1).astype(np.float32)
    free = cv2.remap(shown, grid, None, cv2.INTER_LINEAR)  # type: ignore[call-overload]
    return np.asarray(masks * (1 - free), np.float32)
