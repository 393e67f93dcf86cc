"""The person layer: the whole moving person, warped and alpha-composited onto the backdrop.

About half of the crop is background, and most of the rest is opaque. So the picture is warped in
bands, each no wider than the person there, and blended only where the matte is soft.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.pixels import remapped, stretched
from core.portrait.region import Region
from core.video import Cover, Picture

GRID_STEP = 8
"""Pixels between the nodes whose source positions are given; those between are interpolated."""

BAND_ROWS = 18
"""Nodes from the top to the bottom of a band: fewer pixels are warped and mixed in narrow ones, and
each costs a little."""

CLASS_RADIUS = 12
"""Pixels around a node that decide whether its surroundings are empty, opaque or neither."""

EMPTY, OPAQUE = 0, 2

Bytes = NDArray[np.uint8]
Plane = NDArray[np.float32]


class PersonLayer:
    """A person's RGBA pixels and their classes. Not changed by use; threads may share it."""

    def __init__(self, person: Bytes) -> None:
        """person: (h, w, 4) RGBA, not premultiplied."""
        self._person = person
        kernel = np.ones((2 * CLASS_RADIUS + 1, 2 * CLASS_RADIUS + 1), np.uint8)
        alpha = cv2.extractChannel(person, 3)
        some, all_ = cv2.dilate(alpha, kernel) > 0, cv2.erode(alpha, kernel) == 255
        self._classes: Bytes = some.astype(np.uint8) + all_

    def composite(self, frame: Picture, nodes: Plane, cover: Cover | None = None) -> None:
        """Composite the person onto `frame`, in place, and onto what is covered of it.

        nodes: (h, w, 2) source positions of every GRID_STEP-th pixel of the frame, pixels of the
        person, with one node more on every side of the frame.
        """
        classes = cv2.remap(
            self._classes, nodes[1:-1, 1:-1], None, cv2.INTER_NEAREST,
            borderMode=cv2.BORDER_REPLICATE,
        )  # type: ignore[call-overload]  # fmt: skip
        for row in range(0, len(classes), BAND_ROWS):
            self._composite_band(frame, nodes, classes[row : row + BAND_ROWS], row, cover)

    def _composite_band(
        self, frame: Picture, nodes: Plane, classes: Bytes, row: int, cover: Cover | None
    ) -> None:
        left, right = _longest_run(classes.max(0) > EMPTY, whole=True)
        if left == right:
            return
        height, width = frame.shape[:2]
        region = Region(
            left * GRID_STEP, row * GRID_STEP, right * GRID_STEP, (row + len(classes)) * GRID_STEP
        ).intersect(Region(0, 0, width, height))
        colours = self._warp(nodes[row : row + len(classes) + 2, left : right + 2], region.size)
        if cover is not None:
            alpha = np.asarray(cv2.extractChannel(colours, 3), np.uint8)
            add_cover(cover[region.slices], alpha)
        opaque = classes[:, left:right].min(0) == OPAQUE
        first, last = (min(GRID_STEP * end, region.size[0]) for end in _longest_run(opaque))
        below = frame[region.slices]
        if first < last:
            below[:, first:last] = cv2.cvtColor(colours[:, first:last], cv2.COLOR_RGBA2RGB)
        for part in (slice(0, first), slice(last, None)):
            alpha_over(below[:, part], colours[:, part])

    def _warp(self, nodes: Plane, size: tuple[int, int]) -> Bytes:
        width, height = size
        grid = stretched(nodes, nodes.shape[1] * GRID_STEP, nodes.shape[0] * GRID_STEP)
        return remapped(
            self._person, grid[GRID_STEP : GRID_STEP + height, GRID_STEP : GRID_STEP + width]
        )


def _longest_run(flags: NDArray[np.bool_], whole: bool = False) -> tuple[int, int]:
    """Return start and end of the longest run of true ones, or with `whole` the span of all."""
    row = flags.tobytes()
    run = row.strip(b"\0") if whole else max(row.split(b"\0"), key=len)
    start = row.find(run) if run else 0
    return start, start + len(run)


def add_cover(below: Cover, alpha: Bytes) -> None:
    """Let what is covered, (h, w), be covered by alpha (h, w) as well, in place."""
    rest = cv2.bitwise_not(alpha)
    below[...] = cv2.add(alpha, cv2.multiply(below, rest, scale=1 / 255))


def alpha_over(below: Picture, person: Bytes) -> None:
    """Composite RGBA (h, w, 4) over RGB (h, w, 3), in place (Porter and Duff 1984)."""
    if not below.size:
        return
    alpha = cv2.extractChannel(person, 3)
    colours = cv2.cvtColor(person, cv2.COLOR_RGBA2RGB)
    premultiplied = cv2.multiply(colours, cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB), scale=1 / 255)
    rest = cv2.cvtColor(cv2.bitwise_not(alpha), cv2.COLOR_GRAY2RGB)
    below[...] = cv2.add(premultiplied, cv2.multiply(below, rest, scale=1 / 255))
