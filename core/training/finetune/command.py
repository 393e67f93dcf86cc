"""The command line of fine-tuning: python -m core.training finetune."""

import argparse
from pathlib import Path

from core.checkpoint import read_about
from core.model.avatar import load_avatar, save_avatar
from core.training.finetune.finetune import Budget, about_finetuned, describe, finetune


def add_finetune_options(parser: argparse.ArgumentParser) -> None:
    """Describe the command `finetune`."""
    parser.set_defaults(run=_finetune)
    add = parser.add_argument
    add("film", type=Path, help="somebody who talks, alone and with sound; three minutes or more")
    add("--model", type=Path, required=True, help="the avatar model to start from")
    add("--out", type=Path, required=True, help="file of the fine-tuned model")
    add("--work", type=Path, required=True, help="folder for what is made of the film")
    add("--consent", required=True, help="whose film it is, and that who is seen agreed")
    add("--minutes", type=float, default=40.0)
    add("--device", default="cpu")
    add("--seed", type=int, default=0)


def _finetune(arguments: argparse.Namespace) -> None:
    try:
        _tune(arguments)
    except ValueError as error:  # a BadCheckpoint is one
        raise SystemExit(f"finetune: {error}") from error


def _tune(arguments: argparse.Namespace) -> None:
    # Films are read by libraries that machines which only train need not have.
    from core.training.films.parallel import open_tools
    from core.training.films.preprocess import Preparation
    from core.training.finetune.personal_film import open_personal_film

    avatar = load_avatar(arguments.model)
    about = read_about(arguments.model)
    preparation = Preparation(
        arguments.film, arguments.work / "film", avatar.config, arguments.consent
    )
    film = open_personal_film(preparation, open_tools(), arguments.device, arguments.seed)
    print(f"{film.seconds:.0f} s to learn from", flush=True)
    budget = Budget(arguments.work, arguments.minutes, arguments.device, arguments.seed)
    verdicts = finetune(avatar, film.clips, budget)
    print(describe(verdicts), flush=True)
    if not any(verdict.better for verdict in verdicts):
        raise ValueError("nothing is better than before; no file was written. Try a longer film")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    save_avatar(arguments.out, avatar, about_finetuned(about, verdicts, film.licence))
