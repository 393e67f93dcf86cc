"""Array namespaces: one arithmetic for numpy (one portrait, live) and torch (batches).

torch takes longer to import than all else together, so nothing here does before it sees a tensor.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any
"""An array of numpy or a tensor of torch; all that meet are of one kind and on one device.

Not typed: the two share no static type, and the named tuples that hold them would have to be
generic wherever training names one. tests/core/puppet/test_arrays.py checks both kinds instead.
"""


def array_namespace(array: Array) -> Any:
    """Return numpy or torch, the array's namespace; many functions have one name in both."""
    if isinstance(array, np.ndarray):
        return np
    import torch

    return torch


def as_array_like(array: Array, numbers: Any) -> Array:
    """Return numbers as an array of another one's kind, dtype and device."""
    if isinstance(array, np.ndarray):
        return np.asarray(numbers, array.dtype)
    return array_namespace(array).as_tensor(numbers, dtype=array.dtype, device=array.device)


def as_float32(numbers: Array) -> Array:
    """Cast numbers or booleans to float32."""
    return numbers.astype(np.float32) if isinstance(numbers, np.ndarray) else numbers.float()


def as_float64(numbers: Array) -> Array:
    """Cast numbers to float64."""
    return numbers.astype(np.float64) if isinstance(numbers, np.ndarray) else numbers.double()


def floor_to_int(numbers: Array) -> Array:
    """Round down to int64."""
    if isinstance(numbers, np.ndarray):
        return np.floor(numbers).astype(np.int64)
    return numbers.floor().long()


def take_along_last(array: Array, places: Array) -> Array:
    """Return the elements at `places` (..., n) along the last axis of an array (..., m)."""
    if isinstance(array, np.ndarray):
        return np.take_along_axis(array, places, -1)
    return array_namespace(array).take_along_dim(array, places, -1)


def tree_map(part: Any, change: Callable[[Any], Any]) -> Any:
    """Apply `change` to every leaf of nested named tuples."""
    if isinstance(part, tuple):
        return type(part)(*(tree_map(field, change) for field in part))
    return change(part)
