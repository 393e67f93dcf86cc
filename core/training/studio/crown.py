"""Completes heads whose hair the photo's upper edge cuts: else it would go on as a tower."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.portrait.inpainting import inpaint_person
from core.video import Picture

HAIR_HEIGHT = 0.4
"""How far hair reaches above the topmost landmark of the forehead, in face heights."""
MIN_HEIGHT = 0.1
"""Least height of a crown, in face heights."""
EDGE_WIDTH = 0.12
"""Width of the crown's soft edge, as a share of its radius."""
MATTE_DILATION = 9
"""Pixels by which the matte is dilated for inpainting."""


def add_crown(
    photo: Picture, matte: NDArray[np.uint8], top: float, forehead: float, height: float
) -> tuple[Picture, NDArray[np.uint8]]:
    """Round off the hair within the upper `top` rows of a photo (h, w, 3) and its matte (h, w).

    top: rows above the photo's own first one, where that one goes on; forehead: row of the topmost
    landmark; height: of the face, in pixels. Within the crown the hair goes on, beyond it there is
    what lies behind the person.
    """
    edge = round(top)
    columns = np.flatnonzero(matte[min(edge + 1, len(matte) - 1)] > 127)
    if edge < 1 or not len(columns):
        return photo, matte
    middle, half = (columns[0] + columns[-1]) / 2, (columns[-1] - columns[0] + 1) / 2
    tall = max(MIN_HEIGHT * height, edge - (forehead - HAIR_HEIGHT * height))
    y, x = np.ogrid[: len(matte), : matte.shape[1]]
    up = np.clip(edge - y, 0, None) / tall
    away = np.sqrt(((x - middle) / half) ** 2 * (up > 0) + up**2)
    inside = np.clip((1 + EDGE_WIDTH - away) / EDGE_WIDTH, 0, 1)
    behind = inpaint_person(photo, _dilated(matte))
    share = (inside + (1 - inside) * (1 - matte / 255.0))[..., None]
    mixed = photo * share + behind * (1 - share)
    return mixed.round().astype(np.uint8), (matte * inside).round().astype(np.uint8)


def _dilated(matte: NDArray[np.uint8]) -> NDArray[Any]:
    """Dilate the matte a little; shares, 0..1."""
    return (
        np.asarray(
            cv2.dilate(matte, np.ones((MATTE_DILATION, MATTE_DILATION), np.uint8)), np.float32
        )
        / 255
    )
