"""A photo with its lips sealed by the puppet, and with its mouth opened and its eyes shut: both to
be moved."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from core.perception.face.alignment import Landmarks
from core.perception.face.matting import Matte
from core.portrait.analysis import PortraitAnalysis
from core.portrait.face_crop import FaceCrop
from core.puppet.arrays import tree_map
from core.puppet.batch_painting import paint_batch
from core.puppet.expression import load_expressions
from core.puppet.motion import Motion, backward_warp
from core.puppet.portrait_layers import LayeredPortrait, cut_layers
from core.video import Picture

MAX_SIDE = 3072
"""Most pixels of the window's side as it is stored, however close the frame goes."""


class MovedMouth:
    """A person whose mouth and lids can be moved in pictures of their photo."""

    def __init__(
        self,
        photo: Picture,
        matte: Matte,
        landmarks: Landmarks,
        scale: float,
        donors: Sequence[PortraitAnalysis],
    ) -> None:
        """scale: of the largest picture, pixels to a pixel of the photo; donors: other photos of
        the person, which may show teeth that this one hides."""
        self._window = FaceCrop.around(landmarks).snap(scale)
        side = min(round(2 * self._window.half * scale), MAX_SIDE)
        expressions = load_expressions()
        layers = cut_layers(photo, matte, landmarks, self._window, side, expressions, donors)
        self._portrait: LayeredPortrait = tree_map(
            layers, lambda array: torch.from_numpy(np.array(array))[None]
        )

    @torch.inference_mode()
    def paint(self, crop: FaceCrop, size: tuple[int, int], motion: Motion) -> "PaintedFace":
        """Paint the face with mouth and lids moved by `motion`, a batch of one.

        For pictures of so many rows and columns that show what `crop` does, and what is above that
        as far as there are more rows than columns.
        """
        rows, columns = size
        unit, window = crop.half / self._window.half, self._window
        x, y = (crop.x - window.x) / window.half, (crop.y - window.y) / window.half
        step = 2 * unit / columns
        across = x - unit + step * (torch.arange(columns) + 0.5)
        down = y + unit - step * (rows - torch.arange(rows) - 0.5)
        middle_x, middle_y, half = self._portrait.rig.box[0].tolist()
        part = _within(down, middle_y, half), _within(across, middle_x, half)
        grid = torch.stack(torch.meshgrid(across[part[1]], down[part[0]], indexing="xy"), -1)
        if not grid.numel():  # the face lies elsewhere
            return PaintedFace(part, grid.new_zeros(*grid.shape[:2], 4))
        moved: Motion = tree_map(motion, torch.from_numpy)
        warp = backward_warp(self._portrait.rig, moved)
        painted = paint_batch(self._portrait, warp, moved, grid[None].float())
        return PaintedFace(part, painted[0].permute(1, 2, 0))


class PaintedFace(NamedTuple):
    """A face, and where it lies in pictures."""

    box: tuple[slice, slice]
    """Rows and columns."""
    colours: Tensor
    """(rows, columns, 4) 0..1, the last its alpha"""

    def onto(self, picture: Picture) -> Picture:
        """Return a picture with this face in the place of its own."""
        below = torch.from_numpy(picture[self.box]).float()
        colours, cover = self.colours.tensor_split([3], 2)
        moved = picture.copy()
        moved[self.box] = torch.lerp(below, 255 * colours, cover).round().clamp(0, 255).byte()
        return moved


def _within(places: Tensor, middle: float, half: float) -> slice:
    """Return which of some places, in order, lie within a distance of the middle."""
    found = torch.nonzero((places - middle).abs() < half).flatten()
    return slice(int(found[0]), int(found[-1]) + 1) if len(found) else slice(0, 0)
