"""Batches of tensors: each network's input and targets."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor

from core.perception.face.alignment import OrientedBox
from core.perception.face.config import FaceConfig
from core.perception.face.detector import STRIDE
from core.training.faces.crops import (
    MatteSample,
    draw_face,
    draw_matte,
    draw_negative,
    draw_part,
)
from core.training.faces.portrait_sampler import PortraitSampler
from core.training.faces.scenes import CompositeScene, draw_scene
from core.video import Picture

SCENE_SHAPES = ((192, 192), (160, 224), (256, 192), (192, 256), (256, 256))
"""Heights and widths of scenes; one per batch."""
NEGATIVE_SHARE = 0.3
"""Share of negatives in the landmark network's batches."""


class Batch(NamedTuple):
    """Pictures (batch, h, w, 3) uint8 and their targets."""

    pictures: Tensor
    targets: tuple[Tensor, ...]


def detector_batch(
    sampler: PortraitSampler, config: FaceConfig, batch_size: int, rng: Generator
) -> Batch:
    """Scenes; heatmap, weight (b, h, w), box codes (b, 5, h, w), box weight (b, h, w)."""
    del config
    height, width = SCENE_SHAPES[rng.integers(len(SCENE_SHAPES))]
    scenes = [draw_scene(sampler, rng, height, width) for _ in range(batch_size)]
    maps = [detector_targets(scene) for scene in scenes]
    return Batch(
        _stack_pictures([s.picture for s in scenes]),
        tuple(map(_to_floats, zip(*maps, strict=True))),
    )


def detector_targets(scene: CompositeScene) -> tuple[NDArray[np.float32], ...]:
    """Return heatmap, weight, box codes and box weight of a scene."""
    h, w = scene.picture.shape[0] // STRIDE, scene.picture.shape[1] // STRIDE
    heatmap, weight = np.zeros((h, w), np.float32), np.ones((h, w), np.float32)
    box_codes, box_weight = np.zeros((5, h, w), np.float32), np.zeros((h, w), np.float32)
    ys, xs = np.mgrid[:h, :w].astype(np.float32)
    for face in sorted(scene.faces, key=lambda f: -f.box.size):
        x, y, size = _to_cells(face.box)
        apart = (xs - x) ** 2 + (ys - y) ** 2
        if not face.certain:
            weight[apart < max(size * 0.5, 1.0) ** 2] = 0
            continue
        gaussian = np.exp(-apart / (2 * max(0.6, 0.11 * size) ** 2))
        row, column = round(float(np.clip(y, 0, h - 1))), round(float(np.clip(x, 0, w - 1)))
        gaussian[row, column] = 1.0
        heatmap = np.maximum(heatmap, gaussian)
        weight[row, column] = 1.0
        own = gaussian > np.maximum(box_weight, 0.35)
        values = (x - xs, y - ys, *_encode_size_and_angle(face.box))
        for channel, value in enumerate(values):
            box_codes[channel] = np.where(own, value, box_codes[channel])
        box_weight = np.where(own, gaussian, box_weight)
    return heatmap, weight, box_codes, box_weight


def _to_cells(box: OrientedBox) -> tuple[float, float, float]:
    """The centre of cell 0 is pixel 3.5."""
    half = (STRIDE - 1) / 2
    return (box.x - half) / STRIDE, (box.y - half) / STRIDE, box.size / STRIDE


def _encode_size_and_angle(box: OrientedBox) -> tuple[float, float, float]:
    return float(np.log(box.size / 32)), float(np.cos(box.angle)), float(np.sin(box.angle))


def landmark_batch(
    sampler: PortraitSampler, config: FaceConfig, batch_size: int, rng: Generator
) -> Batch:
    """Crops; landmarks (b, 478, 3) in sides and presence (b,)."""
    crops = [
        (draw_negative if rng.random() < NEGATIVE_SHARE else draw_face)(
            sampler, config.landmarks, rng
        )
        for _ in range(batch_size)
    ]
    present = torch.tensor([float(c.present) for c in crops])
    return Batch(
        _stack_pictures([c.picture for c in crops]),
        (_to_floats([c.landmarks for c in crops]), present),
    )


def part_batch(
    sampler: PortraitSampler,
    config: FaceConfig,
    name: str,
    points: tuple[int, ...],
    batch_size: int,
    rng: Generator,
) -> Batch:
    """Crops of lips or a right eye; points (b, n, 3) in sides."""
    part = config.lips if name == "lips" else config.eye
    crops = [draw_part(sampler, part, points, rng) for _ in range(batch_size)]
    return Batch(
        _stack_pictures([c.picture for c in crops]), (_to_floats([c.landmarks for c in crops]),)
    )


def matte_batch(
    sampler: PortraitSampler, config: FaceConfig, batch_size: int, rng: Generator
) -> Batch:
    """Heads and shoulders; alpha and its validity (b, side / 2, side / 2) in 0..1."""
    crops: list[MatteSample] = [draw_matte(sampler, config.matte, rng) for _ in range(batch_size)]
    maps = [_average_pool([getattr(c, name) for c in crops]) for name in ("matte", "valid")]
    return Batch(_stack_pictures([c.picture for c in crops]), tuple(maps))


def _average_pool(maps: list[NDArray[np.uint8]]) -> Tensor:
    full = torch.from_numpy(np.stack(maps)).float() / 255
    return torch.nn.functional.avg_pool2d(full[:, None], 2)[:, 0]


def _stack_pictures(pictures: list[Picture]) -> Tensor:
    return torch.from_numpy(np.stack(pictures))


def _to_floats(arrays: object) -> Tensor:
    return torch.from_numpy(np.stack(list(arrays))).float()  # type: ignore[call-overload]
