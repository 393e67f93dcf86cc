"""Self-forcing: what a student draws in training is what it draws live, block by block."""

from dataclasses import replace
from functools import partial

import pytest
import torch

from core.model.audio_encoders.audio_encoder import SpeechAudioEncoder
from core.model.generator.flow_transformer import Generator
from core.model.generator.kv_cache import TimestepForcingPolicy
from core.model.generator.rectified_flow import predict_clean, timestep_schedule
from core.model.generator.rollout import Rollout, stream_blocks
from core.neural.inference import StreamingInference
from core.training.avatar.samples import embed_audio
from core.training.avatar.self_forcing import (
    RolloutConditions,
    SelfForcingConfig,
    block_velocity,
    encode_conditions,
    roll_out,
)
from tests.core.model.small import SMALL, latents, sampled
from tests.core.neural.small import avatar, encoder, reference_frames
from tests.core.neural.small import sampled as tiny_sampled
from tests.draws import filled

same = partial(torch.testing.assert_close, rtol=0, atol=1e-6)
LATENTS, STEPS = 7, 3


@pytest.fixture(scope="module", params=[True, False], ids=["rolling sink", "fixed sink"])
def network(request: pytest.FixtureRequest) -> Generator:
    network = Generator(replace(SMALL, rolling_sink=request.param)).double().eval()
    return filled(network, matrices=0.3)


@pytest.fixture
def script() -> RolloutConditions:
    torch.manual_seed(3)
    frames = torch.randn(2, 1 + 4 * (LATENTS - 1), SMALL.audio.feature_size, dtype=torch.float64)
    return RolloutConditions(frames, latents(2), torch.tensor([[True, True], [True, False]]))


def forcing(block: int, corruption: float = 0.0, renews: bool = False) -> SelfForcingConfig:
    return SelfForcingConfig(
        timestep_schedule(STEPS, SMALL.sampling.shift), block, corruption, renews
    )


@pytest.mark.parametrize("block", [1, 2, 3])
@pytest.mark.parametrize("renews", [False, True])
def test_a_student_that_leaves_at_the_last_step_draws_as_live(
    network: Generator, script: RolloutConditions, block: int, renews: bool
) -> None:
    noise = latents(LATENTS)
    blocks = roll_out(network, script, noise, forcing(block, renews=renews), STEPS - 1)
    policy = TimestepForcingPolicy(SMALL.history, block, replaces_sink=renews)
    rollout = Rollout(network, policy, sampled(block=block, steps=STEPS))
    state, drawn = rollout.start(script.references, script.present), []
    sizes = stream_blocks(LATENTS, block)
    sounds = torch.split(embed_audio(network, script.features), sizes, 1)
    for sound, part in zip(sounds, torch.split(noise, sizes, 1), strict=True):
        made, state = rollout.step(part, sound, state)
        drawn.append(made)
    same(torch.cat([b.clean for b in blocks], 1), torch.cat(drawn, 1))


@pytest.mark.parametrize("block", [1, 2, 4])
def test_a_student_practises_in_the_blocks_of_live_use(block: int) -> None:
    network, sampling = avatar(), tiny_sampled(block=block)
    photo = reference_frames().references
    live = StreamingInference(network, SpeechAudioEncoder(encoder()), photo, sampling)
    state = live.start(seed=1)
    lengths = [int(state.rollout.cache.length)]
    for _ in range(2):
        heard, state = live.encode_audio(torch.zeros(1, live.conditioner.hop), state)
        _, state = live.sample(heard, state)
        lengths.append(int(state.rollout.cache.length))
    shape = network.config.generator
    features = torch.zeros(1, 1 + 4 * 2 * block, shape.audio.feature_size)
    noise = torch.zeros(1, 1 + 2 * block, shape.latent_channels, shape.grid, shape.grid)
    conditions = RolloutConditions(features, noise[:, :1], torch.ones(1, 1, dtype=torch.bool))
    blocks = roll_out(network.generator, conditions, noise, forcing(block), 0)
    assert [int(made.positions[-1]) + 1 for made in blocks] == lengths


@pytest.mark.parametrize("step", range(STEPS))
def test_a_block_computed_again_ends_where_it_did_and_gradients_stay_in_it(
    network: Generator, script: RolloutConditions, step: int
) -> None:
    drawn = forcing(2, corruption=0.3, renews=True)
    blocks = roll_out(network, script, latents(LATENTS), drawn, step)
    assert not any(block.clean.requires_grad or block.past.keys.requires_grad for block in blocks)
    for block in blocks:
        known = encode_conditions(network, block.conditions)
        said, _ = block_velocity(
            network, known, block.noisy, drawn.times[step], block.positions, block.past
        )
        assert said.requires_grad
        same(predict_clean(block.noisy, said, drawn.times[step]), block.clean)


def test_a_corrupted_history_changes_what_follows_but_not_the_first_block(
    network: Generator, script: RolloutConditions
) -> None:
    noise = latents(LATENTS)
    plain, disturbed = (
        roll_out(network, script, noise, forcing(2, corruption), 1) for corruption in (0.0, 0.5)
    )
    same(plain[0].clean, disturbed[0].clean)
    assert (plain[1].clean - disturbed[1].clean).abs().max() > 1e-3


def test_no_more_is_remembered_than_the_network_looks_back(script: RolloutConditions) -> None:
    short = Generator(replace(SMALL, history=3)).double()
    blocks = roll_out(short, script, latents(LATENTS), forcing(1), 0)
    remembered = [block.past.keys.shape[3] // SMALL.tokens_per_latent for block in blocks]
    assert remembered == [0, 1, 2, 3, 3, 3, 3]
