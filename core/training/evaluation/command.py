"""The command line of an evaluation: `python -m core.training evaluate CHECKPOINT --stock DIR`."""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

import torch

from core.model.avatar import prepare_for_inference
from core.model.generator.sampling_options import add_sampling_options, chosen_sampling
from core.training.evaluation.compare import Comparison
from core.training.evaluation.comparison_sheet import save_comparison_sheet
from core.training.evaluation.eval_config import QUICK, EvaluationConfig
from core.training.evaluation.eval_set import open_eval_set
from core.training.evaluation.evaluated_model import EvaluatedModel, open_evaluated_model
from core.training.evaluation.evaluators import open_evaluators
from core.training.evaluation.suite import describe_model, evaluate
from core.training.likeness.face_embedding import read_face_embedding


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate`."""
    add = parser.add_argument
    add("checkpoint", type=Path, help="an avatar model, or the folder of its training")
    add("--stock", type=Path, required=True, help="of the studio, with people held out")
    add("--likeness", type=Path, metavar="FILE", help="face embedding network, for likeness")
    add("--quick", action="store_true", help="a few clips: two to three minutes on two cores")
    add("--drift", type=float, metavar="SECONDS", help="how long to perform without a break")
    add("--json", type=Path, metavar="FILE", help="write all figures there")
    add("--sheet", type=Path, metavar="FILE", help="write the contact sheet there, as PNG")
    add("--device", default="cpu")
    add("--seed", type=int, default=0, help="of the clips")
    add_sampling_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Evaluate a checkpoint and print the report.

    Raises:
        SystemExit: a file cannot be used, or what is asked for cannot be done; it says why.
    """
    try:
        _evaluate(arguments)
    except ValueError as error:  # a BadCheckpoint is one
        raise SystemExit(f"evaluate: {error}") from error


def _evaluate(arguments: argparse.Namespace) -> None:
    begun = time.monotonic()
    model = open_evaluated_model(arguments.checkpoint)
    embedder = read_face_embedding(arguments.likeness) if arguments.likeness else None
    device, config = torch.device(arguments.device), _eval_config(arguments)
    model = EvaluatedModel(
        prepare_for_inference(model.avatar, device), model.has_generator, model.description
    )
    avatar_config = model.avatar.config
    if model.has_generator and avatar_config.generator.audio.encoder:
        raise ValueError(
            f"{arguments.checkpoint.name} hears by an audio encoder of its own, the studio's stock "
            "was heard by ours; evaluate a model that was trained with that"
        )
    eval_set = open_eval_set(
        arguments.stock, avatar_config, arguments.device, arguments.seed, config.people
    )
    sampling = chosen_sampling(arguments, avatar_config.generator.sampling)
    evaluators = open_evaluators(device, embedder)
    comparison = Comparison(model, sampling, evaluators, config.references)
    about = {
        "judged": model.description,
        "model": describe_model(model.avatar, sampling),
        "on": f"{eval_set.people} held-out people and voices of {arguments.stock.name}, "
        f"seed {arguments.seed}, {arguments.device}",
        "likeness by": arguments.likeness.name if arguments.likeness else "nobody",
    }
    evaluation = evaluate(comparison, eval_set, config, about, _log)
    report = replace(
        evaluation.report,
        about={**evaluation.report.about, "took": f"{time.monotonic() - begun:.0f} s"},
    )
    print(report.text())
    if arguments.json:
        arguments.json.write_text(report.json())
    if arguments.sheet:
        save_comparison_sheet(arguments.sheet, evaluation.sheet_clips)


def _eval_config(arguments: argparse.Namespace) -> EvaluationConfig:
    config = QUICK if arguments.quick else EvaluationConfig()
    return replace(config, drift_seconds=arguments.drift) if arguments.drift else config


def _log(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
