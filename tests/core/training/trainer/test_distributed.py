"""Two processes train as one that sees what both see, and their checkpoint is everybody's."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from core.model.attention import block_starts
from core.model.generator.flow_transformer import Conditions, Generator
from core.training.trainer import distributed
from core.training.trainer.optimization import Optimization, OptimizationConfig
from tests.core.model.small import SMALL, generator
from tests.core.ranks import run_ranks

LEARNING = OptimizationConfig(learning_rate=1e-2, warmup_steps=1, max_grad_norm=0.5)
BATCH, LATENTS, STEPS = 4, 3, 3
MADE = "made.safetensors"


def loss(network: Generator, random: torch.Generator, part: slice) -> Tensor:
    """Return the loss of a part of a batch; the whole batch is drawn."""

    def drawn(*shape: int) -> Tensor:
        return torch.randn(shape, generator=random, dtype=torch.float64)[part]

    grid = (SMALL.latent_channels, SMALL.grid, SMALL.grid)
    heard = drawn(BATCH, LATENTS, SMALL.audio.width)
    first = torch.arange(LATENTS).expand(len(heard), -1) == 0
    everything = torch.ones(len(heard), 1, dtype=torch.bool)
    given = Conditions(heard, everything[:, 0], drawn(BATCH, 1, *grid), everything, first)
    time, starts = torch.full((len(heard), LATENTS), 0.5), block_starts([1] * LATENTS)
    said = network(drawn(BATCH, LATENTS, *grid), time, given, starts)
    wrong: Tensor = (said - drawn(BATCH, LATENTS, *grid)).square().mean()
    return wrong


def taught(optimization: Optimization, steps: int, part: slice, seed: int = 0) -> None:
    random = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        optimization.backward(loss(optimization.network, random, part))  # type: ignore[arg-type]
        optimization.step(progress=0.0)


def work(folder: Path) -> None:
    """Be one process: learn from half of the batch, go on from what all have learned."""
    half = slice(distributed.rank() * BATCH // 2, (distributed.rank() + 1) * BATCH // 2)
    optimization = Optimization(generator(), LEARNING)
    taught(optimization, STEPS, half)
    again = Optimization(generator(seed=1), LEARNING)
    again.load_state(
        {name: t.clone() for name, t in optimization.state_tensors()}, optimization.steps
    )
    taught(again, STEPS, half, seed=1)
    made = dict(again.state_tensors())
    assert distributed.broadcast_value(float(distributed.rank()), torch.device("cpu")) == 0
    if not distributed.rank():
        save_file({name: tensor.contiguous() for name, tensor in made.items()}, folder / MADE)


@pytest.mark.slow
def test_two_processes_learn_what_one_learns_from_the_whole_batch(tmp_path: Path) -> None:
    run_ranks(__name__, 2, tmp_path)
    optimization = Optimization(generator(), LEARNING)
    taught(optimization, STEPS, slice(None))
    taught(optimization, STEPS, slice(None), seed=1)
    made = load_file(tmp_path / MADE)
    alone = dict(optimization.state_tensors())
    assert made.keys() == alone.keys()
    for name, tensor in alone.items():
        torch.testing.assert_close(made[name], tensor, rtol=1e-6, atol=1e-9, msg=name)


def test_who_is_alone_shares_nothing() -> None:
    assert distributed.join_process_group("cpu") == (0, "cpu")
    assert not distributed.is_distributed()
    assert distributed.broadcast_value(3.5, torch.device("cpu")) == 3.5
    whole = torch.ones(2)
    assert distributed.full_tensor(whole) is whole


def test_several_processes_may_not_name_one_graphics_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ValueError, match="expected 'cuda' or 'cpu'"):
        distributed.join_process_group("cuda:1")
