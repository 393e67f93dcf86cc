"""What is replayed is what the step itself would have done."""

from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from core.model.avatar import packed
from core.model.rollout import Rollout, RolloutState
from core.neural.act import policy_of
from core.neural.graph import Replay
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
    replay, plain, recorded = Replay(step), beginning(), beginning()
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
        Replay(count)(torch.ones(2), state=3)


def test_making_the_recording_changes_no_state() -> None:
    past = beginning()
    _, after = Replay(step)(torch.ones(2), state=past)
    assert after.total == 1
    assert torch.equal(after.ring, torch.tensor([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]]))


def test_a_replayed_state_may_be_begun_anew() -> None:
    replay = Replay(step)
    first, _ = replay(torch.ones(2), state=beginning())
    kept = first["y"].clone()
    again, _ = replay(torch.ones(2), state=beginning())
    assert torch.equal(again["y"], kept)


@pytest.mark.parametrize("forcing", [True, False])
def test_a_recorded_rollout_draws_the_same_beyond_its_window(forcing: bool) -> None:
    config = CONFIG.generator
    policy = policy_of(config, config.sampling, forcing)
    rollout = Rollout(avatar().generator, policy, config.sampling)
    replay: Replay[RolloutState] = Replay(rollout.step)
    noise = torch.randn(config.window + 4, 1, 1, config.channels, config.grid, config.grid)
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
    policy = policy_of(config, config.sampling, forcing=True)
    noise = torch.randn(8, 1, 1, config.channels, config.grid, config.grid)
    heard = torch.randn(len(noise), 1, 1, config.audio.width)
    rollout = Rollout(network.generator, policy, config.sampling)
    plain = rollout.start(noise[0], torch.ones(1, 1, dtype=torch.bool))
    _, plain = rollout.step(noise[0], heard[0], plain)
    recorded = plain.copy()
    wanted = []
    for each, sound in zip(noise[1:], heard[1:], strict=True):
        latents, plain = rollout.step(each, sound, plain)
        wanted.append(latents)
    packed(network, config.sampling)
    replay: Replay[RolloutState] = Replay(rollout.step, network.generator)
    for each, sound, latents in zip(noise[1:], heard[1:], wanted, strict=True):
        found, recorded = replay(each, sound, state=recorded)
        torch.testing.assert_close(found, latents, atol=1e-4, rtol=1e-4)
