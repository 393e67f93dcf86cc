"""One arithmetic for two kinds of array: numpy for one portrait live, torch for batches.

torch takes longer to import than all else together, so nothing here does before it sees a tensor.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any
"""An array of numpy or a tensor of torch; all that meet are of one kind and on one device."""


def array_namespace(array: Array) -> Any:
    """Return numpy or torch, whichever made it; many functions have one name in both."""
    if isinstance(array, np.ndarray):
        return np
    import torch

    return torch


def as_array_like(array: Array, numbers: Any) -> Array:
    """Return numbers as an array of the same kind, type and place as another."""
    if isinstance(array, np.ndarray):
        return np.asarray(numbers, array.dtype)
    return array_namespace(array).as_tensor(numbers, dtype=array.dtype, device=array.device)


def as_float32(numbers: Array) -> Array:
    """Return numbers, or truths, as 32-bit floats."""
    return numbers.astype(np.float32) if isinstance(numbers, np.ndarray) else numbers.float()


def as_float64(numbers: Array) -> Array:
    """Return numbers as 64-bit floats."""
    return numbers.astype(np.float64) if isinstance(numbers, np.ndarray) else numbers.double()


def floor_to_int(numbers: Array) -> Array:
    """Return the numbers cut down to 64-bit integers."""
    if isinstance(numbers, np.ndarray):
        return np.floor(numbers).astype(np.int64)
    return numbers.floor().long()


def take_along_last(array: Array, places: Array) -> Array:
    """Return what is at `places` (..., n) of the last axis of an array (..., m)."""
    if isinstance(array, np.ndarray):
        return np.take_along_axis(array, places, -1)
    return array_namespace(array).take_along_dim(array, places, -1)


def tree_map(part: Any, change: Callable[[Any], Any]) -> Any:
    """Return nested named tuples with `change` done to everything in them."""
    if isinstance(part, tuple):
        return type(part)(*(tree_map(field, change) for field in part))
    return change(part)
