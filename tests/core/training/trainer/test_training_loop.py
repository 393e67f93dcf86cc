"""What makes one step, and what ends a training."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from core.training.trainer.optimization import OptimizationConfig
from core.training.trainer.train_config import TrainConfig
from core.training.trainer.training_loop import TrainingLoop
from core.training.trainer.training_state import TrainingState
from tests.core.training.avatar.moving import Ticks
from tests.core.training.trainer.toy import LineStage, Points

LEARNING = OptimizationConfig(learning_rate=1e-2, warmup_steps=1)


def trained(config: TrainConfig) -> tuple[LineStage, TrainingLoop[Tensor, Tensor]]:
    stage = LineStage()
    loop = TrainingLoop(stage, LEARNING, config, TrainingState("line"), clock=Ticks())
    loop.run(Points())
    return stage, loop


@pytest.fixture
def config(tmp_path: Path) -> TrainConfig:
    return TrainConfig("line", tmp_path, math.inf, total_steps=5, batch_size=6, log_every=1e9)


def test_batches_whose_gradients_add_up_teach_what_one_large_batch_teaches(
    config: TrainConfig,
) -> None:
    _, whole = trained(config)
    _, parts = trained(replace(config, batch_size=2, accumulate=3))
    assert parts.optimization.steps == whole.optimization.steps == 5
    for name, tensor in whole.optimization.network.state_dict().items():
        torch.testing.assert_close(parts.optimization.network.state_dict()[name], tensor)
    losses = [
        line.split() for line in (config.output_dir / "progress.txt").read_text().splitlines()
    ]
    one, other = (float(words[words.index("error") + 1]) for words in losses)
    assert one == other


def test_what_a_step_decides_at_random_holds_for_all_of_its_batches(config: TrainConfig) -> None:
    stage, _ = trained(replace(config, accumulate=3))
    steps = [stage.decisions[start : start + 3] for start in range(0, 15, 3)]
    assert all(len(set(step)) == 1 for step in steps)
    assert len({step[0] for step in steps}) == 5


def test_no_batches_make_no_step(config: TrainConfig) -> None:
    with pytest.raises(ValueError, match="0 batches a step"):
        replace(config, accumulate=0)
