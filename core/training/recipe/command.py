"""The command line of a whole run: python -m core.training run."""

import argparse
from pathlib import Path

import torch

from core.model.avatar import AVATAR_PRESETS
from core.process.priority import give_way
from core.training.recipe.open_run import Run
from core.training.recipe.plan import PLAN
from core.training.recipe.run import TRAIN_SHARDS, carry_on
from core.training.trainer.training_log import gains_by_bf16


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Describe the command `run`."""
    parser.set_defaults(run=_run)
    add = parser.add_argument
    add("--stock", type=Path, required=True, help="the studio's stock")
    add("--out", type=Path, required=True, help="folder of the run, outside of the repository")
    add("--minutes", type=float, required=True, help="time budget of this call")
    add("--total-minutes", type=float, help="of all calls together; default: this call's")
    add("--preset", choices=sorted(AVATAR_PRESETS), default="mini")
    add("--stages", nargs="+", choices=list(PLAN), default=list(PLAN), help="default: all")
    add("--people", type=int, default=Run.people, help="to train on, at most")
    add("--shards", type=int, default=TRAIN_SHARDS, help="of 24 clips, kept on disk")
    add("--begin-with", type=Path, metavar="FILE", help="a model whose weights are gone on with")
    add("--device", default="cpu")
    add("--seed", type=int, default=0)


def _run(arguments: argparse.Namespace) -> None:
    if arguments.device == "cpu":
        give_way()
        torch.set_num_threads(1)
    run = Run(
        arguments.stock,
        arguments.out,
        AVATAR_PRESETS[arguments.preset],
        arguments.total_minutes or arguments.minutes,
        arguments.device,
        arguments.seed,
        arguments.people,
        arguments.begin_with,
        gains_by_bf16(torch.device(arguments.device)),
    )
    stages = [name for name in PLAN if name in arguments.stages]
    carry_on(run, arguments.minutes, stages, arguments.shards)
