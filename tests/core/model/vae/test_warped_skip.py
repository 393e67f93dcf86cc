from dataclasses import replace

import pytest
import torch

from core.model.vae.causal_vae import CausalVideoVae
from core.model.vae.flow_field import FlowField, warp
from core.model.vae.vae_config import StageConfig, WarpedSkipConfig
from core.model.vae.warped_skip import FlowRefinement, ReferenceMatching, SkipLevel, WarpedSkip
from tests.core.model.small_vae import SMALL, noise, randomised


def test_before_training_each_place_matches_itself() -> None:
    matching = ReferenceMatching(6, 5, 32)
    keys = matching.keys(noise(1, 2, 16, 16, 5).float())
    match = matching(noise(1, 1, 16, 16, 6).float(), keys)
    cell = 2 / 16
    assert match.flow_field.flow.shape == (1, 1, 2, 2, 16, 16)
    assert match.flow_field.flow[..., 4:-4, 4:-4].abs().max() < 0.5 * cell
    best = match.logits[0, 0, :, 1].argmax(-1)
    assert torch.equal(best, torch.arange(256))


def test_a_match_is_found_where_it_lies() -> None:
    matching = ReferenceMatching(4, 4, 8).double()
    target, source = torch.zeros(2, 1, 1, 8, 8, 4, dtype=torch.float64)
    target[0, 0, 2, 3, 1] = source[0, 0, 5, 7, 1] = 9.0
    for mix in (matching.query, matching.key):
        torch.nn.init.zeros_(mix.bias)
        mix.weight.data.copy_(torch.eye(8, 4))  # the slow pairs: likeness, wherever it lies
        mix.weight.data[[1, 3]] = mix.weight.data[[3, 1]]
    matching.log_logit_scale.data.fill_(5.0)
    match = matching(target, matching.keys(source))
    assert torch.allclose(
        match.flow_field.flow[0, 0, 0, :, 2, 3],
        torch.tensor([4 * 0.25, 3 * 0.25]).double(),
        atol=0.02,
    )


def test_a_match_at_any_logit_scale_is_finite() -> None:
    matching = ReferenceMatching(4, 4, 8)
    matching.log_logit_scale.data.fill_(20.0)  # e to the 20th
    x = noise(1, 1, 8, 8, 4).float()
    match = matching(x, matching.keys(-x))
    assert match.flow_field.flow.isfinite().all()
    assert match.flow_field.confidence.isfinite().all()
    assert torch.allclose(
        match.logits.flatten(3).logsumexp(-1), match.flow_field.confidence.flatten(2)
    )


def test_the_more_confident_reference_weighs_more() -> None:
    matching = randomised(ReferenceMatching(6, 5, 16))
    x, features = noise(1, 1, 4, 4, 6), noise(1, 2, 4, 4, 5, seed=1)
    match = matching(x, matching.keys(features))
    joint = match.logits.flatten(3).softmax(-1).view(1, 1, 16, 2, 16).sum(-1)
    shares = match.flow_field.reference_weights().flatten(3).transpose(2, 3)
    assert torch.allclose(shares, joint)


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
    after, finer = refinement(x, seen, field, first), field.upsample(2, 2, first)
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
    flow, confidence = refinement(x, seen, field, first)
    since = 1 if first else 0  # a clip's first latent is its second frame
    assert flow.shape == (1, 4 - since, 2, 2, 8, 16)
    moved = slice(frame - since, None, 2), slice(None), slice(row, None, 2), slice(column, None, 2)
    assert torch.all(confidence[0][moved] == 3)
    assert confidence.count_nonzero() == confidence[0][moved].numel()
    x_of, y_of = flow[0].unbind(2)
    assert torch.all(x_of[moved] == 2 / 16)
    assert torch.all(y_of[moved] == -2 / 8)
    assert flow.count_nonzero() == 2 * confidence.count_nonzero()


def test_references_are_refined_each_by_what_it_shows() -> None:
    refinement = randomised(FlowRefinement(5, 6, 4, StageConfig(6, spatial_factor=2)))
    field = FlowField(torch.zeros(1, 1, 2, 2, 4, 4).double(), torch.zeros(1, 1, 2, 4, 4).double())
    x, seen = noise(1, 1, 4, 4, 6), noise(1, 1, 2, 4, 4, 5)
    flow, confidence = refinement(x, seen.clone(), field, first=True)
    turned = refinement(x, seen.flip(2), field, first=True)
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
