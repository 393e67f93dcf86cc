"""The collector of garbage rests while modules are loaded."""

import gc

import pytest

from core.process.loading import loading


def test_the_collector_rests_and_what_is_there_is_left_alone() -> None:
    try:
        with loading():
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_it_works_again_after_a_module_that_cannot_be_loaded() -> None:
    try:
        with pytest.raises(ImportError), loading():
            raise ImportError("no such module")
        assert gc.isenabled()
    finally:
        gc.unfreeze()
