"""Steps, rates and what is needed to go on."""

import pytest
import torch
from torch import nn

from core.training.trainer.optimization import Optimization, OptimizationConfig

FAST = OptimizationConfig(learning_rate=0.05, warmup_steps=1, weight_decay=0.0, max_grad_norm=10.0)


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.SiLU(), nn.Conv2d(6, 1, 1))


def taught(optimization: Optimization, steps: int, seed: int = 1) -> float:
    torch.manual_seed(seed)
    loss = torch.zeros(())
    for _ in range(steps):
        x = torch.randn(8, 3, 5, 5)
        loss = (optimization.network(x) - x.mean(1, keepdim=True)).square().mean()
        optimization.backward(loss)
        optimization.step(progress=0.0)
    return float(loss.detach())


def test_the_loss_falls_and_the_mean_follows() -> None:
    optimization = Optimization(network(), FAST)
    before, after = taught(optimization, 1), taught(optimization, 50)
    assert after < 0.3 * before
    ours, mean = (dict(module.state_dict()) for module in (optimization.network, optimization.ema))
    start = network().state_dict()
    for name in ours:
        assert (mean[name] - ours[name]).norm() < (start[name] - ours[name]).norm()


def test_an_optimization_goes_on_exactly_where_it_was() -> None:
    first = Optimization(network(), FAST)
    taught(first, 10)
    again = Optimization(network(), FAST)
    again.load_state({name: t.clone() for name, t in first.state_tensors()}, first.steps)
    for optimization in (first, again):
        taught(optimization, 5, seed=2)
    assert first.steps == again.steps == 15
    for (name, one), (_, other) in zip(first.state_tensors(), again.state_tensors(), strict=True):
        assert torch.equal(one, other), name


def test_a_compact_state_is_small_and_goes_on_nearly_as_well() -> None:
    first = Optimization(network(), FAST)
    before = taught(first, 1)
    taught(first, 40)
    sizes = [
        sum(t.nbytes for n, t in first.state_tensors(light) if "weight" in n)
        for light in (False, True)
    ]
    assert sizes[1] < 0.25 * sizes[0]
    again = Optimization(network(), FAST)
    again.load_state(
        {name: t.clone() for name, t in first.state_tensors(compact=True)}, first.steps
    )
    for name, tensor in again.network.state_dict().items():
        assert torch.allclose(tensor, first.ema.state_dict()[name], rtol=1e-3, atol=1e-6)
    assert taught(again, 40, seed=3) < 0.2 * before


def test_a_step_that_is_not_finite_changes_no_weight() -> None:
    optimization = Optimization(network(), FAST)
    before = {name: tensor.clone() for name, tensor in optimization.network.state_dict().items()}
    x = torch.full((1, 3, 4, 4), float("nan"))
    optimization.backward(optimization.network(x).mean())
    optimization.step(progress=0.0)
    assert all(torch.equal(t, before[n]) for n, t in optimization.network.state_dict().items())


def test_rates_rise_by_steps_and_fall_by_time() -> None:
    steady = OptimizationConfig(
        learning_rate=1.0, warmup_steps=10, decay_start=0.5, final_rate_ratio=0.1
    )
    assert steady.learning_rate_at(0.0, 0) == pytest.approx(0.1)
    assert steady.learning_rate_at(0.5, 100) == 1
    assert 0.1 < steady.learning_rate_at(0.75, 100) < 0.5
    assert steady.learning_rate_at(3.0, 100) == pytest.approx(0.1)
    cosine = OptimizationConfig(
        learning_rate=1.0, warmup_steps=1, schedule="cosine", final_rate_ratio=0.0
    )
    assert cosine.learning_rate_at(0.5, 100) == pytest.approx(0.5)
    assert cosine.learning_rate_at(1.0, 100) == pytest.approx(0)
    with pytest.raises(ValueError, match="expected 'wsd'"):
        OptimizationConfig(schedule="none")  # type: ignore[arg-type]
