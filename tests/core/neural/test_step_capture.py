"""What is replayed is what the step itself would have done."""

from dataclasses import replace
from typing import Any, NamedTuple, get_args

import pytest
import torch
from torch import Tensor

from core.model.avatar import prepack
from core.model.generator.generator_config import KVCacheMode
from core.model.generator.kv_cache import cache_policy
from core.model.generator.rollout import Rollout, RolloutState
from core.neural.step_capture import CapturedStep
from tests.core.neural.small import CONFIG, avatar


class Past(NamedTuple):
    total: Tensor
    ring: Tensor
    fresh: bool


def step(x: Tensor, past: Past) -> tuple[dict[str, Tensor], Past]:
    place = past.total.long() % len(past.ring)
    past.ring.index_copy_(0, place[None], x[None])
    y = past.ring.sum(0) if past.fresh else past.ring.mean(0)
    return {"y": y, "seen": past.ring}, Past(past.total + 1, past.ring, past.fresh)


def beginning() -> Past:
    return Past(torch.zeros(()), torch.zeros(3, 2), fresh=False)


def test_a_replayed_step_gives_what_the_step_gives() -> None:
    replay, plain, recorded = CapturedStep(step), beginning(), beginning()
    for n in range(6):
        x = torch.tensor([n + 1.0, -n])
        expected, plain = step(x, plain)
        found, recorded = replay(x, state=recorded)
        assert torch.equal(found["y"], expected["y"])
        assert torch.equal(recorded.ring, plain.ring)
        assert recorded.total == plain.total == n + 1
        assert recorded.fresh is False


def test_what_would_stay_as_it_was_is_refused() -> None:
    def count(x: Tensor, steps: int) -> tuple[Tensor, int]:
        return x + steps, steps + 1

    with pytest.raises(TypeError, match="from 3 to 4; make it a tensor"):
        CapturedStep(count)(torch.ones(2), state=3)


def test_making_the_recording_changes_no_state() -> None:
    past = beginning()
    _, after = CapturedStep(step)(torch.ones(2), state=past)
    assert after.total == 1
    assert torch.equal(after.ring, torch.tensor([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]]))


def test_a_replayed_state_may_be_begun_anew() -> None:
    replay = CapturedStep(step)
    first, _ = replay(torch.ones(2), state=beginning())
    kept = first["y"].clone()
    again, _ = replay(torch.ones(2), state=beginning())
    assert torch.equal(again["y"], kept)


@pytest.mark.parametrize("kv_cache", get_args(KVCacheMode))
def test_a_recorded_rollout_draws_the_same_beyond_its_window(kv_cache: KVCacheMode) -> None:
    config = CONFIG.generator
    sampling = replace(config.sampling, kv_cache=kv_cache)
    rollout = Rollout(avatar().generator, cache_policy(config, sampling), sampling)
    replay: CapturedStep[RolloutState] = CapturedStep(rollout.step)
    noise = torch.randn(config.window + 4, 1, 1, config.latent_channels, config.grid, config.grid)
    heard = torch.randn(len(noise), 1, 1, config.audio.width)
    plain = rollout.start(noise[0], torch.ones(1, 1, dtype=torch.bool))
    _, plain = rollout.step(noise[0], heard[0], plain)
    recorded = plain.copy()
    for each, sound in zip(noise[1:], heard[1:], strict=True):
        expected, plain = rollout.step(each, sound, plain)
        found, recorded = replay(each, sound, state=recorded)
        assert torch.equal(found, expected)


def test_a_recorded_rollout_with_packed_weights_draws_the_same() -> None:
    network, config = avatar(), CONFIG.generator
    policy = cache_policy(config, config.sampling)
    noise = torch.randn(8, 1, 1, config.latent_channels, config.grid, config.grid)
    heard = torch.randn(len(noise), 1, 1, config.audio.width)
    rollout = Rollout(network.generator, policy, config.sampling)
    plain = rollout.start(noise[0], torch.ones(1, 1, dtype=torch.bool))
    _, plain = rollout.step(noise[0], heard[0], plain)
    recorded = plain.copy()
    wanted = []
    for each, sound in zip(noise[1:], heard[1:], strict=True):
        latents, plain = rollout.step(each, sound, plain)
        wanted.append(latents)
    prepack(network, config.sampling)
    replay: CapturedStep[RolloutState] = CapturedStep(rollout.step, network.generator)
    for each, sound, latents in zip(noise[1:], heard[1:], wanted, strict=True):
        found, recorded = replay(each, sound, state=recorded)
        torch.testing.assert_close(found, latents, atol=1e-4, rtol=1e-4)


needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


def multiplied(x: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return products of a size whose sums a GPU splits, so that they need a workspace."""
    for _ in range(8):
        x = torch.tanh(x @ weight)
    return x, weight


def factors(seed: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator("cuda").manual_seed(seed)
    x, weight = (
        torch.randn(rows, 4096, generator=generator, device="cuda") / 64 for rows in (8, 4096)
    )
    return x, weight


@pytest.mark.gpu
@needs_cuda
def test_graphs_replayed_at_once_do_not_meet() -> None:
    given = [factors(seed) for seed in range(2)]
    alone = [multiplied(*one)[0] for one in given]
    replays: list[CapturedStep[Tensor]] = [CapturedStep(multiplied) for _ in given]
    for replay, (x, weight) in zip(replays, given, strict=True):
        replay(x, state=weight)
    streams = [torch.cuda.Stream() for _ in given]  # type: ignore[no-untyped-call]
    for _ in range(50):
        torch.cuda.synchronize()
        found = []
        for replay, stream, (x, weight) in zip(replays, streams, given, strict=True):
            with torch.cuda.stream(stream):
                found.append(replay(x, state=weight)[0])
        torch.cuda.synchronize()
        for ours, theirs in zip(found, alone, strict=True):
            torch.testing.assert_close(ours, theirs)


@pytest.mark.gpu
@needs_cuda
def test_a_graph_outlives_another() -> None:
    (x, weight), other = factors(0), factors(1)
    expected, _ = multiplied(x, weight)
    kept: CapturedStep[Tensor] = CapturedStep(multiplied)
    kept(x, state=weight)
    ended: CapturedStep[Tensor] = CapturedStep(multiplied)
    ended(other[0], state=other[1])
    del ended
    torch.cuda.empty_cache()
    torch.testing.assert_close(kept(x, state=weight)[0], expected)


@pytest.mark.gpu
@needs_cuda
@pytest.mark.parametrize("references", [1, 2])
def test_a_block_that_a_graph_made_is_the_same(references: int) -> None:
    network = avatar().cuda()
    config, sampling = CONFIG.generator, CONFIG.generator.sampling
    rollout = Rollout(network.generator, cache_policy(config, sampling), sampling)
    shape = (1, config.latent_channels, config.grid, config.grid)
    noise = torch.randn(8, 1, *shape, device="cuda")
    heard = torch.randn(8, 1, 1, config.audio.width, device="cuda")
    photos = torch.rand(1, references, 3, 32, 32, device="cuda") * 2 - 1
    known = network.vae.encode_references(photos)
    drawing: CapturedStep[RolloutState] = CapturedStep(rollout.step)
    decoding: CapturedStep[Any] = CapturedStep(lambda z, state: network.vae.decode(z, known, state))
    plain = rollout.start(noise[0], torch.ones(1, 1, dtype=torch.bool, device="cuda"))
    latents, plain = rollout.step(noise[0], heard[0], plain)
    _, shown = network.vae.decode(latents, known)
    recorded, also_shown = plain.copy(), shown
    for each, sound in zip(noise[1:], heard[1:], strict=True):
        expected, plain = rollout.step(each, sound, plain)
        wanted, shown = network.vae.decode(expected, known, shown)
        found, recorded = drawing(each, sound, state=recorded)
        seen, also_shown = decoding(found, state=also_shown)
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(
            seen.composition.residual, wanted.composition.residual, atol=1e-3, rtol=1e-3
        )
        torch.testing.assert_close(
            seen.composition.flow, wanted.composition.flow, atol=1e-3, rtol=1e-3
        )
