"""Convolutional layers in numpy, channels last: a convolution is a product of im2col and kernel."""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float32]

BATCH_NORM_EPS = 1e-5
"""torch's default."""


class WeightMismatch(KeyError):
    """A weight is missing, of another shape than the network's, or not part of it."""


class WeightReader:
    """Hands out the arrays of a state dict by name and shape, each once."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self._rest = dict(arrays)

    def take(self, name: str, *shape: int) -> Array:
        """Return an array as float32.

        Raises:
            WeightMismatch: there is none of this name and shape.
        """
        array = self._rest.pop(name, None)
        if array is None or array.shape != shape:
            raise WeightMismatch(name)
        return array.astype(np.float32)

    def finish(self) -> None:
        """Check that nothing is left.

        Raises:
            WeightMismatch: something is.
        """
        if self._rest:
            raise WeightMismatch(", ".join(sorted(self._rest)))


class Convolution(NamedTuple):
    """A convolution, zero padded by half its kernel; (n, h, w, inputs) to (n, h', w', outputs)."""

    weight: Array
    """(kernel * kernel * inputs, outputs)"""
    bias: Array
    kernel: int
    stride: int

    def __call__(self, x: Array) -> Array:
        columns = self._columns(x)
        count, height, width, reach = columns.shape
        y = columns.reshape(-1, reach) @ self.weight
        y += self.bias
        return y.reshape(count, height, width, -1)

    def _columns(self, x: Array) -> Array:
        """Unfold the neighbourhood of each output (im2col): (n, h', w', kernel * kernel * inputs).

        By strides, as `sliding_window_view` and `np.pad` take longer than the small layers.
        """
        step, size = self.stride, self.kernel
        if size == 1:
            return x[:, ::step, ::step]
        margin = size // 2
        count, height, width, inputs = x.shape
        padded = np.zeros((count, height + 2 * margin, width + 2 * margin, inputs), np.float32)
        padded[:, margin : margin + height, margin : margin + width] = x
        image, row, pixel, _ = padded.strides
        rows, columns = (height - 1) // step + 1, (width - 1) // step + 1
        windows = as_strided(
            padded,
            (count, rows, columns, size, size * inputs),
            (image, step * row, step * pixel, row, x.itemsize),
            writeable=False,
        )
        return windows.reshape(count, rows, columns, size * size * inputs)


class Linear(NamedTuple):
    """A linear layer; (n, inputs) to (n, outputs)."""

    weight: Array
    """(inputs, outputs)"""
    bias: Array

    def __call__(self, x: Array) -> Array:
        return x @ self.weight + self.bias


def convolution(
    weights: WeightReader, name: str, inputs: int, outputs: int, kernel: int = 1
) -> Convolution:
    """Read a plain convolution."""
    kernels = weights.take(f"{name}.weight", outputs, inputs, kernel, kernel)
    return Convolution(_as_product(kernels), weights.take(f"{name}.bias", outputs), kernel, 1)


def conv_norm(
    weights: WeightReader, name: str, inputs: int, outputs: int, kernel: int = 3, stride: int = 1
) -> Convolution:
    """Read a convolution with its batch norm folded in."""
    kernels = weights.take(f"{name}.0.weight", outputs, inputs, kernel, kernel)
    gain, bias, mean, variance = (
        weights.take(f"{name}.1.{part}", outputs)
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    weights.take(f"{name}.1.num_batches_tracked")
    scale = gain / np.sqrt(variance + BATCH_NORM_EPS)
    folded = kernels * scale[:, None, None, None]
    return Convolution(_as_product(folded), bias - mean * scale, kernel, stride)


def linear(weights: WeightReader, name: str, inputs: int, outputs: int) -> Linear:
    """Read a linear layer."""
    weight = weights.take(f"{name}.weight", outputs, inputs)
    return Linear(np.ascontiguousarray(weight.T), weights.take(f"{name}.bias", outputs))


def relu(x: Array) -> Array:
    """Rectify in place."""
    return np.maximum(x, 0, out=x)


def sigmoid(x: Array) -> Array:
    """Return the logistic function."""
    return np.asarray((1 + np.tanh(x / 2)) / 2)  # exp would overflow


def upsample_nearest(x: Array, height: int, width: int) -> Array:
    """Return (n, h, w, channels) at another size, each pixel the nearest above and left of it."""
    rows = np.arange(height) * x.shape[1] // height
    columns = np.arange(width) * x.shape[2] // width
    return x[:, rows[:, None], columns]


def _as_product(kernels: Array) -> Array:
    """Return kernels (outputs, inputs, k, k) as (k * k * inputs, outputs)."""
    return np.ascontiguousarray(kernels.transpose(2, 3, 1, 0).reshape(-1, len(kernels)))
