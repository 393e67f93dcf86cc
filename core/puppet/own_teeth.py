"""The person's own teeth, found in a photo by what they look like: light, colourless, between lips.

Landmarks alone do not tell: they draw lips as touching where a little of the teeth shows.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.perception.face.topology import (
    CHIN,
    FOREHEAD,
    LOWER_INNER,
    LOWER_INSIDE,
    LOWER_MIDDLE,
    UPPER_INNER,
    UPPER_INSIDE,
    UPPER_MIDDLE,
)
from core.pixels import blurred, remapped
from core.portrait.face_crop import face_height
from core.portrait.inpainting import pull_push
from core.puppet.curve import interpolate
from core.puppet.displacement import smoothstep
from core.puppet.lip_seam import SEAM_SPAN, LipSeam, find_lip_seam
from core.puppet.mouth_interior import HEIGHT, INTERIOR_EXTENT, WIDTH, Plane, texel_positions
from core.video import Picture

SEARCH = 0.022
"""How far beyond the landmarks' inner lips teeth are looked for, face heights."""

MOUTH_END = 0.93
"""Half widths of the mouth within which teeth are looked for."""

COLOURLESS = ((0.88, 0.98), (1.08, 1.02))
"""In the face's light: green to red of lips and of teeth; blue to green of lips and of teeth."""

BRIGHT = (0.42, 0.56)
"""Brightness of what is no tooth and of what may be one, as a share of the face's light."""

PARTED = 0.012
"""From which gap on, face heights, landmarks are believed that lips are parted."""

GLIMPSE_END = 0.55
"""Half widths of the mouth within which teeth may show though landmarks say that lips touch."""

BESIDE = 0.005
"""How far beyond parted lips the most of a tooth may lie, face heights."""

BETWEEN_LANDMARKS = 0.016
"""Half the way from one landmark of the inner lip to the next, face heights."""

SNAP, SNAP_PRICE = 0.016, 0.25
"""How far from the landmarks the line between closed lips is looked for, face heights; what the
whole way costs, as a share of brightness."""

LEAST_AREA = 0.00012
"""Of a piece of a tooth, square face heights."""

WHOLE = (0.20, 0.018)
"""Width and height, face heights, from which teeth are a row of their own."""

ROW_GAP = 0.008
"""Face heights without a tooth between the upper row and the lower one."""

BEHIND_LIP = 0.035
"""How far the upper row goes on behind the lip that hides it, face heights."""


class Teeth(NamedTuple):
    """Teeth that a photo shows, in the textures' frame of `mouth_interior`."""

    colours: Plane
    """(3, HEIGHT, WIDTH) 0..1, as far as they go and on beyond"""
    upper: Plane
    """(HEIGHT, WIDTH) 0..1 where the upper row is seen"""
    lower: Plane
    tone: tuple[float, float, float]
    """of the brighter half, 0..1"""
    tip: float
    """where the middle of the upper row ends, face heights below the seam"""
    whole: bool
    """a row, not just a glimpse of one or two"""


def find_teeth(
    pixels: Picture, lips: LipSeam, height: float, light: tuple[float, float, float]
) -> Teeth | None:
    """Find the teeth between the lips of a window (side, side, 3), if any show.

    height: of the face, window units; light: the brightest skin's colour, 0..1.
    """
    x, y = texel_positions()
    seen: Plane = _seen(pixels, lips, height, x, y) / np.float32(255)
    half_width = float(np.linalg.norm(lips.across)) / height
    upper, lower = _inner_lips(lips, height, x[0])
    between = (y > upper - SEARCH) & (y < lower + SEARCH) & (abs(x) < MOUTH_END * half_width)
    apart = np.maximum(lower - upper - PARTED, 0) > 0
    parted = apart & (y > upper) & (y < lower)
    between &= (abs(x) < GLIMPSE_END * half_width) | apart
    likely = _likeness(seen, light, parted) * between
    inner = (y > upper - BESIDE) & (y < lower + BESIDE) if apart.any() else between
    cover = _pieces(likely, between, inner, bool(apart.any()))
    if not cover.any():
        return None
    soft = blurred(np.minimum(cover, likely.clip(0.5, 1)), 1.0)
    first, second = _rows(soft)
    strong = (first + second > 0.7).astype(np.float32)
    if strong.sum() < 8:
        return None
    colours = pull_push(seen * np.float32(255), strong).transpose(2, 0, 1) / 255
    tooth = seen[strong > 0]
    tone = tooth[tooth.sum(1).argsort()[len(tooth) // 2 :]].mean(0)
    red, green, blue = tone.tolist()
    tip, wide, tall = _extent(first, x, y)
    whole = wide > WHOLE[0] * min(1.0, half_width / 0.155) and tall > WHOLE[1]
    return Teeth(colours.astype(np.float32), first, second, (red, green, blue), tip, whole)


def relight(teeth: Teeth, gain: NDArray[np.float32]) -> Teeth:
    """Return teeth of another photo in this photo's light: `gain` (3,) times as bright."""
    red, green, blue = (np.array(teeth.tone, np.float32) * gain).clip(0, 1).tolist()
    colours = (teeth.colours * gain[:, None, None]).clip(0, 1)
    return teeth._replace(colours=colours, tone=(red, green, blue))


def shift_to(teeth: Teeth, tip: float) -> Teeth:
    """Return teeth of another photo with the upper row's end at `tip`, as here."""
    rows = round((tip - teeth.tip) / (INTERIOR_EXTENT[2] - INTERIOR_EXTENT[1]) * HEIGHT)
    matrix = np.array([[1, 0, 0], [0, 1, rows]], np.float32)

    def shifted(plane: Plane, border: int) -> Plane:
        moved = cv2.warpAffine(plane, matrix, (WIDTH, HEIGHT), borderMode=border)
        return np.asarray(moved, np.float32)

    colours = np.stack([shifted(plane, cv2.BORDER_REPLICATE) for plane in teeth.colours])
    upper, lower = (shifted(row, cv2.BORDER_CONSTANT) for row in (teeth.upper, teeth.lower))
    return teeth._replace(colours=colours, upper=upper, lower=lower, tip=tip)


def behind_lip(teeth: Teeth) -> Plane:
    """Return the upper row as RGBA (4, h, w), continued upwards, darker, behind the lip."""
    reach = round(BEHIND_LIP / (INTERIOR_EXTENT[2] - INTERIOR_EXTENT[1]) * HEIGHT)
    solid = teeth.upper > 0.85
    top = np.where(solid.any(0), solid.argmax(0) + 3, HEIGHT)
    above = (top - np.arange(HEIGHT)[:, None]).clip(0, None)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    source = (rows + above).clip(0, HEIGHT - 1)
    shade = 1 - 0.45 * (above / reach).clip(0, 1)
    colours = cv2.blur(teeth.colours.transpose(1, 2, 0), (3, 1))[source, columns].transpose(2, 0, 1)
    colours = np.where(above > 0, colours, teeth.colours) * shade
    behind = (above > 0) & (above < reach) & (top < HEIGHT)
    cover = np.maximum(teeth.upper, blurred(behind.astype(np.float32), 1.0) * (above > 0))
    return np.concatenate([colours, cover[None]]).astype(np.float32)


def open_lips(points: NDArray[np.float32], lips: LipSeam, teeth: Teeth) -> NDArray[np.float32]:
    """Return landmarks (478, 3) whose inner lips leave free what is seen of the teeth."""
    points, (x, y) = points.copy(), texel_positions()
    height = face_height(points)
    half_width = float(np.linalg.norm(lips.across))
    shown = np.maximum(teeth.upper, teeth.lower) > 0.5
    below_seam = height * (y[:, 0] + seam(lips, height))
    for rows, side in (((UPPER_INNER, UPPER_INSIDE, UPPER_MIDDLE), -1),
                       ((LOWER_INNER, LOWER_INSIDE, LOWER_MIDDLE), 1)):  # fmt: skip
        for columns in zip(*rows, strict=True):
            u, v = lips.to_mouth_frame(points[columns[0], :2])
            near = abs(x[0] * height - float(u) * half_width) < BETWEEN_LANDMARKS * height
            seen = below_seam[shown[:, near].any(1)]
            if len(seen):
                past = side * (float(seen.max() if side > 0 else seen.min()) - float(v))
                for number, share in zip(columns, (1, 0.6, 0.3), strict=True):
                    points[number, :2] += side * share * max(0.0, past) * lips.down
    return points


def snap_seam(
    pixels: Picture, points: NDArray[np.float32], teeth: Teeth | None
) -> NDArray[np.float32]:
    """Return landmarks (478, 3) whose touching lips meet where the window shows the dark line.

    teeth: those seen; where they are, lips do not touch.
    """
    lips, height, (x, y) = mouth_of(points), face_height(points), texel_positions()
    grey = blurred(_seen(pixels, lips, height, x, y)[..., 1], 2.0)
    none = np.zeros((1, WIDTH), np.float32)
    bare = np.any((none if teeth is None else teeth.upper + teeth.lower) > 0.5, axis=0)
    half_width, points = float(np.linalg.norm(lips.across)) / height, points.copy()
    (u, v), (_, w) = (lips.to_mouth_frame(points[list(r), :2]) for r in (UPPER_INNER, LOWER_INNER))
    moved = np.zeros(len(u) + 2, np.float32)
    for i in range(len(u)):
        column = int(np.abs(x[0] - float(u[i]) * half_width).argmin())
        away = y[:, 0] + seam(lips, height) - float(v[i] + w[i]) / 2 / height
        if not bare[column] and w[i] - v[i] < PARTED * height:
            moved[i + 1] = height * _dark_line(grey[:, column], away)
    even = np.sort([moved[:-2], moved[1:-1], moved[2:]], axis=0)[1]  # the median
    even *= smoothstep(abs(u), 0.9, 0.5)
    for share, rows in ((1, (UPPER_INNER, LOWER_INNER)), (0.6, (UPPER_INSIDE, LOWER_INSIDE))):
        for row in rows:
            points[list(row), :2] += share * even[:, None].astype(np.float32) * lips.down
    return points


def _dark_line(column: Plane, away: Plane) -> float:
    """Return how far from the landmarks a column is darkest, face heights; 0 if hardly darker."""
    near = np.abs(away) < SNAP
    column, away = column[near], away[near]
    here = column[np.abs(away).argmin()]
    cost = column / column.mean() + SNAP_PRICE * (away / SNAP) ** 2
    best = int(cost.argmin())
    return float(away[best]) if column[best] < 0.95 * here else 0.0


def mouth_of(points: NDArray[np.float32]) -> LipSeam:
    """Return the lip seam of landmarks (478, 3) before they are a rig's."""
    down = points[CHIN] - points[FOREHEAD]
    return find_lip_seam(points, np.stack([down, down, down]))


def _seen(pixels: Picture, lips: LipSeam, height: float, x: Plane, y: Plane) -> Plane:
    """Return what the window shows at every texel, (HEIGHT, WIDTH, 3)."""
    side = len(pixels)
    unit = lips.across / np.linalg.norm(lips.across)
    at = lips.middle + height * (
        x[..., None] * unit + (y[..., None] + seam(lips, height)) * lips.down
    )
    return remapped(pixels, ((at + 1) / 2 * side - 0.5).astype(np.float32)).astype(np.float32)


def seam(lips: LipSeam, height: float) -> float:
    """Return where the closed lips meet in the middle, face heights below the mouth's middle."""
    columns = lips.edges.shape[-1] // 2
    return float(lips.edges[:, columns] @ np.array([0.65, 0.35], np.float32)) / height


def _inner_lips(lips: LipSeam, height: float, x: Plane) -> tuple[Plane, Plane]:
    u = x * height / np.linalg.norm(lips.across)
    upper, lower = (
        interpolate(edge, u.astype(np.float32), SEAM_SPAN) / height - seam(lips, height)
        for edge in lips.edges
    )
    return upper, lower


def _likeness(seen: Plane, light: tuple[float, float, float], parted: NDArray[np.bool_]) -> Plane:
    """Return how much (0..1) each texel looks like a tooth; less is asked where lips are parted."""
    red, green, blue = np.moveaxis(seen / np.array(light, np.float32), -1, 0).clip(1e-3, None)
    bluish = smoothstep(blue / green, *COLOURLESS[1])
    colour = smoothstep(green / red, *COLOURLESS[0]) * np.where(parted, 1, bluish)
    return np.asarray(colour * smoothstep(green, *BRIGHT), np.float32)


def _pieces(
    likely: Plane, between: NDArray[np.bool_], lips: NDArray[np.bool_], apart: bool
) -> Plane:
    """Return the pieces that are large enough and end where the lips begin."""
    texel = 2 * INTERIOR_EXTENT[0] / WIDTH
    found = cv2.morphologyEx((likely > 0.5).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(found)
    inner = cv2.erode(between.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    cover = np.zeros_like(likely)
    for number in range(1, count):
        piece, area = labels == number, stats[number, cv2.CC_STAT_AREA]
        at_end, beside = (piece & ~inner).sum() / area, (piece & ~lips).sum() / area
        if area * texel**2 > LEAST_AREA and at_end < (0.15 if apart else 0.03) and beside < 0.4:
            cover[piece] = 1
    return cover


def _rows(cover: Plane) -> tuple[Plane, Plane]:
    """Part the cover (h, w) into the upper row and what lies below a gap under it."""
    rows = round(ROW_GAP / (INTERIOR_EXTENT[2] - INTERIOR_EXTENT[1]) * HEIGHT)
    seen = cover > 0.3
    begun = np.maximum.accumulate(seen, axis=0)
    far = np.zeros_like(seen)
    run = np.zeros(cover.shape[1], int)
    over = np.zeros(cover.shape[1], bool)
    for row in range(len(cover)):
        run = np.where(seen[row] | ~begun[row], 0, run + 1)
        over |= run > rows
        far[row] = over
    return np.where(far, 0, cover).astype(np.float32), np.where(far, cover, 0).astype(np.float32)


def _extent(upper: Plane, x: Plane, y: Plane) -> tuple[float, float, float]:
    """Return where the upper row ends in the middle, its width and its height, face heights."""
    columns = np.flatnonzero((upper > 0.5).any(0))
    if not len(columns):
        return 0.024, 0.0, 0.0
    middle = columns[len(columns) // 5 : len(columns) - len(columns) // 5]
    solid = upper[:, middle] > 0.5
    solid = solid[:, solid.any(0)]
    last = len(upper) - 1 - solid[::-1].argmax(0)
    tall = float(np.sort(solid.sum(0))[solid.shape[1] // 2]) * float(y[1, 0] - y[0, 0])
    wide = float(x[0, columns[-1]] - x[0, columns[0]])
    return float(y[int(np.sort(last)[3 * len(last) // 4]), 0]), wide, tall
