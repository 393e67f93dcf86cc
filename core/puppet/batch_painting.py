"""Batched rendering of moving portraits, in torch on any device: for training."""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from core.puppet.arrays import tree_map
from core.puppet.displacement import grid_nodes
from core.puppet.eyelid_warp import eye_coordinates
from core.puppet.motion import BackwardWarp, Motion, apply_head_pose
from core.puppet.paint import (
    EYE_DOWN,
    EYE_UP,
    SourcePositions,
    composite_lips,
    eye_masks,
    mouth_mask,
    paint_eyes,
    paint_mouth_interior,
    paint_person,
    source_positions,
)
from core.puppet.portrait_layers import LayeredPortrait, Texture
from core.puppet.rig import Rig


def as_tensors(part: Any) -> Any:
    """Convert nested named tuples of arrays to tensors, which share their memory."""
    return tree_map(part, torch.from_numpy)


def crop_grid(size: int) -> Tensor:
    """Return the pixel centres (size, size, 2) of a picture of the crop, crop units."""
    return torch.from_numpy(grid_nodes(size, size)) * (1 - 1 / size)


class TorchRaster:
    """Satisfies `Raster` for batches: images (n, c, h, w) in 0..1, weights (n, 1, h, w).

    A texture may hold fewer images than n: each then serves as many pictures in a row.
    """

    def __init__(self, unit: float) -> None:
        """unit: pixels of the rendered picture to one crop unit."""
        self._unit = unit
        self._height = 0

    def sample(self, texture: Texture, at: Tensor) -> Tensor:
        count, self._height, width, _ = at.shape
        middle, half = (
            part.repeat_interleave(count // len(part), 0)[:, None, None]
            for part in (texture.middle, texture.half)
        )
        image = texture.image
        grid = ((at - middle) / half).view(len(image), -1, width, 2)  # pictures in a row stacked
        sampled = F.grid_sample(
            image, grid, mode="bilinear", padding_mode="border", align_corners=False
        )
        each = sampled.view(len(image), image.shape[1], -1, self._height, width)
        return each.transpose(1, 2).flatten(0, 1)

    def as_weight(self, values: Tensor) -> Tensor:
        return values[:, None]

    def alpha(self, image: Tensor) -> Tensor:
        return image[:, 3:]

    def mix(self, below: Tensor, above: Tensor, weight: Tensor) -> Tensor:
        return below + (above - below) * weight

    def darken(self, image: Tensor, weight: Tensor) -> Tensor:
        return image * (1 - weight)

    def blur(self, weight: Tensor, reach: float) -> Tensor:
        size = 2 * max(1, round(reach * self._unit / 2)) + 1
        padded = F.pad(weight, (size // 2,) * 4, mode="replicate")
        return F.avg_pool2d(padded, size, stride=1)


def paint_batch(
    portrait: LayeredPortrait, warp: BackwardWarp, motion: Motion, grid: Tensor
) -> Tensor:
    """Render the crop at an evenly spaced grid of positions (n, h, w, 2): RGBA (n, 4, h, w).

    Textures and `portrait.rig.displacements` may be fewer than n; see `TorchRaster` and
    `backward_warp`.
    """
    rig = portrait.rig
    pixel = (grid[:, 0, 1] - grid[:, 0, 0]).norm(dim=-1)
    raster = TorchRaster(1 / float(pixel.mean()))
    at = source_positions(rig, warp, grid)
    person = paint_person(raster, portrait, at)
    image = person.clone()
    mouth, *eyes = _patch_indices(rig, motion, grid)
    _paint_mouth(image, raster, portrait, warp, motion, at, mouth)
    _paint_eyes(image, raster, portrait, motion, at, eyes, pixel)
    return torch.cat([image[:, :3], person[:, 3:]], dim=1)


class PatchIndex(NamedTuple):
    """A rectangle of each of n pictures, all of one size, as flat pixel indices."""

    pixels: Tensor
    """(n, high, wide)"""

    def gather(self, values: Tensor) -> Tensor:
        """Return the patches (n, high, wide, channels) of (n, h, w, channels)."""
        flat = values.flatten(1, 2)
        index = self.pixels.flatten(1)[..., None].expand(-1, -1, flat.shape[-1])
        return flat.gather(1, index).view(*self.pixels.shape, -1)

    def scatter(self, image: Tensor, part: Tensor, weight: Tensor) -> None:
        """Blend patches (n, c, high, wide) into `image` (n, c, h, w), in place."""
        flat = image.flatten(2)
        index = self.pixels.flatten(1)[:, None].expand(-1, flat.shape[1], -1)
        below = flat.gather(2, index)
        flat.scatter_(2, index, below + (part.flatten(2) - below) * weight.flatten(2))


def _patch_indices(rig: Rig, motion: Motion, grid: Tensor) -> list[PatchIndex]:
    """Return the patches around the moved mouth, right and left eye."""
    flat = torch.cat([rig.lips.middle[:, None], rig.eyes.middle], dim=1)
    depth = rig.landmarks[:, :, 2].mean(1)[:, None, None].expand(-1, 3, 1)
    moved = apply_head_pose(rig, motion, torch.cat([flat, depth], dim=-1))[..., :2]
    step = torch.stack([grid[:, 0, 1, 0] - grid[:, 0, 0, 0], grid[:, 1, 0, 1] - grid[:, 0, 0, 1]])
    pixels = (moved - grid[:, :1, 0]) / step.T[:, None]  # (n, 3, 2), mirrored pictures included
    reach = _patch_reach(rig) / step.T.abs()[:, None, :, None]  # (n, 2, 2, 2)
    sizes = [[round(v) for v in part] for part in reach.sum(-1).amax(0).tolist()]
    corner = pixels - reach[:, [0, 1, 1], :, 0]
    kinds = (0, 1, 1)
    return [_patch_index(corner[:, i], sizes[kind], grid) for i, kind in enumerate(kinds)]


def _patch_reach(rig: Rig) -> Tensor:
    """Return mouth's and eye's extent, (n, 2, 2, 2): for x and y, before and after; crop units."""
    wide = 1.35 * rig.lips.across.norm(dim=-1)
    eye = 1.3 * rig.eyes.across.norm(dim=-1).amax(-1)
    mouth = torch.stack([wide, wide, 0.36 * rig.height, 0.58 * rig.height], -1)
    eyes = torch.stack([eye, eye, EYE_UP * rig.height, EYE_DOWN * rig.height], -1)
    return torch.stack([mouth, eyes], 1).view(-1, 2, 2, 2)


def _patch_index(corner: Tensor, size: list[int], grid: Tensor) -> PatchIndex:
    height, width = grid.shape[1:3]
    wide, high = min(size[0], width), min(size[1], height)
    left = corner[:, 0].round().long().clamp(0, width - wide)
    top = corner[:, 1].round().long().clamp(0, height - high)
    rows = top[:, None] + torch.arange(high, device=grid.device)
    columns = left[:, None] + torch.arange(wide, device=grid.device)
    return PatchIndex(rows[..., None] * width + columns[:, None])


def _paint_mouth(
    image: Tensor, raster: TorchRaster, portrait: LayeredPortrait, warp: BackwardWarp,
    motion: Motion, at: SourcePositions, patch: PatchIndex,
) -> None:  # fmt: skip
    here = SourcePositions(*(patch.gather(positions) for positions in at))
    inside = paint_mouth_interior(raster, portrait, warp, motion, here.posed)
    upper = raster.sample(portrait.upper, here.upper)
    lower = raster.sample(portrait.lower, here.lower)
    painted = composite_lips(raster, portrait.rig, upper, lower, inside)
    patch.scatter(image, painted, raster.as_weight(mouth_mask(portrait.rig, here.posed)))


def _paint_eyes(
    image: Tensor, raster: TorchRaster, portrait: LayeredPortrait, motion: Motion,
    at: SourcePositions, patches: list[PatchIndex], pixel: Tensor,
) -> None:  # fmt: skip
    both = torch.stack([patch.gather(at.upper) for patch in patches], 1)  # (n, 2, high, wide, 2)
    coordinates = eye_coordinates(portrait.rig.eyes, both)
    painted = paint_eyes(raster, portrait, motion, coordinates, pixel[:, None, None, None])
    masks = eye_masks(portrait.rig, coordinates.u, coordinates.v)
    for side, (patch, part) in enumerate(zip(patches, painted.chunk(2, dim=2), strict=True)):
        patch.scatter(image, part, raster.as_weight(masks[:, side]))
