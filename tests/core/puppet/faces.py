"""Somebody drawn from the mean face, for tests that need a portrait."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from core.perception.face.topology import (
    CHIN,
    INNER_CORNERS,
    LEFT_BROW_LOWER,
    LEFT_CORNER,
    LEFT_EYE_CORNERS,
    LEFT_IRIS,
    LEFT_LOWER_LID,
    LEFT_UPPER_LID,
    LOWER_INNER,
    LOWER_LIP,
    LOWER_OUTER,
    OVAL,
    RIGHT_BROW_LOWER,
    RIGHT_CORNER,
    RIGHT_EYE_CORNERS,
    RIGHT_IRIS,
    RIGHT_LOWER_LID,
    RIGHT_UPPER_LID,
    UPPER_INNER,
    UPPER_LIP,
    UPPER_OUTER,
)
from core.pixels import blurred, resized
from core.portrait.face_crop import FaceCrop
from core.profile import Framing
from core.puppet.expression import load_expressions
from core.puppet.motion import neutral_motion
from core.puppet.renderer import Renderer, add_batch_dimension
from core.puppet.rig import BLEND_SHAPES, LIP_SEAL, Rig, build_rig
from core.video import Picture, VideoFormat

T = TypeVar("T")
Plane = NDArray[np.float32]
Colour = tuple[int, int, int]
Row = tuple[int, ...]

CLOTHES: Colour = (60, 70, 110)
NECK: Colour = (190, 145, 122)
HAIR: Colour = (70, 50, 40)
SKIN: Colour = (214, 170, 146)
LIP: Colour = (170, 80, 85)
MOUTH: Colour = (60, 20, 20)
IRIS: Colour = (20, 60, 210)
WHITE = 240

SMALL = VideoFormat(320, 180)
STILL = neutral_motion(1, LIP_SEAL + 1)
DETAIL, SHIFT = 6, 4
"""Drawn at so many times the size; bits of a pixel's fraction."""

EYES = (
    (RIGHT_EYE_CORNERS, RIGHT_UPPER_LID, RIGHT_LOWER_LID, RIGHT_IRIS, RIGHT_BROW_LOWER),
    (LEFT_EYE_CORNERS, LEFT_UPPER_LID, LEFT_LOWER_LID, LEFT_IRIS, LEFT_BROW_LOWER),
)


class Drawn(NamedTuple):
    """A portrait, as `Renderer` takes it."""

    photo: Picture
    matte: Plane
    landmarks: Plane


def face(height: float = 1.0, x: float = 0.0, y: float = 0.0, agape: bool = False) -> Plane:
    """Return the landmarks (478, 3) of a face with its middle at (x, y); y down, z away."""
    points = load_expressions().mean * np.array([1, -1, -1], np.float32)
    if not agape:
        gap = points[list(LOWER_INNER)] - points[list(UPPER_INNER)]
        for rows, share in ((UPPER_LIP, 0.5), (LOWER_LIP, -0.5)):
            points[list(rows)] += share * np.tile(gap, (4, 1))
    placed = (points - points[list(OVAL)].mean(0)) * height + [x, y, 0]
    return np.asarray(placed, dtype=np.float32)


def draw(
    width: int = 240, height: int = 240, size: float = 96, x: float = 0.5, y: float = 0.47,
    agape: bool = False,
) -> Drawn:  # fmt: skip
    """Draw somebody whose face is `size` pixels high, its middle at these shares of the photo."""
    points = face(size, x * width, y * height, agape)
    large = (points[:, :2] + np.float32(0.5)) * DETAIL - np.float32(0.5)
    person = np.zeros((DETAIL * height, DETAIL * width, 3), np.uint8)
    cover = np.zeros_like(person)
    _body(person, large, DETAIL * size, (CLOTHES, NECK, HAIR, SKIN))
    _body(cover, large, DETAIL * size, ((255, 255, 255),) * 4)
    for eye in EYES:
        _eye(person, large, DETAIL * size, *eye)
    _mouth(person, large)
    matte = resized(cover, width, height)[..., 0].astype(np.float32) / np.float32(255)
    lit = resized(person, width, height) + _grain(width, height, size)
    mixed = lit * matte[..., None] + _wall(width, height) * (1 - matte[..., None])
    return Drawn(mixed.round().clip(0, 255).astype(np.uint8), matte, points)


@contextmanager
def opened(
    drawn: Drawn, format: VideoFormat = SMALL, framing: Framing | None = None
) -> Iterator[Renderer]:
    """Open a renderer, its helping thread already at work."""
    renderer = Renderer(*drawn, format, framing)
    try:
        renderer.render(STILL)
        yield renderer
    finally:
        renderer.close()


def strengths(**named: float) -> Plane:
    """Return `Motion.moves` (1, moves) by name; `seal` closes the lips."""
    moves = np.zeros((1, LIP_SEAL + 1), np.float32)
    for name, strength in named.items():
        moves[0, LIP_SEAL if name == "seal" else BLEND_SHAPES.index(name)] = strength
    return moves


def rig(drawn: Drawn) -> Rig:
    """Return the portrait's rig as a batch of one."""
    window = FaceCrop.around(drawn.landmarks)
    batch: Rig = add_batch_dimension(
        build_rig(window.to_units(drawn.landmarks), load_expressions())
    )
    return batch


def joined(one: T, other: T) -> T:
    """Join nested named tuples of arrays into one batch."""
    if isinstance(one, np.ndarray):
        return np.concat([one, other])  # type: ignore[return-value]
    pairs = zip(one, other, strict=True)  # type: ignore[call-overload]
    return type(one)(*(joined(a, b) for a, b in pairs))


def psnr(one: NDArray[Any], two: NDArray[Any]) -> float:
    """Return the ratio of peak (255) to error in decibels."""
    error = np.mean((one.astype(np.float64) - two.astype(np.float64)) ** 2)
    return float(10 * np.log10(255**2 / max(float(error), 1e-9)))


def _grain(width: int, height: int, size: float) -> Plane:
    noise = np.random.default_rng(5).standard_normal((height, width)).astype(np.float32)
    soft = blurred(noise, max(1.0, size / 50))[..., None]
    return np.asarray(soft * (6 / float(np.std(soft))), dtype=np.float32)


def _wall(width: int, height: int) -> Plane:
    y, x = np.mgrid[0:height, 0:width]
    tones = [np.sin(x / 7) * 25 + 90, np.sin(y / 9) * 25 + 130, np.sin((x + y) / 11) * 25 + 120]
    return np.stack(tones, -1).astype(np.float32)


def _body(image: Picture, points: Plane, size: float, colours: tuple[Colour, ...]) -> None:
    """Shoulders, neck, hair and face."""
    (x, y), (chin_x, chin_y) = points[list(OVAL)].mean(0).tolist(), points[CHIN].tolist()
    _ellipse(image, (chin_x, chin_y + 1.6 * size), (1.25 * size, 1.25 * size), colours[0])
    _ellipse(image, (chin_x, chin_y + 0.1 * size), (0.25 * size, 0.45 * size), colours[1])
    _ellipse(image, (x, y - 0.12 * size), (0.52 * size, 0.72 * size), colours[2])
    _fill(image, points[list(OVAL)], colours[3])


def _eye(
    image: Picture, points: Plane, size: float, corners: Row, upper: Row, lower: Row, iris: Row,
    brow: Row,
) -> None:  # fmt: skip
    opening, ball = np.zeros_like(image), np.full_like(image, WHITE)
    ring = points[[corners[0], *upper, corners[1], *lower[::-1]]]
    _fill(opening, ring, (1, 1, 1))
    _ellipse(ball, tuple(points[iris[0]]), (0.05 * size, 0.05 * size), IRIS)
    np.copyto(image, ball, where=opening.astype(bool))
    for row, wide, closed in ((ring, 0.012, True), (points[list(brow)], 0.03, False)):
        cv2.polylines(image, [_fixed(row)], closed, HAIR, round(wide * size), cv2.LINE_8, SHIFT)


def _mouth(image: Picture, points: Plane) -> None:
    _fill(image, points[[RIGHT_CORNER, *UPPER_OUTER, LEFT_CORNER, *LOWER_OUTER[::-1]]], LIP)
    inner = points[[INNER_CORNERS[0], *UPPER_INNER, INNER_CORNERS[1], *LOWER_INNER[::-1]]]
    _fill(image, inner, MOUTH)


def _fill(image: Picture, ring: Plane, colour: Colour) -> None:
    cv2.fillPoly(image, [_fixed(ring)], colour, cv2.LINE_8, SHIFT)


def _ellipse(
    image: Picture, middle: tuple[float, float], half: tuple[float, float], colour: Colour
) -> None:
    (x, y), (wide, tall) = _fixed(np.array([middle, half])).tolist()
    cv2.ellipse(image, (x, y), (wide, tall), 0, 0, 360, colour, -1, cv2.LINE_8, SHIFT)


def _fixed(points: NDArray[Any]) -> NDArray[np.int32]:
    return np.asarray((points * 2**SHIFT).round(), dtype=np.int32)
