"""Rollouts: streamed block by block, sampling gives what the generator gives for whole clips."""

from dataclasses import replace
from functools import partial
from itertools import accumulate

import pytest
import torch
from torch import Tensor

from core.model.attention import block_starts
from core.model.generator.flow_transformer import Conditions, Context, Generator
from core.model.generator.kv_cache import (
    CachePolicy,
    CleanCachePolicy,
    TimestepForcingPolicy,
    cached_attention,
    replace_references,
)
from core.model.generator.rectified_flow import euler_sample, timestep_schedule
from core.model.generator.rollout import Rollout, RolloutState
from tests.core.model.small import SMALL, audio, generator, latents, sampled

SIZES = [[1] * 6, [2] * 3, [3, 3], [4, 2], [1, 3, 2]]


same = partial(torch.testing.assert_close, rtol=0, atol=1e-6)
"""But for angles in single precision."""


@pytest.fixture(scope="module")
def network() -> Generator:
    return generator()


@pytest.mark.parametrize("sizes", SIZES)
def test_clean_blocks_are_those_of_teacher_forcing(network: Generator, sizes: list[int]) -> None:
    policy = CleanCachePolicy(10, 4)
    given, noise, drawn = _stream(network, policy, sizes)
    context = Context(drawn, torch.zeros(drawn.shape[:2], dtype=drawn.dtype))
    same(_at_once(network, given, noise, sizes, context), drawn)


@pytest.mark.parametrize("sizes", SIZES)
def test_noisy_blocks_are_those_of_a_past_as_noisy(network: Generator, sizes: list[int]) -> None:
    policy = TimestepForcingPolicy(SMALL.history, 4, replaces_sink=False)
    given, noise, drawn = _stream(network, policy, sizes)
    same(_at_once(network, given, noise, sizes, None, SMALL.history), drawn)


@pytest.mark.parametrize("clean", [True, False])
def test_without_rolling_references_stay_where_they_were(network: Generator, clean: bool) -> None:
    config = replace(SMALL, rolling_sink=False)
    fixed = Generator(config).double().eval()
    fixed.load_state_dict(network.state_dict())
    noisy = TimestepForcingPolicy(config.history, 4, replaces_sink=False)
    policy = CleanCachePolicy(10, 4) if clean else noisy
    given, noise, drawn = _stream(fixed, policy, [1, 3, 2])
    context = Context(drawn, torch.zeros(drawn.shape[:2], dtype=drawn.dtype)) if clean else None
    history = None if clean else config.history
    same(_at_once(fixed, given, noise, [1, 3, 2], context, history), drawn)
    _, _, rolling = _stream(network, policy, [1, 3, 2])
    same(drawn[:, :1], rolling[:, :1])
    assert (drawn - rolling)[:, 1:].abs().max() > 1e-3


def test_a_new_window_is_one_that_starts_with_the_last_block(network: Generator) -> None:
    sizes = [2] * 6  # a window of 8, then 4 more
    _, noise, drawn = _stream(network, CleanCachePolicy(SMALL.window, 2), sizes)
    given, _ = _given(12)
    window = slice(6, 12)  # the carried block and two of the next window
    part = given._replace(
        audio=given.audio[:, window], is_first=torch.zeros(2, 6, dtype=torch.bool)
    )
    context = Context(drawn[:, window], torch.zeros(2, 6, dtype=drawn.dtype))
    again = _at_once(network, part, noise[:, window], sizes[3:], context)
    same(again[:, 2:], drawn[:, 8:])


def test_the_block_carried_over_is_cached_as_in_a_fresh_window(network: Generator) -> None:
    given, noise = _given(8)
    rollout = Rollout(network, CleanCachePolicy(SMALL.window, 2), sampled())
    start = rollout.start(given.references, given.has_reference)
    drawn, state = _run(rollout, start, given, noise, [2] * 4)
    assert state.cache.length == 2
    fresh = rollout.start(given.references, given.has_reference).cache
    patterns = cached_attention(network, fresh, rollout.policy.slots(fresh.length, 2))
    zero = torch.zeros(2, 2, dtype=noise.dtype)
    with torch.no_grad():
        clean = network.modulate_at(zero)
        network.predict_velocity(drawn[:, 6:], clean, given.audio[:, 6:], zero.bool(), patterns[0])
    held = (2 + 2) * SMALL.tokens_per_latent  # two references, two latents
    for ours, theirs in ((state.cache.keys, fresh.keys), (state.cache.values, fresh.values)):
        same(ours[..., :held, :], theirs[..., :held, :])
    assert (state.cache.keys[..., held:, :] != 0).any(), "what lies beyond is there but not visible"


def test_after_the_first_block_its_first_latent_is_the_reference(network: Generator) -> None:
    given, noise = _given(6)
    policy = TimestepForcingPolicy(SMALL.history, 2)
    rollout = Rollout(network, policy, sampled(steps=2))
    drawn, _ = _run(
        rollout, rollout.start(given.references, given.has_reference), given, noise, [2] * 3
    )
    by_hand = Rollout(
        network, TimestepForcingPolicy(SMALL.history, 2, replaces_sink=False), rollout.sampling
    )
    first, state = by_hand.step(
        noise[:, :2], given.audio[:, :2], by_hand.start(given.references, given.has_reference)
    )
    kept, _ = _run(by_hand, state.copy(), _after(given, 2), noise[:, 2:], [2, 2])
    sink = network.reference_key_values(
        torch.cat([first[:, :1], latents(1)], 1), torch.tensor([[True, False]] * 2)
    )
    state = state._replace(cache=replace_references(state.cache, sink))
    others, _ = _run(by_hand, state, _after(given, 2), noise[:, 2:], [2, 2])
    same(drawn[:, 2:], others)
    assert (drawn[:, 2:] - kept).abs().max() > 1e-3


@pytest.mark.parametrize("replaces_sink", [True, False])
def test_a_stream_without_history_is_the_same_after_two_hundred_blocks(
    network: Generator, replaces_sink: bool
) -> None:
    given, noise = _given(2)
    rollout = Rollout(network, TimestepForcingPolicy(0, 2, replaces_sink), sampled(steps=1))
    state = rollout.start(given.references, given.has_reference)
    blocks = []
    for _ in range(200):
        block, state = rollout.step(noise, given.audio, state)
        blocks.append(block)
    same(blocks[-1], blocks[1], rtol=0, atol=1e-4)


def test_a_long_stream_stays_finite_in_its_windows(network: Generator) -> None:
    given, noise = _given(2)
    rollout = Rollout(network, CleanCachePolicy(SMALL.window, 2), sampled(steps=1))
    state = rollout.start(given.references, given.has_reference)
    for _ in range(200):
        block, state = rollout.step(noise, given.audio, state)
        assert int(state.cache.length) <= SMALL.window - 2
    assert block.isfinite().all()


@pytest.mark.parametrize(
    "policy", [CleanCachePolicy(SMALL.window, 2), TimestepForcingPolicy(SMALL.history, 2)]
)
def test_a_cfg_scale_of_one_equals_none(network: Generator, policy: CachePolicy) -> None:
    given, noise = _given(10)
    drawn = []
    for cfg_scale in (1.0, 1.0 + 1e-13, 3.0):
        rollout = Rollout(network, policy, sampled(cfg_scale=cfg_scale))
        start = rollout.start(given.references, given.has_reference)
        assert start.cache.keys.shape[2] == (2 if cfg_scale == 1 else 4)
        drawn.append(_run(rollout, start, given, noise, [2] * 5)[0])
    same(drawn[0], drawn[1])
    assert (drawn[2] - drawn[0]).abs().max() > 1e-2


@pytest.mark.parametrize(
    "policy", [CleanCachePolicy(SMALL.window, 2), TimestepForcingPolicy(SMALL.history, 2)]
)
def test_the_temperature_scales_the_noise(network: Generator, policy: CachePolicy) -> None:
    given, noise = _given(6)
    drawn = []
    for temperature, scale in ((0.5, 1.0), (1.0, 0.5), (1.0, 1.0)):
        tempered = sampled(temperature=temperature, lip_temperature=temperature)
        rollout = Rollout(network, policy, tempered)
        start = rollout.start(given.references, given.has_reference)
        drawn.append(_run(rollout, start, given, scale * noise, [2] * 3)[0])
    same(drawn[0], drawn[1])
    assert (drawn[2] - drawn[0]).abs().max() > 1e-3


@pytest.mark.parametrize(
    "policy", [CleanCachePolicy(SMALL.window, 2), TimestepForcingPolicy(SMALL.history, 2)]
)
def test_a_copied_state_replays(network: Generator, policy: CachePolicy) -> None:
    given, noise = _given(8)
    rollout = Rollout(network, policy, sampled(cfg_scale=2.0))
    _, state = _run(
        rollout, rollout.start(given.references, given.has_reference), given, noise, [2] * 2
    )
    kept = state.copy()
    once, _ = _run(rollout, state, _after(given, 4), noise[:, 4:], [2, 2])
    again, _ = _run(rollout, kept, _after(given, 4), noise[:, 4:], [2, 2])
    assert torch.equal(once, again)


def test_the_kv_cache_stays_at_the_same_address(network: Generator) -> None:
    given, noise = _given(4)
    rollout = Rollout(network, CleanCachePolicy(SMALL.window, 2), sampled())
    state = rollout.start(given.references, given.has_reference)
    before = state.cache.keys.data_ptr(), state.cache.values.data_ptr()
    _, state = _run(rollout, state, given, noise, [2, 2])
    assert (state.cache.keys.data_ptr(), state.cache.values.data_ptr()) == before


@pytest.mark.parametrize(
    "policy", [CleanCachePolicy(SMALL.window, 2), TimestepForcingPolicy(SMALL.history, 2)]
)
def test_a_block_asks_the_host_for_nothing(policy: CachePolicy) -> None:
    with torch.device("meta"):  # where reading a number fails
        rollout = Rollout(Generator(SMALL), policy, sampled(cfg_scale=2.0))
        given, noise = _given(6)
        start = rollout.start(given.references.float(), given.has_reference)
        given = given._replace(audio=given.audio.float())
        drawn, _ = _run(rollout, start, given, noise.float(), [2, 2, 2])
    assert drawn.shape == noise.shape


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize(
    "policy", [CleanCachePolicy(SMALL.window, 2), TimestepForcingPolicy(SMALL.history, 2)]
)
def test_a_captured_block_can_be_replayed(policy: CachePolicy) -> None:
    with torch.device("cuda"):
        rollout = Rollout(generator(), policy, sampled(cfg_scale=2.0))
        given, noise = _given(14)
        state = rollout.start(given.references, given.has_reference)
    block, has_audio = noise[:, :2].clone(), given.audio[:, :2].clone()
    _, state = rollout.step(block, has_audio, state)
    plain, _ = _run(rollout, state.copy(), _after(given, 2), noise[:, 2:], [2] * 6)
    kept, graph = state.copy(), torch.cuda.CUDAGraph()
    rollout.step(block, has_audio, state)  # whatever is allocated once is allocated now
    torch.cuda.synchronize()
    with torch.cuda.graph(graph):
        drawn, after = rollout.step(block, has_audio, state)
        state.cache.length.copy_(after.cache.length)
    for ours, theirs in zip(state.cache[:2], kept.cache[:2], strict=True):
        ours.copy_(theirs)
    state.cache.length.copy_(kept.cache.length)
    for index in range(1, 7):
        block.copy_(noise[:, 2 * index : 2 * index + 2])
        has_audio.copy_(given.audio[:, 2 * index : 2 * index + 2])
        graph.replay()
        same(drawn, plain[:, 2 * index - 2 : 2 * index])


def test_two_streams_on_one_network_do_not_mix(network: Generator) -> None:
    given, noise = _given(4)
    rollout = Rollout(network, CleanCachePolicy(SMALL.window, 2), sampled())
    both, _ = _run(
        rollout, rollout.start(given.references, given.has_reference), given, noise, [2, 2]
    )
    for row in range(2):
        one = Conditions(*(part[row : row + 1] for part in given))
        start = rollout.start(one.references, one.has_reference)
        alone, _ = _run(rollout, start, one, noise[row : row + 1], [2, 2])
        same(alone, both[row : row + 1])


def test_layers_in_half_precision_leave_latents_in_full(network: Generator) -> None:
    given, noise = _given(4)
    policy = CleanCachePolicy(SMALL.window, 2)
    drawn = []
    for half in (generator().float(), generator().bfloat16()):
        rollout = Rollout(half, policy, sampled())
        start = rollout.start(given.references.float(), given.has_reference)
        like = given._replace(audio=given.audio.float())
        drawn.append(_run(rollout, start, like, noise.float(), [2, 2])[0])
    assert drawn[1].dtype == torch.float32
    assert (drawn[1] - drawn[0]).abs().mean() < 0.1 * drawn[0].abs().mean()


def test_a_network_in_half_precision_is_told_exact_times() -> None:
    half = generator().bfloat16()
    rollout = Rollout(half, TimestepForcingPolicy(SMALL.history, 2), sampled(steps=5))
    given, _ = _given(1)
    state = rollout.start(given.references.bfloat16(), given.has_reference)
    times = timestep_schedule(5, SMALL.sampling.shift)
    for time, modulation in zip(times, state.modulations, strict=True):
        exact = half.modulate_at(torch.tensor([[time]], dtype=torch.float32))
        assert torch.equal(modulation.layers, exact.layers), time


def test_a_block_larger_than_agreed_is_refused(network: Generator) -> None:
    given, noise = _given(3)
    rollout = Rollout(network, CleanCachePolicy(SMALL.window, 2), sampled(block=2))
    with pytest.raises(ValueError, match="block of 3"):
        rollout.step(noise, given.audio, rollout.start(given.references, given.has_reference))


def _given(count: int) -> tuple[Conditions, Tensor]:
    torch.manual_seed(2)
    first = torch.arange(count).expand(2, -1) == 0
    has_reference = torch.tensor([[True, True], [True, False]])
    has_audio = torch.ones(2, dtype=torch.bool)
    return Conditions(audio(count), has_audio, latents(2), has_reference, first), latents(count)


def _after(given: Conditions, count: int) -> Conditions:
    return given._replace(audio=given.audio[:, count:])


def _stream(
    network: Generator, policy: CachePolicy, sizes: list[int]
) -> tuple[Conditions, Tensor, Tensor]:
    given, noise = _given(sum(sizes))
    rollout = Rollout(network, policy, sampled(block=4, steps=3))
    start = rollout.start(given.references, given.has_reference)
    return given, noise, _run(rollout, start, given, noise, sizes)[0]


def _run(
    rollout: Rollout, state: RolloutState, given: Conditions, noise: Tensor, sizes: list[int]
) -> tuple[Tensor, RolloutState]:
    drawn = []
    for start, size in zip(accumulate(sizes, initial=0), sizes, strict=False):
        piece = slice(start, start + size)
        block, state = rollout.step(noise[:, piece], given.audio[:, piece], state)
        drawn.append(block)
    return torch.cat(drawn, 1), state


def _at_once(
    network: Generator,
    given: Conditions,
    noise: Tensor,
    sizes: list[int],
    context: Context | None,
    history: int | None = None,
) -> Tensor:
    """Take all denoising steps with all blocks of a clip in one pass each."""
    times, starts = timestep_schedule(3, SMALL.sampling.shift), block_starts(sizes)

    def velocity(point: Tensor, step: int) -> Tensor:
        time = point.new_full(point.shape[:2], times[step])
        said: Tensor = network(point, time, given, starts, context, history)
        return said

    with torch.no_grad():
        return euler_sample(velocity, noise, times)
