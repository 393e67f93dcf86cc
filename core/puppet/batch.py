"""Whole batches of portraits in motion, in torch on any device: for training."""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from core.puppet.arrays import mapped
from core.puppet.eyes import around
from core.puppet.field import nodes
from core.puppet.layers import Portrait, Texture
from core.puppet.motion import Fields, Motion, fields, turned
from core.puppet.paint import (
    EYE_DOWN,
    EYE_UP,
    Places,
    eye_shares,
    mouth_share,
    paint_eyes,
    paint_inside,
    paint_person,
    part_lips,
    places,
)
from core.puppet.rig import Rig


def tensors(part: Any) -> Any:
    """Return nested named tuples of arrays as tensors, which share their memory."""
    return mapped(part, torch.from_numpy)


def render_batch(portrait: Portrait, motion: Motion, size: int) -> Tensor:
    """Return the windows of a batch of portraits in motion: colours 0..1 and cover.

    The result is (n, 4, size, size). Fields of `portrait` and `motion` have a leading batch
    dimension n, on any device.
    """
    led = fields(portrait.rig, motion)
    at = window_grid(size).to(motion.moves).expand(len(motion.moves), -1, -1, -1)
    return paint_batch(portrait, led, motion, at)


def window_grid(size: int) -> Tensor:
    """Return the middles (size, size, 2) of the pixels of a picture that shows the window."""
    return torch.from_numpy(nodes(size, size)) * (1 - 1 / size)


class TorchBrush:
    """Satisfies `Brush` for batches: images (n, c, h, w) in 0..1, weights (n, 1, h, w).

    A texture may hold fewer images than n: each then serves as many pictures in a row.
    """

    def __init__(self, unit: float) -> None:
        """unit: pixels of the painted picture to one of the window's units."""
        self._unit = unit
        self._height = 0

    def sample(self, texture: Texture, at: Tensor) -> Tensor:
        count, self._height, width, _ = at.shape
        middle, half = (
            part.repeat_interleave(count // len(part), 0)[:, None, None]
            for part in (texture.middle, texture.half)
        )
        image = texture.image
        tall = ((at - middle) / half).view(len(image), -1, width, 2)
        seen = F.grid_sample(
            image, tall, mode="bilinear", padding_mode="border", align_corners=False
        )
        each = seen.view(len(image), image.shape[1], -1, self._height, width)
        return each.transpose(1, 2).flatten(0, 1)

    def weight(self, values: Tensor) -> Tensor:
        return values[:, None]

    def colours(self, values: Tensor) -> Tensor:
        flat = F.pad(values, (0, 1), value=1.0).transpose(1, 2)[..., None]
        return flat.repeat_interleave(self._height // values.shape[1], dim=2)

    def cover(self, image: Tensor) -> Tensor:
        return image[:, 3:]

    def mix(self, below: Tensor, above: Tensor, weight: Tensor) -> Tensor:
        return below + (above - below) * weight

    def dim(self, image: Tensor, weight: Tensor) -> Tensor:
        return image * (1 - weight)

    def soften(self, weight: Tensor, reach: float) -> Tensor:
        size = 2 * max(1, round(reach * self._unit / 2)) + 1
        padded = F.pad(weight, (size // 2,) * 4, mode="replicate")
        return F.avg_pool2d(padded, size, stride=1)


def paint_batch(portrait: Portrait, led: Fields, motion: Motion, grid: Tensor) -> Tensor:
    """Return what is seen at places (n, h, w, 2) of the window, even ones: (n, 4, h, w).

    Large textures and `portrait.rig.fields` may be fewer than n; see `TorchBrush` and `fields`.
    """
    rig = portrait.rig
    pixel = (grid[:, 0, 1] - grid[:, 0, 0]).norm(dim=-1)
    brush = TorchBrush(1 / float(pixel.mean()))
    at = places(rig, led, grid)
    person = paint_person(brush, portrait, at)
    image = person.clone()
    mouth, *eyes = _spots(rig, motion, grid)
    _lay_mouth(image, brush, portrait, led, motion, at, mouth)
    _lay_eyes(image, brush, portrait, motion, at, eyes, pixel)
    return torch.cat([image[:, :3], person[:, 3:]], dim=1)


class Spot(NamedTuple):
    """A rectangle of each of n pictures, all of one size."""

    pixels: Tensor
    """(n, high, wide) which pixels, row after row"""

    def cut(self, values: Tensor) -> Tensor:
        """Return that part of (n, h, w, channels)."""
        flat = values.flatten(1, 2)
        index = self.pixels.flatten(1)[..., None].expand(-1, -1, flat.shape[-1])
        return flat.gather(1, index).view(*self.pixels.shape, -1)

    def lay(self, image: Tensor, part: Tensor, weight: Tensor) -> None:
        """Mix (n, c, high, wide) into that part of `image` (n, c, h, w), in place."""
        flat = image.flatten(2)
        index = self.pixels.flatten(1)[:, None].expand(-1, flat.shape[1], -1)
        below = flat.gather(2, index)
        flat.scatter_(2, index, below + (part.flatten(2) - below) * weight.flatten(2))


def _spots(rig: Rig, motion: Motion, grid: Tensor) -> list[Spot]:
    """Where the head has taken the mouth, the right and the left eye."""
    flat = torch.cat([rig.lips.middle[:, None], rig.eyes.middle], dim=1)
    depth = rig.landmarks[:, :, 2].mean(1)[:, None, None].expand(-1, 3, 1)
    moved = turned(rig, motion, torch.cat([flat, depth], dim=-1))[..., :2]
    step = torch.stack([grid[:, 0, 1, 0] - grid[:, 0, 0, 0], grid[:, 1, 0, 1] - grid[:, 0, 0, 1]])
    pixels = (moved - grid[:, :1, 0]) / step.T[:, None]  # (n, 3, 2), mirrored pictures included
    reach = _reach(rig) / step.T.abs()[:, None, :, None]  # (n, 2, 2, 2)
    sizes = [[round(v) for v in part] for part in reach.sum(-1).amax(0).tolist()]
    corner = pixels - reach[:, [0, 1, 1], :, 0]
    kinds = (0, 1, 1)
    return [_spot(corner[:, i], sizes[kind], grid) for i, kind in enumerate(kinds)]


def _reach(rig: Rig) -> Tensor:
    """Return how far mouth and eye reach: (n, 2, 2, 2) for x and y, before and after; window."""
    wide = 1.35 * rig.lips.across.norm(dim=-1)
    eye = 1.3 * rig.eyes.across.norm(dim=-1).amax(-1)
    mouth = torch.stack([wide, wide, 0.36 * rig.height, 0.58 * rig.height], -1)
    eyes = torch.stack([eye, eye, EYE_UP * rig.height, EYE_DOWN * rig.height], -1)
    return torch.stack([mouth, eyes], 1).view(-1, 2, 2, 2)


def _spot(corner: Tensor, size: list[int], grid: Tensor) -> Spot:
    height, width = grid.shape[1:3]
    wide, high = min(size[0], width), min(size[1], height)
    left = corner[:, 0].round().long().clamp(0, width - wide)
    top = corner[:, 1].round().long().clamp(0, height - high)
    rows = top[:, None] + torch.arange(high, device=grid.device)
    columns = left[:, None] + torch.arange(wide, device=grid.device)
    return Spot(rows[..., None] * width + columns[:, None])


def _lay_mouth(
    image: Tensor, brush: TorchBrush, portrait: Portrait, led: Fields, motion: Motion,
    at: Places, spot: Spot,
) -> None:  # fmt: skip
    here = Places(*(spot.cut(way) for way in at))
    inside = paint_inside(brush, portrait, led, motion, here.posed)
    upper, lower = (
        brush.sample(portrait.upper, here.upper),
        brush.sample(portrait.lower, here.lower),
    )
    painted = part_lips(brush, portrait.rig, upper, lower, inside)
    spot.lay(image, painted, brush.weight(mouth_share(portrait.rig, here.posed)))


def _lay_eyes(
    image: Tensor, brush: TorchBrush, portrait: Portrait, motion: Motion, at: Places,
    spots: list[Spot], pixel: Tensor,
) -> None:  # fmt: skip
    both = torch.stack([spot.cut(at.upper) for spot in spots], 1)  # (n, 2, high, wide, 2)
    seen = around(portrait.rig.eyes, both)
    painted = paint_eyes(brush, portrait, motion, seen, pixel[:, None, None, None])
    shares = eye_shares(portrait.rig, seen.u, seen.v)
    for side, (spot, part) in enumerate(zip(spots, painted.chunk(2, dim=2), strict=True)):
        spot.lay(image, part, brush.weight(shares[:, side]))
