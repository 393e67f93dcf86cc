"""A person laid over the background band by band: as if all were mixed pixel by pixel."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.puppet.person_layer import GRID_STEP, PersonLayer, alpha_over
from core.video import Picture

SIDE = 240


def _person(cover: NDArray[np.uint8]) -> NDArray[np.uint8]:
    colours = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    return np.dstack([cv2.GaussianBlur(colours, (0, 0), 3), cover])


def _round() -> NDArray[np.uint8]:
    """A disc with a soft edge and, beside it, a smaller one: two runs in the same rows."""
    cover = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(cover, (90, 120), 60, 255, -1)
    cv2.circle(cover, (200, 110), 25, 255, -1)
    return cv2.GaussianBlur(cover, (0, 0), 4)  # type: ignore[return-value]


def _nodes(width: int, height: int, turn: float = 0.0) -> NDArray[np.float32]:
    """Where a frame's every STEP-th pixel comes from: turned a little about the middle."""
    x = np.arange(-GRID_STEP, width + GRID_STEP, GRID_STEP) + (GRID_STEP - 1) / 2
    y = np.arange(-GRID_STEP, height + GRID_STEP, GRID_STEP) + (GRID_STEP - 1) / 2
    at_x, at_y = np.meshgrid(x - SIDE / 2, y - SIDE / 2)
    cos, sin = np.cos(turn), np.sin(turn)
    turned = np.stack([cos * at_x - sin * at_y, sin * at_x + cos * at_y], -1) + SIDE / 2
    return turned.astype(np.float32)


def _whole(person: NDArray[np.uint8], nodes: NDArray[np.float32], frame: Picture) -> Picture:
    """The same without bands."""
    height, width = frame.shape[:2]
    rows, columns = nodes.shape[:2]
    grid = cv2.resize(
        nodes, (columns * GRID_STEP, rows * GRID_STEP), interpolation=cv2.INTER_LINEAR
    )
    grid = np.ascontiguousarray(grid[GRID_STEP : GRID_STEP + height, GRID_STEP : GRID_STEP + width])
    seen = cv2.remap(person, grid, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    share = seen[..., 3:].astype(np.float64) / 255
    return np.asarray((seen[..., :3] * share + frame * (1 - share)).round(), np.uint8)


@pytest.mark.parametrize("turn", [0.0, 0.1, -0.2])
@pytest.mark.parametrize("size", [(240, 240), (173, 91), (40, 400), (8, 3)])
@pytest.mark.parametrize("cover", ["round", "full", "none"])
def test_bands_make_the_picture_that_mixing_every_pixel_makes(
    turn: float, size: tuple[int, int], cover: str
) -> None:
    whole = np.full((SIDE, SIDE), 255 * (cover == "full"), np.uint8)
    person = _person(_round() if cover == "round" else whole)
    frame = np.random.default_rng(2).integers(0, 256, (size[1], size[0], 3), np.uint8)
    nodes = _nodes(*size, turn)
    expected = _whole(person, nodes, frame)
    PersonLayer(person).composite(frame, nodes)
    assert np.abs(frame.astype(int) - expected).max() <= 1


def test_nothing_is_touched_where_nobody_is() -> None:
    frame = np.full((SIDE, SIDE, 3), 77, np.uint8)
    PersonLayer(_person(_round())).composite(frame, _nodes(SIDE, SIDE))
    assert (frame[_round() == 0] == 77).all()


def test_laying_over_mixes_by_the_cover() -> None:
    person = np.array([[[200, 100, 50, 0], [200, 100, 50, 255], [200, 100, 50, 128]]], np.uint8)
    below = np.full((1, 3, 3), 10, np.uint8)
    alpha_over(below, person)
    assert below[0, 0].tolist() == [10, 10, 10]
    assert below[0, 1].tolist() == [200, 100, 50]
    assert np.abs(below[0, 2].astype(int) - [105, 55, 30]).max() <= 1
    alpha_over(below[:, :0], person[:, :0])
