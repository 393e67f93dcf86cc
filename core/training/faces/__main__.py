"""Train the face finder, join separately trained parts, or evaluate one.

python -m core.training.faces [evaluate | join] ...
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import torch

from core.perception.face.finder import FaceFinder
from core.perception.face.weights import WEIGHTS
from core.tensors import save
from core.training.faces.corpus import read_corpus
from core.training.faces.finder_report import print_finder_report
from core.training.faces.finder_training import FinderTrainConfig, join_runs, train_finder
from core.training.faces.tasks import PART_TASKS

DATA = (
    "1,359 portraits (AI-generated: faker, sfhq; official, public domain: congress, gpo), "
    "machine-made landmarks and mattes, 200 background crops; one identity in ten held out"
)
FACE_FILE = "face.safetensors"
"""File of the weights, in the folder of their training."""
UNMEASURED = "not measured: see python -m core.training.faces evaluate"


def main(arguments: list[str]) -> None:
    """See the module's docstring."""
    if arguments[:1] == ["evaluate"]:
        _evaluate(arguments[1:])
    elif arguments[:1] == ["join"]:
        _join(arguments[1:])
    else:
        _train(arguments)


def _evaluate(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="core.training.faces evaluate")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of the portraits")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--empty", type=Path, help="a folder of pictures that show no face")
    options = parser.parse_args(arguments)
    _limit_threads(1)
    print_finder_report(FaceFinder(options.weights), read_corpus(options.corpus), options.empty)


def _limit_threads(count: int) -> None:
    torch.set_num_threads(count)
    cv2.setNumThreads(count)


def _train(arguments: list[str]) -> None:
    options = _train_parser().parse_args(arguments)
    _limit_threads(options.threads)
    settings = FinderTrainConfig(
        options.minutes,
        options.out,
        options.device,
        options.resume,
        tuple(options.tasks.split(",")),
        options.workers,
    )
    train_finder(read_corpus(options.corpus), settings)
    write_weights([options.out], options.out / FACE_FILE)


def _join(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="core.training.faces join")
    parser.add_argument("runs", type=Path, nargs="+", help="folders of their trainings")
    parser.add_argument("--out", type=Path, required=True, help="the file of weights to write")
    parser.add_argument("--quality", default=UNMEASURED, help="what evaluate says, in short")
    options = parser.parse_args(arguments)
    write_weights(options.runs, options.out, options.quality)


def write_weights(runs: Sequence[Path], path: Path, quality: str = UNMEASURED) -> None:
    """Write the EMA weights of trainings as one file, in half precision, with their origin."""
    network, minutes = join_runs(runs)
    weights = {
        name: tensor.half() if tensor.is_floating_point() else tensor
        for name, tensor in network.state_dict().items()
    }
    about = {
        "data": DATA,
        "recipe": "python -m core.training.faces; its tasks may be shared among processes",
        "minutes_trained": f"{minutes:.0f}",
        "quality": quality,
    }
    save(path, weights, network.config, about)


def _train_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="core.training.faces", description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="folder of the portraits")
    parser.add_argument(
        "--minutes", type=float, default=55, help="time budget of all calls and tasks"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the training")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--resume", type=Path, help="folder of a training to resume")
    parser.add_argument("--tasks", default=",".join(task.name for task in PART_TASKS))
    parser.add_argument("--workers", type=int, default=0, help="processes that draw batches")
    parser.add_argument("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
