"""The light on a face, as its skin shows it."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.portrait.face_crop import face_height
from core.video import Picture

Colour = tuple[float, float, float]

RIGHT_HIGHLIGHTS, LEFT_HIGHLIGHTS = (50, 101, 205, 123), (280, 330, 425, 352)
MIDDLE_HIGHLIGHTS = (4, 151, 9, 195)
"""Landmarks of cheeks, nose and forehead where skin is brightest."""

LIPS = (86, 316, 87, 317, 38, 268)
"""Landmarks within the red of both lips."""

PATCH = 0.012
"""Half the side of the patch around a landmark, face heights."""


class FaceLight(NamedTuple):
    """The light on a face; colours 0..1."""

    colour: Colour
    """of the brightest skin"""
    slope: float
    """how much brighter, as a share, the picture's right side is than the middle"""
    lips: Colour
    """their colour"""


def face_light(pixels: Picture, points: NDArray[np.float32]) -> FaceLight:
    """Return the light on the face of a window with landmarks (478, 3), window units.

    Skin alone tells it: the whites of the eyes are a few pixels, in the lids' shade.
    """
    right, left = (_by_brightness(pixels, points, at) for at in (RIGHT_HIGHLIGHTS, LEFT_HIGHLIGHTS))
    middle = _by_brightness(pixels, points, MIDDLE_HIGHLIGHTS)
    every = np.concatenate([right, left, middle])
    brightest = every[every.sum(1).argsort()][-4:].mean(0)
    slope = np.log(left[1:].sum() / right[1:].sum()).clip(-0.5, 0.5) / 2
    lips = _by_brightness(pixels, points, LIPS).mean(0)
    return FaceLight(_colour(brightest), float(slope), _colour(lips))


def _by_brightness(
    pixels: Picture, points: NDArray[np.float32], places: tuple[int, ...]
) -> NDArray[np.float64]:
    """Return the mean colours (n, 3) around landmarks, 0..1, the darkest first."""
    side = len(pixels)
    size = 2 * max(1, round(PATCH * face_height(points) * side / 2)) + 1
    middles = ((points[list(places), :2] + 1) / 2 * side - 0.5).tolist()
    patches = [cv2.getRectSubPix(pixels, (size, size), (x, y)) for x, y in middles]
    means = np.array([patch.reshape(-1, 3).mean(0) for patch in patches]) / 255 + 1e-3
    return np.asarray(means[means.sum(1).argsort()], np.float64)


def _colour(values: NDArray[np.float64]) -> Colour:
    red, green, blue = values.clip(0.05, 1).tolist()
    return red, green, blue
