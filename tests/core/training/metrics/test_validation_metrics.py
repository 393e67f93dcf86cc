"""Lips seen while a generator learns."""

import torch

from core.training.avatar.latents import encode_clip
from core.training.evaluation.eval_set import EvalSet
from core.training.metrics.validation_metrics import MIN_FRAMES, lip_sync_metrics
from tests.core.neural.small import avatar


def test_lips_of_a_model_that_knows_nothing_go_with_nothing(eval_set: EvalSet) -> None:
    clip, network = eval_set.example(0, 25).clip, avatar()
    found = lip_sync_metrics(network, encode_clip(network, clip).latents, clip)
    assert set(found) == {"lips", "late"}
    assert -1 <= found["lips"] < 0.9


def test_too_short_a_clip_tells_nothing_of_lips(eval_set: EvalSet) -> None:
    clip = eval_set.example(0, 5).clip
    assert clip.frames.shape[1] <= MIN_FRAMES
    assert lip_sync_metrics(avatar(), torch.zeros(1, 2, 8, 2, 2), clip) == {}
