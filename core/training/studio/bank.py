"""Portraits on the training device, with all that is worked out once for each of them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from core.portrait.face_crop import DROP, REACH
from core.portrait.placement import without_person
from core.puppet.arrays import mapped
from core.puppet.batch import tensors, window_grid
from core.puppet.expression import Expressions, load_expressions
from core.puppet.layers import eye_colours
from core.puppet.mouth import Interior, draw
from core.puppet.rig import Rig, build
from core.training.studio.portraits import KEPT, KEPT_DROP, PortraitStock, frame


class Sitter(NamedTuple):
    """One portrait, or n with a leading dimension; pictures are bytes, squares SIDE wide."""

    photo: Tensor
    """(3, SIDE, SIDE)"""
    empty: Tensor
    """(3, SIDE, SIDE) the same without the person"""
    cover: Tensor
    """(1, SIDE, SIDE) the matte, taking in a little of what is around the person"""
    matte: Tensor
    """(1, SIDE, SIDE) the bare matte"""
    lips: Tensor
    """(2, SIDE, SIDE) what lies on the upper and on the lower lip's side of the seam"""
    lid: Tensor
    """(2, 3) 0..1 colours of the lids' skin"""
    white: Tensor
    """(3,) 0..1 how white things look in that light"""
    rig: Rig
    """`rig.fields` are half precision."""


class Bank(NamedTuple):
    """All that clips are drawn from, on one device."""

    sitters: Sitter
    chance: Tensor
    """(n,) on the CPU"""
    backgrounds: Tensor
    """(k, 3, SCENE_SIDE, SCENE_SIDE) uint8"""
    mirror: Tensor
    interior: Interior
    """A mouth's inside in white light."""


def open_bank(stock: PortraitStock, chosen: Sequence[int], device: str, workers: int = 4) -> Bank:
    """Prepare the portraits numbered `chosen`, about 4 MB each, on so many threads."""
    tables = load_expressions()
    with ThreadPoolExecutor(workers) as pool:
        sitters = list(pool.map(lambda index: _sitter(stock, index, tables), chosen))
    chance = stock.chance[list(chosen)]
    return Bank(
        to_device(_together(sitters), device), chance / chance.sum(),
        stock.backgrounds.to(device), stock.mirror.to(device),
        to_device(tensors(draw((1.0, 1.0, 1.0))), device),
    )  # fmt: skip


def to_device(part: Any, device: str | torch.device) -> Any:
    """Return nested named tuples of tensors on a device."""
    return mapped(part, lambda tensor: tensor.to(device, non_blocking=True))


def _together(parts: Sequence[Any]) -> Any:
    if isinstance(parts[0], Tensor):
        return torch.stack(list(parts))
    return type(parts[0])(*(_together(column) for column in zip(*parts, strict=True)))


def _sitter(stock: PortraitStock, index: int, tables: Expressions) -> Sitter:
    rig = build(stock.landmarks[index].numpy(), tables)
    photo = np.ascontiguousarray(stock.photos[index].permute(1, 2, 0).numpy())
    cover = _widened(stock.mattes[index, 0].float() / 255)
    empty = without_person(photo, cover[0].numpy())
    side = len(photo)
    middle, half = frame()
    at = middle + half * window_grid(side)
    lips = torch.from_numpy(rig.lips.masks(at.numpy(), 2 * float(half[0]) / side))
    skin, white = eye_colours(_window(photo), rig.eyes, float(rig.height) * REACH / KEPT * side / 2)
    moving: Rig = tensors(rig)
    return Sitter(
        stock.photos[index], torch.from_numpy(empty).permute(2, 0, 1).contiguous(),
        (cover * 255).round().byte(), stock.mattes[index], (lips * 255).round().byte(),
        torch.from_numpy(skin), torch.tensor(white), moving._replace(fields=moving.fields.half()),
    )  # fmt: skip


def _window(photo: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return the puppet's whole window around the kept square; its border goes on."""
    side = len(photo)
    beside = (REACH / KEPT - 1) / 2 * side
    up = (DROP - KEPT_DROP) / KEPT / 2 * side
    above, below, across = round(beside - up), round(beside + up), round(beside)
    return np.pad(photo, ((above, below), (across, across), (0, 0)), "edge")


SLACK = 0.03
"""How far a matte may miss the person's edge, face heights."""


def _widened(matte: Tensor) -> Tensor:
    """Take in a little of what is around the person, softly: hair keeps its own background."""
    reach = max(1, round(SLACK * matte.shape[-1] / (2 * KEPT) / 2))
    size = 2 * reach + 1
    grown = torch.nn.functional.max_pool2d(matte[None], size, 1, reach)
    return torch.nn.functional.avg_pool2d(grown, size, 1, reach, count_include_pad=False)
