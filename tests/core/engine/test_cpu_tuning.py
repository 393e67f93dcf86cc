"""The allocator is asked to keep what is freed."""

import sys

from core.engine.cpu_tuning import tune_malloc


def test_asking_is_harmless_everywhere() -> None:
    kept = tune_malloc()
    assert kept == tune_malloc()
    assert not kept or sys.platform == "linux"
