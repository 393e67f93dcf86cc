"""The subjects on the training device, with all that is computed once for each."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from core.portrait.face_crop import CROP_DROP, CROP_REACH
from core.portrait.matting import matte_photo, matte_with_loose_hair
from core.puppet.arrays import tree_map
from core.puppet.batch_painting import as_tensors, crop_grid
from core.puppet.expression import Expressions, load_expressions
from core.puppet.mouth_interior import MouthInterior
from core.puppet.mouth_portrait import lip_masks, look_into_mouth, paint_mouth
from core.puppet.portrait_layers import closed_lids
from core.puppet.rig import Rig, build_rig
from core.training.studio.portrait_stock import (
    STOCK_DROP,
    STOCK_REACH,
    PortraitStock,
    crop_placement,
)
from core.video import Picture


class Subject(NamedTuple):
    """One portrait, or n with a leading dimension; pictures are bytes, squares SIDE wide."""

    photo: Tensor
    """(3, SIDE, SIDE)"""
    foreground: Tensor
    """(3, SIDE, SIDE) the person's own colours wherever `matte` is not 0"""
    inpainted_background: Tensor
    """(3, SIDE, SIDE) the photo without the person"""
    dilated_matte: Tensor
    """(1, SIDE, SIDE) with a little of what is around the person"""
    matte: Tensor
    """(1, SIDE, SIDE)"""
    lip_masks: Tensor
    """(2, SIDE, SIDE) the upper and the lower lip's side of the seam"""
    closed_lids: Tensor
    """(3, h, w) 0..1 the texture of both eyes shut"""
    mouth_interior: MouthInterior
    """Layers (4, h, w), bytes, in the photo's light."""
    rig: Rig
    """`rig.displacements` are half precision."""


class SubjectBank(NamedTuple):
    """All that clips are rendered from, on one device."""

    subjects: Subject
    probability: Tensor
    """(n,) on the CPU"""
    backgrounds: Tensor
    """(k, 3, BACKGROUND_SIDE, BACKGROUND_SIDE) uint8"""
    landmark_mirror: Tensor


def open_bank(
    stock: PortraitStock, indices: Sequence[int], device: str, workers: int = 4
) -> SubjectBank:
    """Prepare the portraits at `indices`, about 5 MB each, on `workers` threads."""
    tables = load_expressions()
    with ThreadPoolExecutor(workers) as pool:
        subjects = list(pool.map(lambda index: _subject(stock, index, tables), indices))
    probability = stock.probability[list(indices)]
    return SubjectBank(
        to_device(_stack(subjects), device), probability / probability.sum(),
        stock.backgrounds.to(device), stock.landmark_mirror.to(device),
    )  # fmt: skip


def to_device(tree: Any, device: str | torch.device) -> Any:
    """Move nested named tuples of tensors to a device."""
    return tree_map(tree, lambda tensor: tensor.to(device, non_blocking=True))


def _stack(parts: Sequence[Any]) -> Any:
    if isinstance(parts[0], Tensor):
        return torch.stack(list(parts))
    return type(parts[0])(*(_stack(column) for column in zip(*parts, strict=True)))


def _subject(stock: PortraitStock, index: int, tables: Expressions) -> Subject:
    photo = np.ascontiguousarray(stock.photos[index].permute(1, 2, 0).numpy())
    window = _pad_to_window(photo)
    mouth = look_into_mouth(window, stock.landmarks[index].numpy())
    rig = build_rig(mouth.landmarks, tables)
    height = float(rig.height)
    side = len(photo)
    matte = (stock.mattes[index, 0].float() / 255).numpy()
    tall = side / (2 * STOCK_REACH)
    before_own, before_others = (
        take_apart(photo, matte, tall) for take_apart in (matte_with_loose_hair, matte_photo)
    )
    centre, half_side = crop_placement()
    at = centre + half_side * crop_grid(side)
    pixel = 2 * float(half_side[0]) / side
    lips = torch.from_numpy(lip_masks(rig.lips, height, at.numpy(), pixel, mouth.seen))
    lids = closed_lids(window, rig.eyes, height)
    inside: MouthInterior = as_tensors(paint_mouth(mouth, rig, height / pixel))
    inside = MouthInterior(*((layer * 255).round().byte() for layer in inside))
    rig_tensors: Rig = as_tensors(rig)
    rig_tensors = rig_tensors._replace(displacements=rig_tensors.displacements.half())
    return Subject(
        stock.photos[index], _planes(before_others.person), _planes(before_own.background),
        (torch.from_numpy(before_own.alpha) * 255).round().byte()[None], stock.mattes[index],
        (lips * 255).round().byte(), torch.from_numpy(lids.image[:3]), inside, rig_tensors,
    )  # fmt: skip


def _pad_to_window(
    photo: np.ndarray[Any, np.dtype[np.uint8]],
) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Pad a crop to the puppet's whole window by repeating its border."""
    side = len(photo)
    beside = (CROP_REACH / STOCK_REACH - 1) / 2 * side
    up = (CROP_DROP - STOCK_DROP) / STOCK_REACH / 2 * side
    above, below, across = round(beside - up), round(beside + up), round(beside)
    return np.pad(photo, ((above, below), (across, across), (0, 0)), "edge")


def _planes(picture: Picture) -> Tensor:
    return torch.from_numpy(picture).permute(2, 0, 1).contiguous()
