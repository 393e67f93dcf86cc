"""Samples to tensors: what each network is shown and what it should answer."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor

from core.perception.face_mesh import Placement
from core.perception.face_network import FaceConfig
from core.training.faces.cast import Cast
from core.training.faces.crops import (
    MatteCrop,
    face_crop,
    matte_crop,
    no_face_crop,
    part_crop,
)
from core.training.faces.scenes import Scene, draw_scene
from core.video import Picture

STRIDE = 8
SCENE_SHAPES = ((192, 192), (160, 224), (256, 192), (192, 256), (256, 256))
"""Heights and widths of scenes; a batch has one of them."""
ABSENT = 0.3
"""How many crops for the landmark network show no face."""


class Batch(NamedTuple):
    """Pictures (batch, h, w, 3) uint8 and what belongs to them."""

    pictures: Tensor
    truth: tuple[Tensor, ...]


def detector_batch(cast: Cast, config: FaceConfig, size: int, rng: Generator) -> Batch:
    """Scenes; heat, weight (b, h, w), place (b, 5, h, w), nearness (b, h, w) at stride 8."""
    del config
    height, width = SCENE_SHAPES[rng.integers(len(SCENE_SHAPES))]
    scenes = [draw_scene(cast, rng, height, width) for _ in range(size)]
    maps = [scene_maps(scene) for scene in scenes]
    return Batch(_stack([s.picture for s in scenes]), tuple(map(_floats, zip(*maps, strict=True))))


def scene_maps(scene: Scene) -> tuple[NDArray[np.float32], ...]:
    """Return heat, weight, place and nearness for a scene, as the detector should see it."""
    h, w = scene.picture.shape[0] // STRIDE, scene.picture.shape[1] // STRIDE
    heat, weight = np.zeros((h, w), np.float32), np.ones((h, w), np.float32)
    place, nearness = np.zeros((5, h, w), np.float32), np.zeros((h, w), np.float32)
    ys, xs = np.mgrid[:h, :w].astype(np.float32)
    for face in sorted(scene.faces, key=lambda f: -f.place.size):
        x, y, size = _in_cells(face.place)
        apart = (xs - x) ** 2 + (ys - y) ** 2
        if not face.certain:
            weight[apart < max(size * 0.5, 1.0) ** 2] = 0
            continue
        bump = np.exp(-apart / (2 * max(0.6, 0.11 * size) ** 2))
        row, column = round(float(np.clip(y, 0, h - 1))), round(float(np.clip(x, 0, w - 1)))
        bump[row, column] = 1.0
        heat = np.maximum(heat, bump)
        weight[row, column] = 1.0
        own = bump > np.maximum(nearness, 0.35)
        values = (x - xs, y - ys, *_shape_code(face.place))
        for channel, value in enumerate(values):
            place[channel] = np.where(own, value, place[channel])
        nearness = np.where(own, bump, nearness)
    return heat, weight, place, nearness


def _in_cells(place: Placement) -> tuple[float, float, float]:
    """The middle of cell 0 is pixel 3.5."""
    half = (STRIDE - 1) / 2
    return (place.x - half) / STRIDE, (place.y - half) / STRIDE, place.size / STRIDE


def _shape_code(place: Placement) -> tuple[float, float, float]:
    return float(np.log(place.size / 32)), float(np.cos(place.angle)), float(np.sin(place.angle))


def landmark_batch(cast: Cast, config: FaceConfig, size: int, rng: Generator) -> Batch:
    """Crops; landmarks (b, 478, 3) in sides and presence (b,)."""
    crops = [
        (no_face_crop if rng.random() < ABSENT else face_crop)(cast, config.landmarks, rng)
        for _ in range(size)
    ]
    present = torch.tensor([float(c.present) for c in crops])
    return Batch(
        _stack([c.picture for c in crops]), (_floats([c.landmarks for c in crops]), present)
    )


def part_batch(
    cast: Cast, config: FaceConfig, name: str, points: tuple[int, ...], size: int, rng: Generator
) -> Batch:
    """Close looks at lips or a right eye; points (b, n, 3) in sides."""
    part = config.lips if name == "lips" else config.eye
    crops = [part_crop(cast, part, points, rng) for _ in range(size)]
    return Batch(_stack([c.picture for c in crops]), (_floats([c.landmarks for c in crops]),))


def matte_batch(cast: Cast, config: FaceConfig, size: int, rng: Generator) -> Batch:
    """Heads and shoulders; matte and where it is known (b, side / 2, side / 2) in 0..1."""
    crops: list[MatteCrop] = [matte_crop(cast, config.matte, rng) for _ in range(size)]
    maps = [_halved([getattr(c, name) for c in crops]) for name in ("matte", "known")]
    return Batch(_stack([c.picture for c in crops]), tuple(maps))


def _halved(maps: list[NDArray[np.uint8]]) -> Tensor:
    full = torch.from_numpy(np.stack(maps)).float() / 255
    return torch.nn.functional.avg_pool2d(full[:, None], 2)[:, 0]


def _stack(pictures: list[Picture]) -> Tensor:
    return torch.from_numpy(np.stack(pictures))


def _floats(arrays: object) -> Tensor:
    return torch.from_numpy(np.stack(list(arrays))).float()  # type: ignore[call-overload]
