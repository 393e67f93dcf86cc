"""Lips seen while a generator learns."""

import torch

from core.training.avatar.latents import seen
from core.training.judge.cases import Cases
from core.training.judge.glimpse import LEAST, lip_figures
from tests.core.neural.small import avatar


def test_lips_of_a_model_that_knows_nothing_go_with_nothing(cases: Cases) -> None:
    clip, network = cases.case(0, 25).clip, avatar()
    found = lip_figures(network, seen(network, clip).latents, clip)
    assert set(found) == {"lips", "late"}
    assert -1 <= found["lips"] < 0.9


def test_too_short_a_clip_tells_nothing_of_lips(cases: Cases) -> None:
    clip = cases.case(0, 5).clip
    assert clip.frames.shape[1] <= LEAST
    assert lip_figures(avatar(), torch.zeros(1, 2, 8, 2, 2), clip) == {}
