"""The face finder's networks in numpy, without torch: what a photo is looked at with.

Computes what `networks_torch` does, from the same file. Whoever changes one of the two changes the
other; the tests compare them.
"""

from pathlib import Path

import numpy as np

from core.checkpoint import BadCheckpoint, load
from core.perception.face.config import (
    DetectorConfig,
    FaceConfig,
    LandmarkConfig,
    MatteConfig,
    PartConfig,
)
from core.perception.face.inference import DetectorMaps, Pictures
from core.perception.face.layers_numpy import (
    Array,
    Linear,
    WeightMismatch,
    WeightReader,
    conv_norm,
    convolution,
    linear,
    relu,
    upsample_nearest,
)
from core.perception.face.topology import LANDMARK_COUNT
from core.sentence import said


class _ResidualBlock:
    """Two 3x3 convolutions beside an identity or 1x1 shortcut."""

    def __init__(
        self, weights: WeightReader, name: str, inputs: int, outputs: int, stride: int
    ) -> None:
        self._first = conv_norm(weights, f"{name}.conv1", inputs, outputs, stride=stride)
        self._second = conv_norm(weights, f"{name}.conv2", outputs, outputs)
        same = inputs == outputs and stride == 1
        shortcut = f"{name}.shortcut"
        self._shortcut = None if same else conv_norm(weights, shortcut, inputs, outputs, 1, stride)

    def __call__(self, x: Array) -> Array:
        y = self._second(relu(self._first(x)))
        y += x if self._shortcut is None else self._shortcut(x)
        return relu(y)


class _Backbone:
    """Pictures (n, h, w, 3) of eight bits to a feature pyramid, the finest level first."""

    def __init__(
        self, weights: WeightReader, name: str, config: "_Levels", stem_stride: int
    ) -> None:
        widths = config.widths
        stem, kernel = f"{name}.stem", stem_stride + 1
        self._stem = conv_norm(weights, stem, 3, widths[0], kernel, stem_stride)
        self._levels = []
        inputs = widths[0]
        for level, (width, depth) in enumerate(zip(widths, config.depths, strict=True)):
            ins, strides = [inputs] + [width] * depth, [2 if level else 1] + [1] * depth
            self._levels.append(
                [
                    _ResidualBlock(
                        weights, f"{name}.levels.{level}.{at}", ins[at], width, strides[at]
                    )
                    for at in range(depth)
                ]
            )
            inputs = width

    def __call__(self, pictures: Pictures) -> list[Array]:
        x = relu(self._stem(pictures.astype(np.float32) / np.float32(127.5) - 1))
        features = []
        for blocks in self._levels:
            for block in blocks:
                x = block(x)
            features.append(x)
        return features


_Levels = DetectorConfig | LandmarkConfig | PartConfig | MatteConfig
"""What has the widths and depths of a backbone's levels."""


class _TopDownFusion:
    """Feature pyramid fusion: upsampled coarse features plus lateral fine ones."""

    def __init__(
        self, weights: WeightReader, name: str, coarse: int, fine: int, outputs: int
    ) -> None:
        self._top_down = conv_norm(weights, f"{name}.top_down", coarse, outputs, 1)
        self._lateral = conv_norm(weights, f"{name}.lateral", fine, outputs, 1)
        self._fuse = conv_norm(weights, f"{name}.fuse", outputs, outputs)

    def __call__(self, coarse: Array, fine: Array) -> Array:
        up = upsample_nearest(self._top_down(coarse), *fine.shape[1:3])
        up += self._lateral(fine)
        return relu(self._fuse(relu(up)))


class NumpyDetector:
    """Anchor-free face detector; see `networks_torch.Detector`."""

    def __init__(self, weights: WeightReader, config: DetectorConfig, prefix: str = "") -> None:
        widths, head = config.widths, config.head_width
        self._pyramid = _Backbone(weights, f"{prefix}pyramid", config, stem_stride=4)
        self._from_32 = _TopDownFusion(weights, f"{prefix}from_32", widths[3], widths[2], widths[2])
        self._from_16 = _TopDownFusion(weights, f"{prefix}from_16", widths[2], widths[1], head)
        self._head = conv_norm(weights, f"{prefix}head", head, head)
        self._out = convolution(weights, f"{prefix}out", head, 6)

    def __call__(self, pictures: Pictures) -> DetectorMaps:
        """Detect in pictures whose sides are multiples of 32."""
        _, eighth, sixteenth, last = self._pyramid(pictures)
        x = self._from_16(self._from_32(last, sixteenth), eighth)
        y = self._out(relu(self._head(x)))
        return DetectorMaps(y[..., 0], y[..., 1:])


class _ShapeHead:
    """Features of the coarsest level to a linear shape model's points, and the hidden layer."""

    def __init__(
        self, weights: WeightReader, name: str, config: LandmarkConfig | PartConfig, sizes: "_Sizes"
    ) -> None:
        reduced, cells, hidden, outputs = sizes
        self._reduce = conv_norm(weights, f"{name}.reduce", config.widths[-1], reduced, 1)
        self._hidden = _from_channels_first(
            linear(weights, f"{name}.hidden", reduced * cells, hidden), reduced
        )
        components = config.shape_components
        self._coefficients = linear(weights, f"{name}.coefficients", hidden, components)
        self._basis = linear(weights, f"{name}.shape_basis", components, outputs)

    def __call__(self, features: Array) -> tuple[Array, Array]:
        x = relu(self._reduce(features))
        hidden = relu(self._hidden(x.reshape(len(x), -1)))
        return self._basis(self._coefficients(hidden)), hidden


_Sizes = tuple[int, int, int, int]
"""Reduced channels, cells of the coarsest level, hidden width, numbers of a shape."""


def _from_channels_first(layer: Linear, channels: int) -> Linear:
    """Return a layer of flattened (channels, cells) for flattened (cells, channels)."""
    weight = layer.weight.reshape(channels, -1, layer.weight.shape[1])
    return Linear(weight.swapaxes(0, 1).reshape(layer.weight.shape), layer.bias)


class NumpyLandmarkNetwork:
    """Landmark regression and face presence; see `networks_torch.LandmarkNetwork`."""

    def __init__(self, weights: WeightReader, config: LandmarkConfig, name: str) -> None:
        self._pyramid = _Backbone(weights, f"{name}.pyramid", config, stem_stride=4)
        sizes = 80, (config.side // 32) ** 2, 256, LANDMARK_COUNT * 3
        self._head = _ShapeHead(weights, name, config, sizes)
        self._presence = linear(weights, f"{name}.presence", 256, 1)
        index = weights.take(f"{name}.mirror_index", LANDMARK_COUNT)
        self.mirror_index = index.astype(np.int64)
        """(478,): the order of a mirrored face's landmarks."""

    def __call__(self, crops: Pictures) -> tuple[Array, Array]:
        """Return landmarks (n, 478, 3), in sides about the centre, and presence logits (n,)."""
        shape, hidden = self._head(self._pyramid(crops)[-1])
        return shape.reshape(-1, LANDMARK_COUNT, 3), self._presence(hidden)[:, 0]


class NumpyPartNetwork:
    """Landmarks of the lips or one eye; see `networks_torch.PartNetwork`."""

    def __init__(self, weights: WeightReader, config: PartConfig, name: str) -> None:
        self._points = config.points
        self._pyramid = _Backbone(weights, f"{name}.pyramid", config, stem_stride=2)
        cells = (config.side >> len(config.widths)) ** 2
        self._head = _ShapeHead(weights, name, config, (18, cells, 192, config.points * 2))

    def __call__(self, crops: Pictures) -> Array:
        """Return points (n, points, 2), in sides of the crop about its centre."""
        shape, _ = self._head(self._pyramid(crops)[-1])
        return shape.reshape(-1, self._points, 2)


class NumpyMatteNetwork:
    """Portrait matting; see `networks_torch.MatteNetwork`."""

    def __init__(self, weights: WeightReader, config: MatteConfig, name: str) -> None:
        self._pyramid = _Backbone(weights, f"{name}.pyramid", config, stem_stride=4)
        pairs = zip(config.widths[-2::-1], config.widths[:0:-1], strict=True)
        self._fusions = [
            _TopDownFusion(weights, f"{name}.fusions.{at}", coarse, fine, fine)
            for at, (fine, coarse) in enumerate(pairs)
        ]
        self._out = convolution(weights, f"{name}.out", config.widths[0], 4)

    def __call__(self, crops: Pictures) -> Array:
        """Return person logits (n, side / 2, side / 2)."""
        *fines, x = self._pyramid(crops)
        for fusion, fine in zip(self._fusions, reversed(fines), strict=True):
            x = fusion(x, fine)
        y = self._out(x)
        count, height, width, _ = y.shape
        pixels = y.reshape(count, height, width, 2, 2).swapaxes(2, 3)  # pixel shuffle
        return pixels.reshape(count, 2 * height, 2 * width)


class NumpyFaceNetwork:
    """The five networks; satisfies `FaceNetworks`.

    Raises:
        WeightMismatch: weights and config do not fit.
    """

    def __init__(self, weights: WeightReader, config: FaceConfig) -> None:
        self.config = config
        self.detector = NumpyDetector(weights, config.detector, "detector.")
        self.landmarks = NumpyLandmarkNetwork(weights, config.landmarks, "landmarks")
        self.mirror_index = self.landmarks.mirror_index
        self.lips = NumpyPartNetwork(weights, config.lips, "lips")
        self.eye = NumpyPartNetwork(weights, config.eye, "eye")
        self.matte = NumpyMatteNetwork(weights, config.matte, "matte")
        weights.finish()


def load_numpy_network(path: Path) -> NumpyFaceNetwork:
    """Read the face finder's networks.

    Raises:
        BadCheckpoint: see `core.checkpoint.load`; or weights and config do not fit.
    """
    checkpoint = load(path, FaceConfig)
    try:
        return NumpyFaceNetwork(WeightReader(checkpoint.weights), checkpoint.config)
    except WeightMismatch as error:
        names = str(error.args[0])
        raise BadCheckpoint(
            said("{0}: its weights do not fit its config: {1}", path.name, names)
        ) from error
