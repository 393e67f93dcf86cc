from dataclasses import replace

import pytest
import torch

from core.model.field import Field
from core.model.skip import Matching, Skip, SkipLevel
from core.model.vae import CausalVideoVae
from core.model.vae_config import SkipConfig, StageConfig
from tests.core.model.small_vae import SMALL, noise, randomised


def test_before_training_each_place_matches_itself() -> None:
    matching = Matching(6, 5, 32)
    keys = matching.keys(noise(1, 2, 16, 16, 5).float())
    match = matching(noise(1, 1, 16, 16, 6).float(), keys)
    cell = 2 / 16
    assert match.field.flow.shape == (1, 1, 2, 2, 16, 16)
    assert match.field.flow[..., 4:-4, 4:-4].abs().max() < 0.5 * cell
    likeliest = match.likeness[0, 0, :, 1].argmax(-1)
    assert torch.equal(likeliest, torch.arange(256))


def test_a_match_is_found_where_it_lies() -> None:
    matching = Matching(4, 4, 8).double()
    target, source = torch.zeros(2, 1, 1, 8, 8, 4, dtype=torch.float64)
    target[0, 0, 2, 3, 1] = source[0, 0, 5, 7, 1] = 9.0
    for mix in (matching.query, matching.key):
        torch.nn.init.zeros_(mix.bias)
        mix.weight.data.copy_(torch.eye(8, 4))  # the slow pairs: likeness, wherever it lies
        mix.weight.data[[1, 3]] = mix.weight.data[[3, 1]]
    matching.sharpness.data.fill_(5.0)
    match = matching(target, matching.keys(source))
    assert torch.allclose(
        match.field.flow[0, 0, 0, :, 2, 3], torch.tensor([4 * 0.25, 3 * 0.25]).double(), atol=0.02
    )


def test_a_match_of_any_sharpness_is_a_number() -> None:
    matching = Matching(4, 4, 8)
    matching.sharpness.data.fill_(20.0)  # e to the 20th
    x = noise(1, 1, 8, 8, 4).float()
    match = matching(x, matching.keys(-x))
    assert match.field.flow.isfinite().all()
    assert match.field.confidence.isfinite().all()
    assert torch.allclose(
        match.likeness.flatten(3).logsumexp(-1), match.field.confidence.flatten(2)
    )


def test_the_surer_reference_weighs_more() -> None:
    matching = randomised(Matching(6, 5, 16))
    x, features = noise(1, 1, 4, 4, 6), noise(1, 2, 4, 4, 5, seed=1)
    match = matching(x, matching.keys(features))
    joint = match.likeness.flatten(3).softmax(-1).view(1, 1, 16, 2, 16).sum(-1)
    shares = match.field.weight().flatten(3).transpose(2, 3)
    assert torch.allclose(shares, joint)


def test_a_level_that_is_not_trained_leaves_the_flow_as_it_is() -> None:
    field = Field(noise(1, 2, 3, 2, 4, 4).float(), noise(1, 2, 3, 4, 4).float())
    level = SkipLevel(5, 6, 4)
    seen = level.seen(field, noise(1, 3, 5, 4, 4).float())
    assert seen.shape == (1, 2, 3, 4, 4, 5)
    after = level.refined(noise(1, 2, 4, 4, 6).float(), seen, field)
    assert torch.equal(after.flow, field.flow)
    assert torch.equal(after.confidence, field.confidence)


def test_the_only_reference_gives_all_of_the_hint() -> None:
    level, x, seen = SkipLevel(5, 6, 4), noise(1, 2, 4, 4, 6).float(), noise(1, 2, 1, 4, 4, 5)
    twice = seen.expand(-1, -1, 2, -1, -1, -1).float()
    alone = level.hinted(x.clone(), seen.float(), torch.ones(1, 2, 1, 4, 4))
    assert torch.allclose(level.hinted(x.clone(), twice, torch.full((1, 2, 2, 4, 4), 0.5)), alone)
    assert torch.allclose(alone, x + level.into(seen[:, :, 0].float()), atol=1e-6)


def test_a_refined_flow_moves_by_cells() -> None:
    field = Field(torch.zeros(1, 1, 1, 2, 4, 8), torch.zeros(1, 1, 1, 4, 8))
    level = SkipLevel(5, 6, 4)
    bias = level.out.mix.bias
    assert bias is not None
    bias.data.copy_(torch.tensor([1.0, -1.0, 3.0]))
    seen = level.seen(field, noise(1, 1, 5, 4, 8).float())
    after = level.refined(noise(1, 1, 4, 8, 6).float(), seen, field)
    assert torch.allclose(after.flow[..., 0, 0], torch.tensor([0.25, -0.5]))
    assert torch.all(after.confidence == 3)


def test_the_last_level_carries_pixels_the_others_features() -> None:
    vae = CausalVideoVae(SMALL)
    photos = noise(1, 2, 3, 32, 32).float()
    known = vae.refer(photos).skip
    assert known is not None
    assert [tuple(m.shape) for m in known.maps] == [
        (1, 2, 4, 4, 4),
        (1, 2, 4, 8, 8),
        (1, 2, 3, 16, 16),
    ]
    assert torch.allclose(known.maps[-1][0, 1, :, 0, 0], photos[0, 1, :, :2, :2].mean((1, 2)))


def test_levels_that_meet_no_level_of_the_encoder_are_refused() -> None:
    e1 = (StageConfig(16, space=4, time=2), StageConfig(16, space=2, time=2))
    finest = StageConfig(8, time=2)
    d2 = (StageConfig(16), StageConfig(8, space=2, time=2), StageConfig(8, space=2), finest)
    with pytest.raises(ValueError, match="no level at 1/2 "):
        Skip(replace(SMALL, e1=e1, d2=d2), SkipConfig())
