"""Write down what this tree gives: python -m tests.golden.record [CASE ...]

A refactoring must change nothing, so what it gives must be what was written down before. Whoever
changes results on purpose writes them down anew, in the commit that changes them.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tests.golden import model, puppet, training

NUMBERS = Path(__file__).with_name("numbers.json")
SAMPLES = 6
"""Numbers of a tensor that are written down, beside its mean and its deviation."""
WHOLE = 40
"""Tensors of so many numbers are written down whole."""
SECONDS, EVERY = 3.0, 15
"""Of puppets: for how long they are watched, and which frames are written down."""

Row = list[float]
Case = Callable[[], Iterator[tuple[str, Tensor]]]


def cases() -> Mapping[str, Case]:
    """Return what gives tensors, by name."""
    parts = (model.coded, model.velocities, model.streamed)
    presets = ((name, part) for name in ("lite", "paper") for part in parts)
    models = {f"{name} {part.__name__}": partial(_of_toy, part, name) for name, part in presets}
    stages = ("vae", "generator", "distill", "adversarial", "likeness", "speech")
    taught = {f"training {name}": getattr(training, name) for name in stages}
    lessons = {
        f"training face {name}": partial(training.face, number)
        for number, name in enumerate(("detector", "landmarks", "lips", "eye", "matte"))
    }
    more = {f"training {part.__name__}": partial(_in_folder, part) for part in _ON_DISK}
    return {**models, **taught, **lessons, **more}


def digest(tensor: Tensor) -> Row:
    """Return a tensor as few numbers: all of it, or mean, deviation and some in between."""
    numbers = tensor.detach().double().flatten()
    if len(numbers) <= WHOLE:
        return _rounded(numbers)
    some = numbers[torch.linspace(0, len(numbers) - 1, SAMPLES).long()]
    return _rounded(torch.cat([numbers.mean()[None], numbers.std()[None], some]))


def digests(case: Case) -> Mapping[str, Row]:
    """Return what is written down of a case."""
    return {name: digest(tensor) for name, tensor in case()}


def watched(person: str) -> NDArray[np.uint8]:
    """Return some coarse pictures of a person's performance."""
    frames = puppet.performed(person, SECONDS)
    return np.stack([puppet.coarse(f) for n, f in enumerate(frames) if n % EVERY == EVERY - 1])


def main() -> None:
    """See the module's docstring."""
    torch.set_num_threads(1)
    chosen = sys.argv[1:]
    numbers: dict[str, Any] = json.loads(NUMBERS.read_text("utf-8")) if chosen else {}
    for name, case in cases().items():
        if not chosen or name in chosen:
            numbers[name] = digests(case)
    for name, person in ((f"puppet {person}", person) for person in puppet.PEOPLE):
        if not chosen or name in chosen:
            numbers[name] = [watched(person).tobytes().hex()]
    NUMBERS.write_text(_json(numbers), "utf-8")


def _of_toy(part: Callable[[Any], Iterator[tuple[str, Tensor]]], name: str) -> Any:
    return part(model.toy(name))


_ON_DISK = (training.chain,)


def _in_folder(
    part: Callable[[Path], Iterator[tuple[str, Tensor]]],
) -> Iterator[tuple[str, Tensor]]:
    with tempfile.TemporaryDirectory() as folder:
        yield from part(Path(folder))


def _rounded(numbers: Tensor) -> Row:
    return [float(f"{number:.9g}") for number in numbers.tolist()]


def _json(numbers: Mapping[str, Any]) -> str:
    """Return JSON with a line for each row of numbers."""
    parts = []
    for name, case in numbers.items():
        rows = case.items() if isinstance(case, Mapping) else None
        if rows is None:
            parts.append(f"{json.dumps(name)}: {json.dumps(case)}")
            continue
        lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(row)}" for key, row in rows)
        parts.append(f"{json.dumps(name)}: {{\n{lines}\n}}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    main()
