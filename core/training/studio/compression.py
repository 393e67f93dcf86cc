"""Lossless compression of quantized arrays: channel-major deflate."""

import zlib

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def deflate(values: NDArray[np.uint8] | NDArray[np.int8]) -> Tensor:
    """Compress values (..., channels) to bytes (length,) uint8; `inflate` is the inverse."""
    # What lies next to each other in time is alike, so time runs fastest.
    planes = np.ascontiguousarray(np.moveaxis(values, -1, 0))
    # Rounded numbers do not repeat but for runs: looking for more takes minutes and finds nothing.
    coder = zlib.compressobj(9, strategy=zlib.Z_RLE)
    code = coder.compress(planes.tobytes()) + coder.flush()
    return torch.frombuffer(bytearray(code), dtype=torch.uint8)


def inflate(data: Tensor, shape: tuple[int, ...], kind: type[np.uint8] | type[np.int8]) -> Tensor:
    """Decompress to values of `shape`, whose last axis are the channels.

    Raises:
        ValueError: the bytes hold another number of values.
    """
    flat = np.frombuffer(bytearray(zlib.decompress(data.numpy().tobytes())), dtype=kind)
    if flat.size != int(np.prod(shape)):
        raise ValueError(f"{flat.size} packed values, expected {shape}; prepare the stock again")
    return torch.from_numpy(flat).view(shape[-1], *shape[:-1]).movedim(0, -1).contiguous()
