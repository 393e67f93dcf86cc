from dataclasses import replace

import pytest
import torch
from torch import Tensor

from core.model.vae.causal_vae import CausalVideoVae
from core.model.vae.flow_field import FlowField, warp
from core.model.vae.vae_config import StageConfig, WarpedSkipConfig
from core.model.vae.warped_skip import (
    CarriedFlow,
    Correction,
    FlowRefinement,
    FlowRegression,
    Placement,
    RegressedFlow,
    SkipLevel,
    SkipReferences,
    Stretch,
    WarpedSkip,
)
from tests.core.model.small_vae import SMALL, noise, randomised

ALL = WarpedSkipConfig(
    8,
    regressed_steps=4,
    carries_flow=True,
    flow_blocks=1,
    placement_channels=5,
    sees_appearance=True,
    scales_flow=True,
)


def regression_of(config: WarpedSkipConfig) -> FlowRegression:
    return FlowRegression(3, 6, 5, config)


def prepared(regression: FlowRegression, mid: Tensor, like: Tensor | None = None) -> SkipReferences:
    """Prepare references whose latents, and looks, are part of their mid level."""
    looks = mid[..., :5] if like is None else like
    return SkipReferences(*regression.prepare_references(mid[..., :3], mid, looks), ())


def told(
    regression: FlowRegression, x: Tensor, references: SkipReferences, last: Tensor | None = None
) -> tuple[FlowField, Tensor]:
    """Regress the flow of latents that are part of their mid level."""
    found: tuple[FlowField, Tensor] = regression(x[..., :3], x, references, last)
    return found


def test_before_training_nothing_moves_and_all_references_weigh_the_same() -> None:
    regression = regression_of(WarpedSkipConfig(8))
    motion = prepared(regression, noise(1, 2, 4, 4, 6).float())
    field, _ = told(regression, noise(1, 3, 4, 4, 6).float(), motion)
    assert field.flow.shape == (1, 3, 2, 2, 4, 4)
    assert not field.flow.any()
    assert torch.equal(field.reference_weights(), torch.full((1, 3, 2, 4, 4), 0.5))


def test_flow_is_told_in_cells_of_the_mid_level() -> None:
    regression = regression_of(WarpedSkipConfig(8))
    bias = regression.out.conv.bias
    assert bias is not None
    bias.data.copy_(torch.tensor([1.0, 2.0, 3.0]))
    motion = prepared(regression, noise(1, 1, 4, 8, 6).float())
    field, _ = told(regression, noise(1, 1, 4, 8, 6).float(), motion)
    assert torch.equal(field.flow[0, 0, 0, :, 0, 0], torch.tensor([2 / 8, 2 * 2 / 4]))
    assert torch.equal(field.confidence, torch.full((1, 1, 1, 4, 8), 3.0))


def test_each_step_within_a_latent_has_its_own_flow() -> None:
    regression = regression_of(WarpedSkipConfig(8, regressed_steps=4))
    bias = regression.out.conv.bias
    assert bias is not None
    bias.data.view(4, 3)[:, 2] = torch.arange(4.0)
    motion = prepared(regression, noise(1, 1, 4, 4, 6).float())
    x = noise(1, 3, 4, 4, 6).float()
    whole, last = told(regression, x, motion)
    later = told(regression, x, motion, last)[0].confidence[0, :, 0, 0, 0]
    assert torch.equal(later, torch.arange(4.0).repeat(3))
    begun = whole.confidence[0, :, 0, 0, 0]
    assert torch.equal(begun, later[3:]), "a clip's first latent is a single frame"


def test_latents_that_say_the_same_place_are_not_moved_by_it() -> None:
    placement = randomised(Placement(3, 5))
    z = noise(1, 2, 4, 6, 3)
    assert placement(z).shape == (1, 2, 2, 4, 4)
    assert torch.allclose(placement(z.flip(1)), placement(z).flip(1)), "each by itself"
    regression = regression_of(WarpedSkipConfig(8, placement_channels=5))
    assert regression.placement
    randomised(regression.placement).float()
    x = noise(1, 1, 4, 4, 6).float()
    same, other = prepared(regression, x), prepared(regression, x + 1)
    assert not told(regression, x, same)[0].flow.any()
    assert told(regression, x, other)[0].flow.any()


def test_what_moves_evenly_from_latent_to_latent_moves_evenly_in_every_frame() -> None:
    carry, hidden = CarriedFlow(8, steps=4), noise(3, 2, 4, 4, 8).float()
    steps = torch.tensor([2.5, 6.5, 10.5]).view(1, 3, 1, 1, 1, 1, 1)
    told = steps.expand(1, 3, 4, 2, 2, 4, 4)  # by latents: where things are on average
    flow, last = carry(told, hidden.view(1, 6, 4, 4, 8), told[:, 0, 0] - 4)
    assert torch.allclose(flow.flatten(1, 2)[0, :, 0, 0, 0, 0], torch.arange(1.0, 13.0))
    assert torch.equal(last, told[:, -1, 0])


def test_a_clip_begins_at_rest_with_its_first_latents_last_step() -> None:
    carry = randomised(CarriedFlow(8, steps=4))
    flow, hidden = noise(1, 2, 4, 1, 2, 4, 4), noise(1, 2, 4, 4, 8, seed=1)
    begun, last = carry(flow, hidden, None)
    assert torch.equal(begun[:, 0, -1], flow[:, 0, -1])
    again, _ = carry(flow[:, 1:], hidden[:, 1:], flow[:, 0, -1])
    assert torch.allclose(again, begun[:, 1:])
    assert torch.allclose(last, flow[:, 1].mean(1))


def test_each_place_learns_which_share_of_the_motion_it_carries_on() -> None:
    carry = CarriedFlow(2, steps=2)
    with torch.no_grad():
        carry.share.conv.weight[:, 0, 1, 1] = -1.0
    hidden = torch.zeros(1, 2, 4, 4, 2)
    hidden[0, 1, :, 2, 0] = 1.0
    told = torch.tensor([0.0, 8.0]).view(1, 2, 1, 1, 1, 1, 1).expand(1, 2, 2, 1, 2, 4, 4)
    flow, _ = carry(told, hidden, None)
    assert flow[0, 1, :, 0, 0, 0, 0].tolist() == [6.0, 10.0]
    assert flow[0, 1, :, 0, 0, 0, 2].tolist() == [-2.0, 2.0]


@pytest.mark.parametrize("first", [True, False])
def test_levels_of_fewer_steps_see_the_mean_those_of_more_the_same(first: bool) -> None:
    steps = 5 if first else 4
    field = FlowField(noise(1, steps, 2, 2, 4, 4).float(), noise(1, steps, 2, 4, 4).float())
    flow, alone = RegressedFlow(field, frames=2), 1 if first else 0
    fewer = flow.at_level(4, (4, 4), first)
    for before, after in zip(field, fewer, strict=True):
        assert torch.equal(after[:, :alone], before[:, :alone])
        assert torch.allclose(after[:, alone], before[:, alone : alone + 2].mean(1))
    more = flow.at_level(1, (8, 8), first)
    finer = field.resize((8, 8))
    assert torch.equal(more.flow[:, -1], finer.flow[:, -1])
    assert torch.equal(more.flow[:, -2], finer.flow[:, -1])
    assert more.flow.shape[1] == 2 * steps - alone
    assert torch.equal(flow.at_level(2, (4, 4), first).flow, field.flow)


def test_each_references_flow_depends_on_that_reference_alone() -> None:
    regression = randomised(regression_of(ALL))
    x, mid, looks = (noise(1, n, 4, 4, w, seed=n) for n, w in ((2, 6), (3, 6), (3, 5)))
    every, _ = told(regression, x, prepared(regression, mid, looks))
    alone, _ = told(regression, x, prepared(regression, mid[:, 1:2], looks[:, 1:2]))
    assert torch.allclose(every.flow[:, :, 1:2], alone.flow)
    assert torch.allclose(every.confidence[:, :, 1:2], alone.confidence)
    assert not torch.allclose(every.flow[:, :, :1], alone.flow)
    other, _ = told(regression, x, prepared(regression, mid[:, 1:2], looks[:, :1]))
    assert not torch.allclose(other.flow, alone.flow), "what it looks like counts too"


def test_a_gap_that_no_reference_shows_is_where_the_flow_draws_out_to_nothing() -> None:
    flow = torch.zeros(1, 1, 1, 2, 8, 6)
    gap = torch.tensor([0.0, 0, 0, -1, -2, -3, -3, -3])  # cells, by row: four show the same place
    flow[0, 0, 0, 1] = (gap * 2 / 8)[:, None]
    seen = FlowField(flow, torch.zeros(1, 1, 1, 8, 6)).stretch()
    assert seen.shape == (1, 1, 8, 6, 4)
    assert torch.allclose(seen[0, 0, :, 2, 3], torch.tensor([0, 0, -0.5, -1, -1, -0.5, 0, 0]))
    assert not seen[..., :3].any()
    turned = FlowField(flow.flip(3).mT, torch.zeros(1, 1, 1, 6, 8)).stretch()
    assert torch.allclose(turned[0, 0, 2, :, 0], seen[0, 0, :, 2, 3])


def test_stretch_is_blended_over_references_and_says_nothing_before_training() -> None:
    one, other = noise(1, 2, 1, 2, 4, 4).float(), noise(1, 2, 1, 2, 4, 4, seed=1).float()
    sure = torch.tensor([20.0, -20.0]).view(1, 1, 2, 1, 1).expand(1, 2, 2, 4, 4)
    both = FlowField(torch.cat([one, other], 2), sure)
    alone = FlowField(one, torch.zeros(1, 2, 1, 4, 4))
    assert torch.allclose(both.stretch(), alone.stretch(), atol=1e-5)
    x = noise(1, 2, 4, 4, 6).float()
    assert torch.equal(Stretch(6)(x, both), x)


def test_warped_maps_have_channels_last() -> None:
    field = FlowField(noise(1, 2, 3, 2, 4, 4).float(), noise(1, 2, 3, 4, 4).float())
    pictures = noise(1, 3, 5, 4, 4).float()
    seen = SkipLevel(5, 6).warp_maps(field, pictures)
    assert seen.shape == (1, 2, 3, 4, 4, 5)
    assert torch.equal(seen.movedim(-1, 3), warp(pictures, field.flow))


@pytest.mark.parametrize("first", [True, False])
def test_before_training_a_flow_field_is_only_upsampled(first: bool) -> None:
    field = FlowField(noise(1, 2, 3, 2, 4, 4).float(), noise(1, 2, 3, 4, 4).float())
    refinement = FlowRefinement(5, 6, 4, StageConfig(6, spatial_factor=2, temporal_factor=2))
    x, seen = noise(1, 2, 4, 4, 6).float(), noise(1, 2, 3, 4, 4, 5).float()
    after = refinement(x, seen, Correction(field, None), first).field
    finer = field.upsample(2, 2, first)
    assert torch.equal(after.flow, finer.flow)
    assert torch.equal(after.confidence, finer.confidence)


def test_a_single_reference_has_all_the_weight() -> None:
    level, x, seen = SkipLevel(5, 6), noise(1, 2, 4, 4, 6).float(), noise(1, 2, 1, 4, 4, 5)
    twice = seen.expand(-1, -1, 2, -1, -1, -1).float()
    alone = level.add_blended(x.clone(), seen.float(), torch.ones(1, 2, 1, 4, 4))
    assert torch.allclose(
        level.add_blended(x.clone(), twice, torch.full((1, 2, 2, 4, 4), 0.5)), alone
    )
    assert torch.allclose(alone, x + level.proj(seen[:, :, 0].float()), atol=1e-6)


@pytest.mark.parametrize("first", [True, False])
def test_a_refinement_moves_its_own_frame_and_place_by_finer_cells(first: bool) -> None:
    refinement = FlowRefinement(5, 6, 4, StageConfig(6, spatial_factor=2, temporal_factor=2))
    frame, row, column = 1, 1, 0
    bias = refinement.out.conv.bias
    assert bias is not None
    bias.data.view(2, 2, 2, 3)[frame, row, column] = torch.tensor([1.0, -1.0, 3.0])
    field = FlowField(torch.zeros(1, 2, 2, 2, 4, 8), torch.zeros(1, 2, 2, 4, 8))
    x, seen = noise(1, 2, 4, 8, 6).float(), noise(1, 2, 2, 4, 8, 5).float()
    flow, confidence = refinement(x, seen, Correction(field, None), first).field
    since = 1 if first else 0  # a clip's first latent is its second frame
    assert flow.shape == (1, 4 - since, 2, 2, 8, 16)
    moved = slice(frame - since, None, 2), slice(None), slice(row, None, 2), slice(column, None, 2)
    assert torch.all(confidence[0][moved] == 3)
    assert confidence.count_nonzero() == confidence[0][moved].numel()
    x_of, y_of = flow[0].unbind(2)
    assert torch.all(x_of[moved] == 2 / 16)
    assert torch.all(y_of[moved] == -2 / 8)
    assert flow.count_nonzero() == 2 * confidence.count_nonzero()


def test_what_stands_still_behind_a_head_is_scaled_to_stand_still() -> None:
    finer = StageConfig(6, spatial_factor=2, temporal_factor=2)
    refinement = FlowRefinement(5, 6, 4, finer, scales=True)
    assert refinement.scale
    bias = refinement.scale.conv.bias
    assert bias is not None
    bias.data.view(2, 2, 2)[1] = -1.0  # the second frame of each step, everywhere
    x, seen = noise(1, 3, 4, 4, 6).float(), noise(1, 3, 2, 4, 4, 5).float()
    correction = refinement(x, seen.clone(), None, first=True)
    field = FlowField(noise(1, 5, 2, 2, 8, 8).float(), noise(1, 5, 2, 8, 8).float())
    corrected = correction(field)
    assert not corrected.flow[:, ::2].any()
    assert torch.equal(corrected.flow[:, 1::2], field.flow[:, 1::2])
    assert torch.equal(corrected.confidence, field.confidence)
    finest = FlowRefinement(5, 6, 4, StageConfig(6, spatial_factor=2), scales=True)
    x, seen = noise(1, 5, 8, 8, 6).float(), noise(1, 5, 2, 8, 8, 5).float()
    again = finest(x, seen, correction, first=True)(field.resize((16, 16)))
    assert not again.flow[:, ::2].any(), "corrections of coarser levels stay"
    assert again.flow[:, 1::2].any()


def test_references_are_refined_each_by_what_it_shows() -> None:
    refinement = randomised(FlowRefinement(5, 6, 4, StageConfig(6, spatial_factor=2)))
    x, seen = noise(1, 1, 4, 4, 6), noise(1, 1, 2, 4, 4, 5)
    flow, confidence = refinement(x, seen.clone(), None, first=True).field
    turned = refinement(x, seen.flip(2), None, first=True).field
    assert torch.allclose(turned.flow, flow.flip(2))
    assert torch.allclose(turned.confidence, confidence.flip(2))
    assert not torch.allclose(flow[:, :, 0], flow[:, :, 1])


def test_the_last_level_warps_pixels_the_others_features() -> None:
    vae = CausalVideoVae(SMALL)
    photos = noise(1, 2, 3, 32, 32).float()
    known = vae.encode_references(photos).skip
    assert known is not None
    assert [tuple(m.shape) for m in known.maps] == [
        (1, 2, 4, 4, 4),
        (1, 2, 4, 8, 8),
        (1, 2, 3, 16, 16),
    ]
    assert torch.allclose(known.maps[-1][0, 1, :, 0, 0], photos[0, 1, :, :2, :2].mean((1, 2)))


def test_steps_that_do_not_divide_a_latent_are_refused() -> None:
    with pytest.raises(ValueError, match="3 steps of flow in 4 frames"):
        replace(SMALL, skip=WarpedSkipConfig(regressed_steps=3))


def test_levels_that_meet_no_level_of_the_encoder_are_refused() -> None:
    e1 = (
        StageConfig(16, spatial_factor=4, temporal_factor=2),
        StageConfig(16, spatial_factor=2, temporal_factor=2),
    )
    finest = StageConfig(8, temporal_factor=2)
    d2 = (
        StageConfig(16),
        StageConfig(8, spatial_factor=2, temporal_factor=2),
        StageConfig(8, spatial_factor=2),
        finest,
    )
    with pytest.raises(ValueError, match="no level at 1/2 "):
        WarpedSkip(replace(SMALL, e1=e1, d2=d2), WarpedSkipConfig())
