"""Prepare a stock, render a contact sheet of its clips, measure the throughput.

python -m core.training.studio prepare --corpus DIR --speech DIR --out DIR
python -m core.training.studio sheet --stock DIR --out sheet.png
python -m core.training.studio throughput --stock DIR [--device cuda] [--clips 24]
"""

import argparse
from pathlib import Path

import torch

from core.perception.speech.encoder_torch import load_speech_encoder
from core.training.faces.corpus import read_corpus
from core.training.studio.clip_renderer import ClipRenderer
from core.training.studio.clip_sampler import ClipConfig
from core.training.studio.contact_sheet import save_contact_sheet
from core.training.studio.portrait_stock import build_portrait_stock, save_portrait_stock, subsample
from core.training.studio.speech_stock import build_speech_stock, save_speech_stock
from core.training.studio.stock import PORTRAITS_FILE, SPEECH_FILE, open_renderer
from core.training.studio.throughput import stage_seconds


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="The studio: talking clips to train on.")
    commands = parser.add_subparsers(dest="command", required=True)
    prepare = commands.add_parser("prepare", help="make a stock of a corpus and speech")
    prepare.add_argument("--corpus", type=Path, required=True, help="folder of the portraits")
    prepare.add_argument(
        "--speech", type=Path, required=True, help="see core.training.speech.dataset"
    )
    prepare.add_argument("--out", type=Path, required=True)
    prepare.add_argument("--portraits", type=int, help="at most so many, at random")
    prepare.add_argument("--scenes", type=int, default=2336, help="of 16 s of speech")
    prepare.set_defaults(run=_prepare)
    for name, run, about in (("sheet", _sheet, "look"), ("throughput", _throughput, "measure")):
        command = commands.add_parser(name, help=about)
        command.add_argument("--stock", type=Path, required=True)
        command.add_argument("--device", default="cpu")
        command.add_argument("--clips", type=int, default=8)
        command.add_argument("--portraits", type=int, default=16, help="how many to load")
        command.add_argument("--seed", type=int, default=0)
        command.add_argument("--validation", action="store_true")
        command.set_defaults(run=run)
        if name == "sheet":
            command.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.run(arguments)


def _prepare(arguments: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    people = subsample(read_corpus(arguments.corpus), arguments.portraits)
    save_portrait_stock(arguments.out / PORTRAITS_FILE, build_portrait_stock(people))
    validation = max(1, arguments.scenes // 48)
    speech = build_speech_stock(
        load_speech_encoder(), arguments.speech, arguments.scenes, validation, seed=1
    )
    save_speech_stock(arguments.out / SPEECH_FILE, speech, validation)
    for path in sorted(arguments.out.glob("*.safetensors")):
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")


def _sheet(arguments: argparse.Namespace) -> None:
    save_contact_sheet(arguments.out, _renderer(arguments).next_batch())


def _throughput(arguments: argparse.Namespace) -> None:
    renderer = _renderer(arguments)
    times, config = stage_seconds(renderer), renderer.config
    frames = config.clips * config.frames
    print(f"{frames / times['whole']:.1f} frames/s: {config}, {arguments.device}")
    print("  ".join(f"{name} {seconds * 1e3:.1f} ms" for name, seconds in times.items()))


def _renderer(arguments: argparse.Namespace) -> ClipRenderer:
    config = ClipConfig(clips=arguments.clips)
    return open_renderer(
        arguments.stock, config, arguments.device, arguments.seed,
        arguments.portraits, arguments.validation,
    )  # fmt: skip


if __name__ == "__main__":
    main()
