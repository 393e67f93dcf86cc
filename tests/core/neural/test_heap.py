"""The allocator is asked to keep what is freed."""

import sys

from core.neural.heap import keep_memory


def test_asking_is_harmless_everywhere() -> None:
    kept = keep_memory()
    assert kept == keep_memory()
    assert not kept or sys.platform == "linux"
