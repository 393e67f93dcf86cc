"""The judge's command line: `python -m core.training evaluate CHECKPOINT --stock DIR`."""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

import torch

from core.model.avatar import fitted
from core.model.generator_config import Sampling
from core.training.judge.audition import Audition
from core.training.judge.cases import open_cases
from core.training.judge.checkpoint import Judged, open_checkpoint
from core.training.judge.instruments import open_instruments
from core.training.judge.judgement import described, judge
from core.training.judge.sheet import save_sheet
from core.training.judge.sizes import QUICK, Sizes
from core.training.perception.network import read_perception


def describe(parser: argparse.ArgumentParser) -> None:
    """Add what can be chosen."""
    add = parser.add_argument
    add("checkpoint", type=Path, help="an avatar model, or the folder of its training")
    add("--stock", type=Path, required=True, help="of the studio, with people held out")
    add("--perception", type=Path, metavar="FILE", help="perception network, to tell likeness")
    add("--quick", action="store_true", help="a few clips: two to three minutes on two cores")
    add("--drift", type=float, metavar="SECONDS", help="how long to perform without a break")
    add("--json", type=Path, metavar="FILE", help="write all figures there")
    add("--sheet", type=Path, metavar="FILE", help="write the contact sheet there, as PNG")
    add("--device", default="cpu")
    add("--seed", type=int, default=0, help="of the clips")
    for name in ("block", "steps"):
        add(f"--{name}", type=int, help="of the model's sampling, in place of its own")
    add("--guidance", type=float, help="likewise")
    parser.set_defaults(run=evaluate)


def evaluate(arguments: argparse.Namespace) -> None:
    """Judge, and print what was found.

    Raises:
        SystemExit: a file cannot be used, or what is asked for cannot be done; it says why.
    """
    try:
        _evaluate(arguments)
    except ValueError as error:  # a BadCheckpoint is one
        raise SystemExit(f"evaluate: {error}") from error


def _evaluate(arguments: argparse.Namespace) -> None:
    begun = time.monotonic()
    judged = open_checkpoint(arguments.checkpoint)
    perception = read_perception(arguments.perception) if arguments.perception else None
    device, sizes = torch.device(arguments.device), _sizes(arguments)
    judged = Judged(fitted(judged.avatar, device), judged.draws, judged.about)
    config = judged.avatar.config
    cases = open_cases(arguments.stock, config, arguments.device, arguments.seed, sizes.people)
    sampling = _sampling(arguments, config.generator.sampling)
    tools = open_instruments(device, perception)
    audition = Audition(judged, sampling, tools, sizes.references)
    about = {
        "judged": judged.about,
        "model": described(judged.avatar, sampling),
        "on": f"{cases.people} held-out people and voices of {arguments.stock.name}, "
        f"seed {arguments.seed}, {arguments.device}",
        "likeness by": arguments.perception.name if arguments.perception else "nobody",
    }
    found = judge(audition, cases, sizes, about, _tell)
    verdict = replace(
        found.verdict,
        about={**found.verdict.about, "took": f"{time.monotonic() - begun:.0f} s"},
    )
    print(verdict.text())
    if arguments.json:
        arguments.json.write_text(verdict.json())
    if arguments.sheet:
        save_sheet(arguments.sheet, found.scenes)


def _sizes(arguments: argparse.Namespace) -> Sizes:
    sizes = QUICK if arguments.quick else Sizes()
    return replace(sizes, drift=arguments.drift) if arguments.drift else sizes


def _sampling(arguments: argparse.Namespace, own: Sampling) -> Sampling:
    chosen = {name: getattr(arguments, name) for name in ("block", "steps", "guidance")}
    return replace(own, **{name: value for name, value in chosen.items() if value is not None})


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
