"""Convolutional networks of the face finder: detection, landmarks, refinement of parts, matte.

For training and batches on any device; `networks_numpy` computes the same for one photo, and
whoever changes one of the two changes the other: the tests compare them.

Plain 3x3 convolutions in residual pairs: on a processor without a graphics card they do several
times more work per second than depthwise ones, in training and in use.
"""

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.perception.face.config import (
    DetectorConfig,
    FaceConfig,
    LandmarkConfig,
    MatteConfig,
    PartConfig,
)
from core.perception.face.topology import LANDMARK_COUNT
from core.perception.face.weights import WEIGHTS
from core.tensors import fill, load


class ConvNorm(nn.Sequential):
    """Convolution and batch norm, no activation; `fuse_batch_norms` folds them for inference."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(outputs),
        )


class ResidualBlock(nn.Module):
    """Residual block: two 3x3 convolutions beside an identity or 1x1 shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = ConvNorm(inputs, outputs, stride=stride)
        self.conv2 = ConvNorm(outputs, outputs)
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else ConvNorm(inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv2(functional.relu(self.conv1(x)))
        return functional.relu(y + self.shortcut(x))


class Backbone(nn.Module):
    """Residual backbone: pictures in [-1, 1] to a feature pyramid, the finest level first."""

    def __init__(self, widths: tuple[int, ...], depths: tuple[int, ...], stem_stride: int) -> None:
        super().__init__()
        self.stem = ConvNorm(3, widths[0], stem_stride + 1, stem_stride)
        in_width, levels = widths[0], []
        for level, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            strides = [2 if level else 1] + [1] * (depth - 1)
            ins = [in_width] + [width] * (depth - 1)
            pairs = zip(ins[:depth], strides[:depth], strict=True)
            levels.append(nn.Sequential(*(ResidualBlock(i, width, step) for i, step in pairs)))
            in_width = width
        self.levels = nn.ModuleList(levels)

    def forward(self, x: Tensor) -> list[Tensor]:
        x = functional.relu(self.stem(x))
        features = []
        for level in self.levels:
            x = level(x)
            features.append(x)
        return features


class TopDownFusion(nn.Module):
    """Feature pyramid fusion: upsampled coarse features plus lateral fine ones."""

    def __init__(self, coarse: int, fine: int, outputs: int) -> None:
        super().__init__()
        self.top_down = ConvNorm(coarse, outputs, 1)
        self.lateral = ConvNorm(fine, outputs, 1)
        self.fuse = ConvNorm(outputs, outputs)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        up = functional.interpolate(self.top_down(coarse), size=fine.shape[2:], mode="nearest")
        return functional.relu(self.fuse(functional.relu(up + self.lateral(fine))))


class DetectorOutput(NamedTuple):
    """Dense predictions at stride 8."""

    heatmap_logits: Tensor
    """(batch, h, w): whether a face's centre lies in the cell."""
    box_codes: Tensor
    """(batch, 5, h, w): offset x, y in cells; log of size over 32 pixels; cos, sin of angle."""


class Detector(nn.Module):
    """Anchor-free detector: pictures (batch, 3, h, w), multiples of 32, to dense predictions."""

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        widths = config.widths
        self.pyramid = Backbone(widths, config.depths, stem_stride=4)
        self.from_32 = TopDownFusion(widths[3], widths[2], widths[2])
        self.from_16 = TopDownFusion(widths[2], widths[1], config.head_width)
        self.head = ConvNorm(config.head_width, config.head_width)
        self.out = nn.Conv2d(config.head_width, 6, 1)
        nn.init.constant_(self.out.bias[:1], -4.0)  # type: ignore[index]  # faces are rare

    def forward(self, picture: Tensor) -> DetectorOutput:
        _, eighth, sixteenth, last = self.pyramid(picture)
        x = self.from_16(self.from_32(last, sixteenth), eighth)
        y = self.out(functional.relu(self.head(x)))
        return DetectorOutput(y[:, 0], y[:, 1:])


class LandmarkNetwork(nn.Module):
    """Regress landmarks (batch, 478, 3) and presence logits (batch,) from (batch, 3, side, side).

    Landmarks are in sides of the crop, 0 is its centre. `mirror_index` is the permutation that a
    mirrored face needs.
    """

    def __init__(self, config: LandmarkConfig) -> None:
        super().__init__()
        widths = config.widths
        self.pyramid = Backbone(widths, config.depths, stem_stride=4)
        self.reduce = ConvNorm(widths[3], 80, 1)
        cells = (config.side // 32) ** 2
        self.hidden = nn.Linear(80 * cells, 256)
        self.coefficients = nn.Linear(256, config.shape_components)
        self.shape_basis = nn.Linear(config.shape_components, LANDMARK_COUNT * 3)
        self.mirror_index: Tensor
        self.register_buffer("mirror_index", torch.arange(LANDMARK_COUNT))
        self.presence = nn.Linear(256, 1)

    def forward(self, crop: Tensor) -> tuple[Tensor, Tensor]:
        x = functional.relu(self.reduce(self.pyramid(crop)[-1]))
        x = functional.relu(self.hidden(x.flatten(1)))
        landmarks = self.shape_basis(self.coefficients(x)).unflatten(1, (LANDMARK_COUNT, 3))
        return landmarks, self.presence(x)[:, 0]


class PartNetwork(nn.Module):
    """Regress (batch, points, 2), in sides about the crop's centre, from (batch, 3, side, side)."""

    def __init__(self, config: PartConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        self.pyramid = Backbone(widths, config.depths, stem_stride=2)
        self.reduce = ConvNorm(widths[-1], 18, 1)
        cells = (config.side >> len(widths)) ** 2
        self.hidden = nn.Linear(18 * cells, 192)
        self.coefficients = nn.Linear(192, config.shape_components)
        self.shape_basis = nn.Linear(config.shape_components, config.points * 2)

    def forward(self, crop: Tensor) -> Tensor:
        x = functional.relu(self.reduce(self.pyramid(crop)[-1]))
        x = functional.relu(self.hidden(x.flatten(1)))
        points: Tensor = self.shape_basis(self.coefficients(x)).view(-1, self.config.points, 2)
        return points


class MatteNetwork(nn.Module):
    """Segment crops (batch, 3, side, side): person logits (batch, side / 2, side / 2)."""

    def __init__(self, config: MatteConfig) -> None:
        super().__init__()
        widths = config.widths
        self.pyramid = Backbone(widths, config.depths, stem_stride=4)
        self.fusions = nn.ModuleList(
            TopDownFusion(coarse, fine, fine)
            for fine, coarse in zip(widths[-2::-1], widths[:0:-1], strict=True)
        )
        self.out = nn.Conv2d(widths[0], 4, 1)

    def forward(self, crop: Tensor) -> Tensor:
        *fines, x = self.pyramid(crop)
        for ascent, fine in zip(self.fusions, reversed(fines), strict=True):
            x = ascent(x, fine)
        logits: Tensor = functional.pixel_shuffle(self.out(x), 2)[:, 0]
        return logits


class FaceNetwork(nn.Module):
    """The five networks under one state dict."""

    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        self.config = config
        self.detector = Detector(config.detector)
        self.landmarks = LandmarkNetwork(config.landmarks)
        self.lips = PartNetwork(config.lips)
        self.eye = PartNetwork(config.eye)
        self.matte = MatteNetwork(config.matte)


def load_face_network(path: Path = WEIGHTS) -> FaceNetwork:
    """Read the shipped networks, for inference.

    Raises:
        BadCheckpoint: see `core.checkpoint.load`; or weights and config do not fit.
    """
    checkpoint = load(path, FaceConfig)
    network = fill(FaceNetwork(checkpoint.config), checkpoint, path)
    fuse_batch_norms(network)
    return network


def fuse_batch_norms(network: nn.Module) -> None:
    """Fold every batch norm into its convolution, in place; for inference only."""
    for child in network.modules():
        if not isinstance(child, ConvNorm):
            continue
        convolution, norm = child
        if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            child[0] = nn.utils.fusion.fuse_conv_bn_eval(convolution, norm)
            child[1] = nn.Identity()
