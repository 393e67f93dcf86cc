"""Mouths and voices that are known to go together, or not."""

import numpy as np
import pytest

from core.training.metrics.correlation import Curve
from core.training.metrics.lip_sync import (
    VisemeShares,
    closed_vowel_rate,
    count_closures,
    normalized_windows,
    retrieval_accuracy,
    settled_silence,
    silence_motion,
)


def visemes(numbers: list[int]) -> VisemeShares:
    return np.eye(15)[numbers]


def speech(seed: int = 0, frames: int = 320) -> Curve:
    rng = np.random.default_rng(seed)
    return np.asarray(np.convolve(rng.uniform(size=frames + 4), np.ones(5) / 5, "valid"))


def test_lips_that_meet_in_time_are_counted() -> None:
    said = visemes([10] * 5 + [1] * 2 + [10] * 5 + [1] * 2 + [10] * 5)
    opening = np.full(19, 0.05)
    opening[5] = opening[14] = 0.001  # the second one frame late
    assert count_closures(opening, said) == (2, 2)
    opening[14], opening[15] = 0.05, 0.001  # two frames late
    assert count_closures(opening, said) == (1, 2)


def test_closures_at_the_edges_count_once() -> None:
    said = visemes([1, 1, 10, 10, 1])
    assert count_closures(np.zeros(5), said) == (2, 2)
    assert count_closures(np.full(5, 0.1), said) == (0, 2)
    assert count_closures(np.zeros(3), visemes([10, 10, 10])) == (0, 0)


def test_a_mouth_that_never_opens_is_found_out() -> None:
    want = np.array([0.0, 0.8, 0.9, 0.2])
    assert closed_vowel_rate([np.zeros(4)], [want]) == 1
    assert closed_vowel_rate([want * 0.05], [want]) == 0
    assert np.isnan(closed_vowel_rate([np.zeros(4)], [want * 0]))


def test_a_closed_mouth_is_still() -> None:
    found = silence_motion([np.full(40, 0.002)], [visemes([0] * 40)])
    assert found == (0.002, 0, 40)


def test_a_trembling_mouth_is_not_still() -> None:
    tremor = 0.01 + 0.005 * (np.arange(40.0) % 2)
    found = silence_motion([tremor], [visemes([0] * 40)])
    assert found.movement == pytest.approx(0.005)
    assert found.opening == pytest.approx(0.015)


def test_lips_may_settle_after_the_last_word() -> None:
    said = visemes([10] * 10 + [0] * 30)
    opening = np.array([0.05] * 14 + [0.0] * 26)
    assert settled_silence(said).sum() == 25
    assert silence_motion([opening], [said]).opening == 0
    assert np.isnan(silence_motion([opening], [visemes([10] * 40)]).opening)


def test_identical_sheets_retrieve_everything() -> None:
    curves = [speech(seed) for seed in range(4)]
    parts = normalized_windows(curves, 40)
    assert parts.shape == (32, 40)
    assert retrieval_accuracy(parts, parts) == 1


def test_scale_and_offset_of_a_clip_do_not_matter() -> None:
    curves = [speech(seed) for seed in range(4)]
    moved = [0.05 * curve + 0.01 * n for n, curve in enumerate(curves)]
    assert retrieval_accuracy(normalized_windows(moved, 40), normalized_windows(curves, 40)) == 1


def test_shuffled_sounds_are_found_by_chance() -> None:
    curves = [speech(seed) for seed in range(40)]
    others = [speech(seed + 1000) for seed in range(40)]
    assert retrieval_accuracy(normalized_windows(curves, 10), normalized_windows(others, 10)) < 0.01


def test_a_frozen_mouth_finds_its_sound_by_chance_alone() -> None:
    curves = [speech(seed) for seed in range(4)]
    frozen = [np.full(320, 0.01) for _ in curves]
    assert retrieval_accuracy(
        normalized_windows(frozen, 40), normalized_windows(curves, 40)
    ) == pytest.approx(1 / 32)
    both = normalized_windows(frozen, 40)
    assert retrieval_accuracy(both, both) == pytest.approx(1 / 32)


def test_clips_shorter_than_a_window_are_refused() -> None:
    with pytest.raises(ValueError, match="no clip has 400 frames"):
        normalized_windows([speech()], 400)
