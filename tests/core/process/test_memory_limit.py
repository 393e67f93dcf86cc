"""What strangers made cannot take all memory, and what comes after it is not held to the bound."""

import sys

import numpy as np
import pytest

from core.process.memory_limit import memory_limit

MIB = 2**20

bounded = pytest.mark.skipif(sys.platform not in ("linux", "win32"), reason="there is no bound")


@bounded
def test_more_than_the_bound_is_refused_and_less_is_given() -> None:
    with memory_limit(256 * MIB):
        assert np.ones(64 * MIB, np.uint8).all()
        with pytest.raises(MemoryError):
            np.ones(1024 * MIB, np.uint8)


@bounded
def test_afterwards_there_is_no_bound_whatever_happened() -> None:
    with pytest.raises(ValueError, match="whatever"), memory_limit(MIB):
        raise ValueError("whatever")
    assert np.empty(1024 * MIB, np.uint8).size == 1024 * MIB
