"""A stream whose steps are done by one rank each is the stream of one process."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from core.model.generator.flow_transformer import Generator
from core.model.generator.kv_cache import TimestepForcingPolicy
from core.model.generator.rectified_flow import timestep_schedule
from core.model.generator.rollout import Rollout
from core.model.generator.timestep_pipeline import (
    DenoisingRank,
    DistributedRankLink,
    receive_latents,
    run_denoising_rank,
)
from tests.core.model.small import SMALL, audio, generator, latents, sampled
from tests.core.model.small_vae import small_vae
from tests.core.ranks import run_ranks

SIZES = [2, 2, 1, 2, 2]
COOL = {"temperature": 0.7, "lip_temperature": 0.2}
STEPS = 2
MADE = "made.safetensors"


def given() -> tuple[list[Tensor], list[Tensor], Tensor, Tensor]:
    """Return sound and noise of each block, references, and which of these there are."""
    torch.manual_seed(4)
    sounds = list(torch.split(audio(sum(SIZES)), SIZES, 1))
    noise = list(torch.split(latents(sum(SIZES)), SIZES, 1))
    return sounds, noise, latents(2), torch.tensor([[True, True], [True, False]])


def alone(network: Generator, cfg_scale: float, replaces_sink: bool) -> list[Tensor]:
    policy = TimestepForcingPolicy(SMALL.history, 2, replaces_sink)
    sounds, noise, references, has_reference = given()
    sampling = sampled(steps=STEPS, cfg_scale=cfg_scale, **COOL)
    rollout = Rollout(network, policy, sampling)
    state, drawn = rollout.start(references, has_reference), []
    for sound, part in zip(sounds, noise, strict=True):
        block, state = rollout.step(part, sound, state)
        drawn.append(block)
    return drawn


@pytest.mark.parametrize("cfg_scale", [1.0, 2.0])
def test_ranks_one_after_the_other_sample_as_a_rollout(cfg_scale: float) -> None:
    network = generator()
    sampling = sampled(steps=STEPS, cfg_scale=cfg_scale, **COOL)
    policy = TimestepForcingPolicy(SMALL.history, 2)
    sounds, noise, references, has_reference = given()
    ranks = [DenoisingRank(network, policy, sampling, step) for step in range(STEPS)]
    states = [rank.start(references, has_reference) for rank in ranks]
    for index, expected in enumerate(alone(network, cfg_scale, replaces_sink=True)):
        point = noise[index]
        for step, rank in enumerate(ranks):
            point, states[step] = rank.denoise(point, sounds[index], states[step])
        torch.testing.assert_close(point, expected, rtol=0, atol=1e-9)
        if index == 0:
            pairs = zip(ranks, states, strict=True)
            states = [rank.replace_sink(point[:, :1], state) for rank, state in pairs]


def test_ranks_in_half_precision_are_told_exact_times() -> None:
    half, sampling = generator().bfloat16(), sampled(steps=5)
    policy = TimestepForcingPolicy(SMALL.history, 2)
    _, _, references, has_reference = given()
    for step, time in enumerate(timestep_schedule(5, SMALL.sampling.shift)[:-1]):
        rank = DenoisingRank(half, policy, sampling, step)
        state = rank.start(references.bfloat16(), has_reference)
        exact = half.modulate_at(torch.tensor([[time]], dtype=torch.float32))
        assert torch.equal(state.modulation.layers, exact.layers), time


class OneAfterTheOther:
    """Satisfies `RankLink` for ranks that run one after the other: what is sent is kept."""

    def __init__(self, rank: int, sent: dict[int, Tensor], log: list[str]) -> None:
        self.rank, self._sent, self._log = rank, sent, log

    def send(self, tensor: Tensor, to: int) -> None:
        self._sent[to] = tensor

    def flush(self) -> None:
        self._log.append(f"{self.rank} ends")

    def receive(self, like: Tensor, source: int) -> Tensor:
        return self._sent[self.rank]

    def broadcast(self, tensor: Tensor, source: int) -> Tensor:
        self._log.append(f"{self.rank} hears {source}")
        return tensor


@pytest.mark.parametrize("replaces_sink", [True, False])
def test_ranks_of_a_stream_of_one_block_hear_the_sink_before_they_end(replaces_sink: bool) -> None:
    """All ranks take part in a broadcast, or the one that decodes waits for ever."""
    sounds, noise, references, has_reference = given()
    policy = TimestepForcingPolicy(SMALL.history, 2, replaces_sink)
    sent: dict[int, Tensor] = {}
    log: list[str] = []
    for step in range(STEPS):
        rank = DenoisingRank(generator(), policy, sampled(steps=STEPS, **COOL), step)
        state, link = rank.start(references, has_reference), OneAfterTheOther(step, sent, log)
        run_denoising_rank(rank, state, sounds[:1], iter(noise[:1]), link)
    decoder = OneAfterTheOther(STEPS, sent, log)
    (made,) = receive_latents(noise[:1], replaces_sink, decoder)
    expected = alone(generator(), 1.0, replaces_sink)[0]
    torch.testing.assert_close(made, expected, rtol=0, atol=1e-9)
    sink = ["0 hears 2", "0 ends", "1 hears 2", "1 ends", "2 hears 2"]
    assert log == (sink if replaces_sink else ["0 ends", "1 ends"])


@pytest.mark.slow
def test_a_rank_for_each_step_and_one_for_the_decoder_sample_as_one_process(tmp_path: Path) -> None:
    run_ranks(__name__, STEPS + 1, tmp_path)
    made, expected = load_file(tmp_path / MADE), alone(generator(), 1.0, replaces_sink=True)
    torch.testing.assert_close(made["latents"], torch.cat(expected, 1), rtol=0, atol=1e-9)
    torch.testing.assert_close(made["frames"], decoded(expected), rtol=0, atol=1e-9)


def work(folder: Path) -> None:
    """Be one rank."""
    sounds, noise, references, has_reference = given()
    line = DistributedRankLink()
    if line.rank < STEPS:
        policy = TimestepForcingPolicy(SMALL.history, 2)
        rank = DenoisingRank(generator(), policy, sampled(steps=STEPS, **COOL), line.rank)
        run_denoising_rank(rank, rank.start(references, has_reference), sounds, iter(noise), line)
    else:
        blocks = list(receive_latents(noise, True, line))
        save_file({"latents": torch.cat(blocks, 1), "frames": decoded(blocks)}, folder / MADE)


@torch.no_grad()
def decoded(blocks: list[Tensor]) -> Tensor:
    """Decode latents block after block, with colours for channels that the VAE has more."""
    vae = small_vae()
    wide = vae.config.latent_channels // SMALL.latent_channels
    known = vae.encode_references(torch.zeros(2, 0, 3, 32, 32, dtype=torch.float64))
    state, painted = None, []
    for block in blocks:
        layers, state = vae.decode(block.repeat(1, 1, wide, 1, 1), known, state)
        painted.append(layers.composition.residual)
    return torch.cat(painted, 1)
