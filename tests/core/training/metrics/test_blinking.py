"""Blinks are counted where lids fall, however wide eyes are open otherwise."""

import numpy as np
import pytest

from core.training.metrics.blinking import blinks_per_minute, shut_eyes

BLINK = [1.0, 0.6, 0.1, 0.2, 0.7, 1.0]


@pytest.mark.parametrize("wide", [0.2, 0.5])
def test_eyes_are_shut_where_lids_meet(wide: float) -> None:
    opening = wide * np.array([1.0] * 20 + BLINK)
    assert np.flatnonzero(shut_eyes(opening)).tolist() == [22, 23]


def test_blinks_are_counted_in_all_clips_together() -> None:
    two, none = np.array((BLINK + [1.0] * 19) * 2), np.full(50, 0.3)
    assert blinks_per_minute([two]) == pytest.approx(60)
    assert blinks_per_minute([two, none]) == pytest.approx(30)


def test_eyes_that_are_shut_at_first_were_not_seen_to_shut() -> None:
    assert blinks_per_minute([np.array(BLINK[2:] + [1.0] * 19)]) == 0
