"""The first stage, at toy size."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from core.model.avatar import AVATAR_PRESETS
from core.model.vae.causal_vae import CausalVideoVae
from core.model.vae.flow_field import FlowField
from core.model.vae.vae_config import VaeConfig
from core.perception.face.topology import LIP_CENTRES
from core.training.avatar.flow_supervision import (
    HIDDEN_COST,
    LATER_COST,
    FlowTarget,
    downsample,
    flow_change_loss,
    flow_errors,
    flow_loss,
    mask_loss,
    selection_loss,
)
from core.training.avatar.vae import VaeRecipe, VaeStage, change_loss, make_vae_batch
from core.training.metrics.lip_opening import SHUT
from core.training.trainer.clip_batch import LengthPhase, SizePhase
from tests.core.model.small_vae import SMALL
from tests.core.training.avatar.moving import Colours


def _unfilled(config: VaeConfig) -> CausalVideoVae:
    with torch.device("meta"):
        return CausalVideoVae(config)


def make_stage(recipe: VaeRecipe | None = None) -> VaeStage:
    torch.manual_seed(0)
    return VaeStage(CausalVideoVae(SMALL), recipe or VaeRecipe())


def test_the_truth_of_a_coarse_place_is_the_mean_of_what_it_stands_for() -> None:
    flow = torch.arange(5.0).view(1, 5, 1, 1, 1, 1).expand(1, 5, 2, 2, 4, 4)
    coarse = downsample(flow, 3, (2, 2))
    assert coarse.shape == (1, 3, 2, 2, 2, 2)
    assert coarse[0, :, 0, 0, 0, 0].tolist() == [0, 1.5, 3.5]
    assert downsample(flow[:, :1], 1, (4, 4)).shape == (1, 1, 2, 2, 4, 4)


def _all_known(flow: Tensor) -> FlowTarget:
    return FlowTarget(flow, torch.ones_like(flow[:, :, :, 0]), torch.ones_like(flow[:, :, 0, :1]))


def _shifted(shift: int, side: int = 4) -> tuple[FlowField, FlowTarget]:
    """Return a flow by whole cells, sure of itself, and the same as truth."""
    flow = torch.zeros(1, 1, 1, 2, side, side)
    flow[:, :, :, 0] = 2 * shift / side
    return FlowField(flow, flow[..., 0, :, :]), _all_known(flow)


def test_flow_is_right_where_the_truth_is() -> None:
    field, truth = _shifted(1)
    nowhere = truth._replace(flow=torch.zeros_like(truth.flow))
    assert flow_loss(flow_errors([field], truth, 4)) < 1e-3
    assert 0.9 < flow_loss(flow_errors([field], nowhere, 4)) < 1.1


def test_flow_that_moves_in_steps_changes_otherwise_than_the_truth() -> None:
    field, truth = _shifted(1)
    even = torch.arange(5.0).view(1, 5, 1, 1, 1, 1).expand(1, 5, *field.flow.shape[2:])
    moving = truth._replace(
        flow=even * 2 / 4,
        valid=truth.valid.expand(1, 5, -1, -1, -1),
        importance=truth.importance.expand(1, 5, -1, -1, -1),
    )
    right = FlowField(even * 2 / 4 + 1, field.confidence.expand(1, 5, -1, -1, -1))
    assert flow_change_loss(flow_errors([right], moving, 4)) < 1e-3, "where it is does not matter"
    steps = right._replace(flow=torch.zeros_like(right.flow))
    assert flow_change_loss(flow_errors([steps], moving, 4)) == pytest.approx(2**0.5, abs=2e-3)
    seen = moving.valid.clone()
    seen[:, 1::2] = 0
    assert flow_change_loss(flow_errors([steps], moving._replace(valid=seen), 4)) == 0, (
        "shown in both, or none"
    )


def test_of_references_that_is_chosen_whose_flow_is_right_and_shows_the_place() -> None:
    right, truth = _shifted(1)
    wrong = torch.zeros_like(right.flow)

    def worse(
        second: Tensor, hidden: bool, sure_of_second: float, importance: float = 1.0
    ) -> float:
        confidence = torch.tensor([0.0, sure_of_second]).view(1, 1, 2, 1, 1).expand(1, 1, 2, 4, 4)
        field = FlowField(torch.cat([right.flow, second], 2), confidence)
        seen = torch.cat([truth.valid, truth.valid * (not hidden)], 2)
        weight = importance * torch.ones_like(truth.importance)
        both = FlowTarget(truth.flow.expand_as(field.flow), seen, weight)
        return float(selection_loss(flow_errors([field], both, 4)))

    assert worse(right.flow, hidden=False, sure_of_second=-20.0) < 1e-3, "of equals the first"
    assert worse(right.flow, hidden=False, sure_of_second=0.0) == pytest.approx(LATER_COST / 2)
    assert worse(right.flow, False, 20.0, importance=100.0) < 1e-3, "either will do in a mouth"
    assert worse(wrong, hidden=False, sure_of_second=-20.0) < 1e-3
    later = LATER_COST + 0.02
    assert worse(wrong, hidden=False, sure_of_second=20.0) == pytest.approx(1.0, abs=later)
    half = HIDDEN_COST * math.log(2)
    assert worse(right.flow, hidden=True, sure_of_second=0.0) == pytest.approx(half, abs=later)


def test_what_shows_a_place_is_found_however_rarely_it_was_chosen() -> None:
    right, truth = _shifted(1)
    confidence = torch.tensor([0.0, -12.0]).view(1, 1, 2, 1, 1).repeat(1, 1, 1, 4, 4)
    confidence.requires_grad_()
    field = FlowField(torch.cat([right.flow, right.flow], 2), confidence)
    seen = torch.cat([torch.zeros_like(truth.valid), torch.ones_like(truth.valid)], 2)
    both = FlowTarget(truth.flow.expand_as(field.flow), seen, torch.ones_like(truth.importance))
    torch.autograd.backward(selection_loss(flow_errors([field], both, 4)))
    assert confidence.grad is not None
    towards = -confidence.grad[:, :, 1].sum()
    assert towards == pytest.approx(HIDDEN_COST, rel=0.01)
    nowhere = both._replace(valid=torch.zeros_like(seen))
    assert selection_loss(flow_errors([field], nowhere, 4)) < 1e-3, "where none shows it"


def test_the_mask_is_taught_what_any_reference_shows() -> None:
    _, truth = _shifted(1)
    shown = truth.valid.clone()
    shown[..., :2] = 0
    half = truth._replace(valid=torch.cat([shown, torch.zeros_like(shown)], 2))
    right = torch.nn.functional.interpolate(shown[:, 0], scale_factor=4)[:, None]
    assert mask_loss(right, half) < 1e-3
    assert mask_loss(1 - right, half) > 5
    assert mask_loss(torch.full_like(right, 0.5), half) == pytest.approx(0.693, abs=1e-3)
    counted = half._replace(importance=shown)
    assert mask_loss(torch.ones_like(right), counted) < 1e-3, "what is unimportant weighs nothing"


def test_lids_that_the_first_photo_hides_weigh_more() -> None:
    clip = Colours().next_batch(1, 5)
    eyes = clip.eye_mask[:, :, 0] > 0
    hidden = clip._replace(flow_valid=torch.zeros_like(clip.flow_valid))

    def weight(lids: float) -> Tensor:
        one = replace(VaeRecipe(mouth_weight=0.0, lid_weight=lids), reference_count_weights=(0, 1))
        batch = make_vae_batch(one, hidden, np.random.default_rng(0))
        return batch.flow_target.importance[:, :, 0]

    plain = weight(0.0)
    assert torch.allclose(weight(3.0)[eyes] - 1, 4 * (plain[eyes] - 1))
    assert torch.equal(weight(3.0)[~eyes], plain[~eyes])


def test_what_no_reference_shows_of_mouths_weighs_more() -> None:
    clip = Colours().next_batch(1, 5)
    hidden = clip._replace(flow_valid=torch.zeros_like(clip.flow_valid))
    known, unknown = (
        make_vae_batch(
            VaeRecipe(unseen_weight=3.0, reference_count_weights=(0, 1)),
            one,
            np.random.default_rng(0),
        ).pixel_weight
        for one in (clip._replace(flow_valid=torch.ones_like(clip.flow_valid)), hidden)
    )
    assert (unknown >= known).all()
    assert unknown.max() > 2 * known.max()


def test_shut_mouths_weigh_more() -> None:
    clip = Colours().next_batch(1, 5)
    landmarks = clip.landmarks.clone()
    landmarks[:, 3, LIP_CENTRES[1], 1] += 2 * SHUT
    recipe = VaeRecipe(mouth_weight=4.0, eye_weight=0.0, shut_weight=3.0)
    batch = make_vae_batch(recipe, clip._replace(landmarks=landmarks), np.random.default_rng(0))
    each = [float(weight.max()) for weight in batch.pixel_weight[0]]
    assert each == pytest.approx([17, 17, 17, 5, 17])


def test_what_flickers_is_further_off_than_what_is_wrong_but_still() -> None:
    clip = Colours().next_batch(1, 5)
    batch = make_vae_batch(VaeRecipe(), clip, np.random.default_rng(0))
    assert change_loss(batch.frames + 0.1, batch) < 1e-6
    flickering = batch.frames + 0.1 * (-1) ** torch.arange(5).view(1, 5, 1, 1, 1)
    assert float(change_loss(flickering, batch)) == pytest.approx(0.2, abs=1e-5)


def test_places_that_no_reference_shows_teach_nothing() -> None:
    field, truth = _shifted(1)
    hidden = truth._replace(flow=truth.flow + 5.0, valid=torch.zeros_like(truth.valid))
    assert flow_loss(flow_errors([field], hidden, 4)) == 0
    half = truth.valid.clone()
    half[..., :2] = 0
    lost = truth._replace(flow=truth.flow.clone(), valid=half)
    lost.flow[..., :2] = 5.0
    assert flow_loss(flow_errors([field], lost, 4)) < 1e-3
    assert torch.equal(
        lost.downsample(1, (2, 2)).flow[..., 1], truth.flow[..., 3:4, 3].expand(1, 1, 1, 2, 2)
    )


def test_references_are_dropped_at_random_and_the_untouched_photo_comes_first() -> None:
    clip, random = Colours().next_batch(1, 5), np.random.default_rng(0)
    stage = make_stage()
    tasks = [stage.micro_batches(clip, random)[0] for _ in range(30)]
    assert {task.references.shape[1] for task in tasks} == {0, 1, 2}
    for task in tasks:
        count = task.references.shape[1]
        assert torch.equal(task.references, clip.references[:, :count])
        assert task.flow_target.flow.shape[2] == task.flow_target.valid.shape[2] == count


def test_clips_grow_longer_with_time() -> None:
    recipe = VaeRecipe(clip_lengths=(LengthPhase(0.0, 5), LengthPhase(0.5, 9)))
    assert [make_stage(recipe).clip_length(share) for share in (0.0, 0.49, 0.5, 1.2)] == [
        5,
        5,
        9,
        9,
    ]


def test_frames_grow_from_half_of_the_size_to_all_of_it_in_whole_cells() -> None:
    assert [make_stage().clip_size(share) for share in (0.0, 0.49, 0.5, 1.2)] == [16, 16, 32, 32]
    odd = VaeRecipe(frame_sizes=(SizePhase(0.0, 0.2), SizePhase(0.3, 0.7), SizePhase(0.6, 1.0)))
    assert [make_stage(odd).clip_size(share) for share in (0.0, 0.3, 0.6)] == [16, 16, 32]
    paper = VaeStage(_unfilled(AVATAR_PRESETS["paper"].vae), VaeRecipe())
    assert [paper.clip_size(share) for share in (0.0, 1.0)] == [256, 512]


def test_a_vae_learns_from_small_frames_and_is_judged_by_large_ones() -> None:
    stage, clips = make_stage(), Colours()
    small = clips.next_batch(2, 5, stage.clip_size(0.0))
    assert small.frames.shape[-2:] == (16, 16)
    (task,) = stage.micro_batches(small, np.random.default_rng(3))
    torch.autograd.backward(torch.stack([*stage.losses(task).values()]).sum())
    assert all(p.grad.isfinite().all() for p in stage.network.parameters() if p.grad is not None)
    with torch.no_grad():
        assert "psnr_1ref" in stage.metrics(stage.network.eval(), clips.next_batch(1, 5))


def test_a_perceptual_network_is_asked_if_there_is_one() -> None:
    def unlike(made: Tensor, true: Tensor) -> Tensor:
        assert made.shape == true.shape == (10, 3, 32, 32)
        return (made - true).square().mean()

    stage = VaeStage(CausalVideoVae(SMALL), VaeRecipe(perceptual_weight=0.5), unlike)
    task = stage.micro_batches(Colours().next_batch(2, 5), np.random.default_rng(0))[0]
    assert "perceptual" in stage.losses(task)
