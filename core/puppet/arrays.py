"""One arithmetic for two kinds of array: numpy for one portrait live, torch for batches.

Functions are those that the array API standard gives to both; numpy has them itself.
"""

from typing import Any, TypeAlias

import numpy as np
from array_api_compat import array_namespace, device

Array: TypeAlias = Any
"""An array of numpy or a tensor of torch; all that meet are of one kind and on one device."""


def functions(array: Array) -> Any:
    """Return the module whose functions work on arrays of this kind."""
    return np if isinstance(array, np.ndarray) else array_namespace(array)


def like(array: Array, numbers: Any) -> Array:
    """Return numbers as an array of the same kind, type and place as another."""
    xp = functions(array)
    return xp.asarray(numbers, dtype=array.dtype, device=device(array))


def whole(numbers: Array) -> Array:
    """Return the numbers cut down to 64-bit integers."""
    xp = functions(numbers)
    return xp.astype(xp.floor(numbers), xp.int64)


def single(numbers: Array) -> Array:
    """Return numbers, or truths, as 32-bit floats."""
    xp = functions(numbers)
    return xp.astype(numbers, xp.float32)
