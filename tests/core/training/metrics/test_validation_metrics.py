"""Lips seen while a generator learns."""

import torch

from core.perception.face.networks_torch import FaceNetwork, load_face_network
from core.training.avatar.latents import encode_clip
from core.training.evaluation.eval_set import EvalSet
from core.training.metrics.validation_metrics import MIN_FRAMES, LipSyncMetrics
from tests.core.neural.small import avatar


def test_lips_of_a_model_that_knows_nothing_go_with_nothing(eval_set: EvalSet) -> None:
    clip, network = eval_set.example(0, 25).clip, avatar()
    found = LipSyncMetrics()(network, encode_clip(network, clip).latents, clip)
    assert set(found) == {"lip_correlation", "lip_lag_ms"}
    assert -1 <= found["lip_correlation"] < 0.9


def test_too_short_a_clip_tells_nothing_of_lips(eval_set: EvalSet) -> None:
    clip = eval_set.example(0, 5).clip
    assert clip.frames.shape[1] <= MIN_FRAMES
    assert LipSyncMetrics()(avatar(), torch.zeros(1, 2, 8, 2, 2), clip) == {}


def test_the_face_network_is_opened_once_for_all_validations(eval_set: EvalSet) -> None:
    opened: list[FaceNetwork] = []

    def open_network() -> FaceNetwork:
        opened.append(load_face_network())
        return opened[-1]

    clip, network = eval_set.example(0, 25).clip, avatar()
    metrics, latents = LipSyncMetrics(open_network), encode_clip(network, clip).latents
    assert not opened
    assert metrics(network, latents, clip) == metrics(network, latents, clip)
    assert len(opened) == 1
