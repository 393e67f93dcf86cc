"""Prepare what travels, look at what is made of it, measure how fast.

python -m core.training.studio prepare --corpus DIR --speech DIR --out DIR
python -m core.training.studio sheet --stock DIR --out sheet.png
python -m core.training.studio pace --stock DIR [--device cuda] [--clips 24]
"""

import argparse
from pathlib import Path

import torch

from core.perception.speech import load_encoder
from core.training.faces.corpus import read_corpus
from core.training.studio.clips import Studio
from core.training.studio.load import PORTRAITS, SPEECH, open_studio
from core.training.studio.pace import pace
from core.training.studio.portraits import fewer, save_portraits, stock_of
from core.training.studio.sheet import save_sheet
from core.training.studio.speech import gather, save_speech
from core.training.studio.takes import ClipConfig


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="The studio: talking clips to train on.")
    commands = parser.add_subparsers(dest="command", required=True)
    prepare = commands.add_parser("prepare", help="make the stock that travels")
    prepare.add_argument("--corpus", type=Path, required=True, help="folder of the portraits")
    prepare.add_argument("--speech", type=Path, required=True, help="see speech_cache --data")
    prepare.add_argument("--out", type=Path, required=True)
    prepare.add_argument("--portraits", type=int, help="at most so many, at random")
    prepare.add_argument("--scenes", type=int, default=2336, help="of 16 s of speech")
    prepare.set_defaults(run=_prepare)
    for name, run, about in (("sheet", _sheet, "look"), ("pace", _pace, "measure")):
        command = commands.add_parser(name, help=about)
        command.add_argument("--stock", type=Path, required=True)
        command.add_argument("--device", default="cpu")
        command.add_argument("--clips", type=int, default=8)
        command.add_argument("--portraits", type=int, default=16, help="how many to load")
        command.add_argument("--seed", type=int, default=0)
        command.add_argument("--held-out", action="store_true")
        command.set_defaults(run=run)
        if name == "sheet":
            command.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.run(arguments)


def _prepare(arguments: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    people = fewer(read_corpus(arguments.corpus), arguments.portraits)
    save_portraits(arguments.out / PORTRAITS, stock_of(people))
    held_out = max(1, arguments.scenes // 48)
    said = gather(load_encoder(), arguments.speech, arguments.scenes, held_out, seed=1)
    save_speech(arguments.out / SPEECH, said, held_out)
    for path in sorted(arguments.out.glob("*.safetensors")):
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")


def _sheet(arguments: argparse.Namespace) -> None:
    save_sheet(arguments.out, _studio(arguments).draw())


def _pace(arguments: argparse.Namespace) -> None:
    studio = _studio(arguments)
    times, config = pace(studio), studio.config
    frames = config.clips * config.frames
    print(f"{frames / times['whole']:.1f} frames/s: {config}, {arguments.device}")
    print("  ".join(f"{name} {seconds * 1e3:.1f} ms" for name, seconds in times.items()))


def _studio(arguments: argparse.Namespace) -> Studio:
    config = ClipConfig(clips=arguments.clips)
    return open_studio(
        arguments.stock, config, arguments.device, arguments.seed,
        arguments.portraits, arguments.held_out,
    )  # fmt: skip


if __name__ == "__main__":
    main()
