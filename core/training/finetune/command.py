"""The command line of fine-tuning: python -m core.training finetune."""

import argparse
from pathlib import Path


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
    # Films are read by libraries that machines which only train need not have.
    from core.training.finetune.finetune import describe
    from core.training.finetune.teach import Lesson, Listener, teach

    lesson = Lesson(
        arguments.film, arguments.model, arguments.out, arguments.work, arguments.consent,
        arguments.minutes, arguments.device, arguments.seed,
    )  # fmt: skip

    def heard(seconds: float) -> None:
        print(f"{seconds:.0f} s to learn from", flush=True)

    def needs(minutes: float) -> None:
        print(f"some {minutes:.0f} minutes are needed on this computer", flush=True)

    listener = Listener(heard, lambda _: None, needs)
    try:
        print(describe(teach(lesson, listener)), flush=True)
    except ValueError as error:  # a BadCheckpoint is one
        raise SystemExit(f"finetune: {error}") from error
