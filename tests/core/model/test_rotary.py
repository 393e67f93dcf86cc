"""Rotary positions: only distances count, and they stay exact however long a stream runs."""

import math

import pytest
import torch
from torch import Tensor

from core.model.rotary import RotaryEmbedding, apply_rotary

WIDTH, GRID, PERIOD = 24, 3, 64


@pytest.fixture(scope="module")
def rotary() -> RotaryEmbedding:
    return RotaryEmbedding(WIDTH, GRID, PERIOD).double()


def test_a_common_shift_leaves_attention_as_it_was(rotary: RotaryEmbedding) -> None:
    q, k = _tokens(2), _tokens(3)
    logits = _logits(rotary, q, torch.tensor([4, 5]), k, torch.tensor([0, 1, 9]))
    for shift in (1, 17, PERIOD, 10**9):
        times = torch.tensor([4, 5]) + shift, torch.tensor([0, 1, 9]) + shift
        shifted = _logits(rotary, q, times[0], k, times[1])
        torch.testing.assert_close(shifted, logits, rtol=0, atol=1e-5)


def test_position_a_million_is_as_exact_as_the_first(rotary: RotaryEmbedding) -> None:
    times = torch.tensor([3, 11])
    for shift in (PERIOD, PERIOD * 10**9):
        assert torch.equal(rotary.rotation_at(times + shift).cos, rotary.rotation_at(times).cos)


@pytest.mark.parametrize("axis", ["time", "row", "column"])
def test_attention_tells_positions_apart_along_each_axis(
    rotary: RotaryEmbedding, axis: str
) -> None:
    x = _tokens(1)[:, :1].expand(-1, GRID * GRID, -1)  # the same everywhere
    here = torch.tensor([5])
    near, far = {"time": (1, 4), "row": (GRID, 2 * GRID), "column": (1, 2)}[axis]
    if axis == "time":
        logits = [_logits(rotary, x, here, x, here + d)[0, 0, 0] for d in (0, near, far)]
    else:
        at_once = _logits(rotary, x, here, x, here)
        logits = [at_once[0, 0, d] for d in (0, near, far)]
    assert len({round(logit.item(), 6) for logit in logits}) == 3


def test_rotation_keeps_lengths(rotary: RotaryEmbedding) -> None:
    x = _tokens(2)
    turned = apply_rotary(x, rotary.rotation_at(torch.tensor([7, 40])))
    torch.testing.assert_close(turned.norm(dim=-1), x.norm(dim=-1), rtol=0, atol=1e-6)


def test_the_parts_of_time_and_place_make_up_the_whole(rotary: RotaryEmbedding) -> None:
    q, k = _tokens(2), _tokens(2)
    joint = q @ k.mT
    time = rotary.time_part(q) @ rotary.time_part(k).mT
    torch.testing.assert_close(rotary.zero_time_part(q) @ k.mT + time, joint)


def test_half_precision_does_not_touch_positions(rotary: RotaryEmbedding) -> None:
    half = RotaryEmbedding(WIDTH, GRID, PERIOD).bfloat16()
    times = torch.tensor([PERIOD - 1])
    assert torch.equal(half.rotation_at(times).cos, rotary.rotation_at(times).cos)


def test_no_two_distances_of_a_window_look_alike(rotary: RotaryEmbedding) -> None:
    angles = rotary.phase_table * (2 * math.pi / PERIOD)
    points = torch.cat([angles.cos(), angles.sin()], 1)
    apart = torch.cdist(points, points) + torch.eye(PERIOD)
    assert apart.min() > 0.05


def _tokens(latents: int) -> Tensor:
    return torch.randn(1, latents * GRID * GRID, WIDTH, dtype=torch.float64)


def _logits(
    rotary: RotaryEmbedding, q: Tensor, q_times: Tensor, k: Tensor, k_times: Tensor
) -> Tensor:
    return (
        apply_rotary(q, rotary.rotation_at(q_times))
        @ apply_rotary(k, rotary.rotation_at(k_times)).mT
    )
