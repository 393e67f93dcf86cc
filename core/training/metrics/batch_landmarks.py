"""Batched face landmarks: the face finder's landmark networks on many frames, on any device.

The clip says roughly where the face is, so there is no face detection. Pictures are square;
coordinates are -1 to 1 within them, and depths in the same unit.
"""

import copy
from typing import NamedTuple, Protocol

import torch
from torch import Tensor
from torch.nn import functional

from core.model.grid import grid_coordinates
from core.perception.face.config import EYE_POINTS, LIP_POINTS
from core.perception.face.landmarks import LEFT_EYE_POINTS
from core.perception.face.networks_torch import FaceNetwork, PartNetwork
from core.perception.face.topology import (
    CHIN,
    FOREHEAD,
    LEFT_CORNER,
    LEFT_EYE_OUTER,
    LIP_GAPS,
    RIGHT_CORNER,
    RIGHT_EYE_OUTER,
)
from core.training.metrics.eye_opening import eye_opening

CORNERS = ((RIGHT_EYE_OUTER, LEFT_EYE_OUTER), (RIGHT_CORNER, LEFT_CORNER))
"""Of eyes and mouth: from the picture's left to its right."""
WIDTH_FACTOR = 1.2
"""A face's size is the larger of its height and this times its width; see `OrientedBox`."""
BATCH = 64


class OrientedSquare(NamedTuple):
    """Regions of interest around n faces: squares, rotated with the head."""

    centre: Tensor
    """(n, 2)"""
    size: Tensor
    """(n,)"""
    rotation: Tensor
    """(n, 2, 2) from the face's own upright to the picture"""

    def sampling_grid(self, side: int, zoom: float) -> Tensor:
        """Return the sampling grid of crops `zoom` faces wide, (n, side, side, 2)."""
        pixels = grid_coordinates(side, side, self.centre.device).to(self.centre)
        half = (zoom * self.size / 2)[:, None, None, None]
        offsets = torch.einsum("nij,hwj->nhwi", self.rotation, pixels)
        return self.centre[:, None, None] + half * offsets

    def to_image(self, shape: Tensor, zoom: float) -> Tensor:
        """Map points (n, points, 2 or 3) from the crop, in its sides, to the picture."""
        side = (zoom * self.size)[:, None, None]
        mapped = self.centre[:, None] + side * torch.einsum(
            "nij,npj->npi", self.rotation, shape[..., :2]
        )
        return torch.cat([mapped, side * shape[..., 2:]], -1)


def oriented_square(landmarks: Tensor) -> OrientedSquare:
    """Return where faces with landmarks (n, 478, 2 or 3) lie; see `alignment.bounding_box`."""
    flat = landmarks[..., :2]
    across = sum(((flat[:, b] - flat[:, a]) for a, b in CORNERS), torch.zeros_like(flat[:, 0]))
    x, y = functional.normalize(across, dim=1).unbind(1)
    rotation = torch.stack([torch.stack([x, -y], 1), torch.stack([y, x], 1)], 1)
    upright = flat @ rotation  # the inverse turn, points being rows
    low, high = upright.amin(1), upright.amax(1)
    centre = torch.einsum("nij,nj->ni", rotation, (low + high) / 2)
    width, height = (high - low).unbind(1)
    return OrientedSquare(
        centre, torch.maximum(height, WIDTH_FACTOR * width).clamp(min=1e-3), rotation
    )


class DetectedFaces(NamedTuple):
    """Landmarks of n pictures."""

    landmarks: Tensor
    """(n, 478, 3)"""
    probability: Tensor
    """(n,) of a face being there"""

    def mouth_opening(self) -> Tensor:
        """Return the gap of the inner lips in face heights, (n,)."""
        upper, lower = (list(points) for points in zip(*LIP_GAPS, strict=True))
        gaps = self.landmarks[:, lower, :2] - self.landmarks[:, upper, :2]
        face = self.landmarks[:, FOREHEAD, :2] - self.landmarks[:, CHIN, :2]
        opening: Tensor = gaps.norm(dim=-1).mean(1) / face.norm(dim=-1).clamp(min=1e-3)
        return opening

    def eye_opening(self) -> Tensor:
        """Return the widest gap between the lids in widths of the eye, mean of both, (n,)."""
        return eye_opening(self.landmarks[..., :2])


class LandmarkDetector(Protocol):
    """Detects landmarks of a face whose place is roughly known."""

    def detect(self, pictures: Tensor, near: Tensor) -> DetectedFaces:
        """Detect in pictures (n, 3, h, w) in [-1, 1] of faces near landmarks (478, 2 or 3)."""
        ...


class BatchLandmarkDetector:
    """Detects landmarks as `FaceFinder` does once it knows where the face is."""

    def __init__(self, network: FaceNetwork, device: torch.device) -> None:
        """The network stays where it is; on another device a copy of it is used."""
        own = next(network.parameters()).device
        self._network = network if own == device else copy.deepcopy(network).to(device)

    @torch.no_grad()
    def detect(self, pictures: Tensor, near: Tensor) -> DetectedFaces:
        """See `LandmarkDetector`."""
        parts = [
            self._detect(part.float(), near.to(part.device).float().expand(len(part), -1, -1))
            for part in torch.split(pictures, BATCH)
        ]
        return DetectedFaces(*(torch.cat(column) for column in zip(*parts, strict=True)))

    def _detect(self, pictures: Tensor, near: Tensor) -> DetectedFaces:
        network, config = self._network.landmarks, self._network.config.landmarks
        square = oriented_square(near)
        shape, _ = network(_crop(pictures, square, config.side, config.crop_scale))
        square = oriented_square(square.to_image(shape, config.crop_scale))
        straight = _crop(pictures, square, config.side, config.crop_scale)
        shapes, logits = network(torch.cat([straight, straight.flip(-1)]))
        one, other = shapes.chunk(2)
        reflected = other[:, network.mirror_index] * other.new_tensor([-1.0, 1.0, 1.0])
        landmarks = square.to_image((one + reflected) / 2, config.crop_scale)
        probability = torch.sigmoid(logits.view(2, -1).mean(0))
        return DetectedFaces(self._refine_parts(pictures, landmarks), probability)

    def _refine_parts(self, pictures: Tensor, landmarks: Tensor) -> Tensor:
        parts = (
            (self._network.lips, LIP_POINTS, 1.0),
            (self._network.eye, EYE_POINTS, 1.0),
            (self._network.eye, LEFT_EYE_POINTS, -1.0),
        )
        refined = landmarks.clone()
        for part, points, side in parts:
            refined[:, list(points), :2] = _refine_part(part, pictures, landmarks, points, side)
        return refined


def _refine_part(
    part: PartNetwork, pictures: Tensor, landmarks: Tensor, points: tuple[int, ...], side: float
) -> Tensor:
    """Refine some points in a closer crop; `side` is -1 for a mirrored one."""
    config, square = part.config, oriented_square(landmarks)
    square = square._replace(centre=landmarks[:, list(points), :2].mean(1))
    crop = _crop(pictures, square, config.side, config.crop_scale)
    shape = part(crop if side > 0 else crop.flip(-1)) * crop.new_tensor([side, 1.0])
    return square.to_image(shape, config.crop_scale)


def _crop(pictures: Tensor, square: OrientedSquare, side: int, zoom: float) -> Tensor:
    grid = square.sampling_grid(side, zoom)
    return functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
