"""Fine-tune the avatar model to one person, in a process of its own; nothing here needs torch."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from core.engine.avatar_models import model_to_finetune
from core.optional_torch import has_torch
from core.process.child import Child, command
from core.sentence import said

MODULE = "core.training.finetune.finetune_process"
"""What the process runs; editions that only perform come without it."""
LOOK = 0.2
"""Seconds between two looks whether it is still wanted."""
USUAL_MINUTES = 40.0


@dataclass(frozen=True)
class Film:
    """What is learned from, and who agreed."""

    path: Path
    consent: str
    minutes: float = USUAL_MINUTES
    """Of learning, after the film was looked through."""


class LearnedPart(NamedTuple):
    """A part of the model before and after, measured on the film's last half minute."""

    part: str
    """"picture" (of face and mouth, dB) or "movement" (its error)."""
    before: float
    after: float
    better: bool
    """Else it stays as it was."""


class Progress(NamedTuple):
    """How far it has come."""

    seconds: float = 0.0
    """Of film that are learned from; 0 while the film is still looked through."""
    share: float = 0.0
    """Of the minutes that is over."""
    needed: float = 0.0
    """Minutes in which as much is learned as is usual, on this computer; 0: not known yet."""


class FinetuneFailed(ValueError):
    """Nothing was learned; the message says why."""


class FinetuneCancelled(Exception):
    """Nobody wants it any more."""


def can_finetune() -> bool:
    """Return whether this edition can learn, and has a model to start from."""
    if not has_torch() or model_to_finetune() is None:
        return False
    try:
        return find_spec(MODULE) is not None
    except ModuleNotFoundError:
        return False


def start_process() -> Child:
    """Start the process that learns.

    Raises:
        ChildLost: it cannot be started.
    """
    return Child(command(MODULE), "learning")


def finetune(
    film: Film,
    folder: Path,
    out: Path,
    tell: Callable[[Progress], None],
    wanted: Callable[[], bool],
    start: Callable[[], Child] = start_process,
) -> list[LearnedPart]:
    """Fine-tune in a process of its own, in `folder`; write the model to `out`.

    Called on a thread of its own.

    Raises:
        FinetuneFailed: the film cannot be learned from, or nothing became better.
        FinetuneCancelled: `wanted` said no.
        ChildLost: the process ended.
    """
    model = model_to_finetune()
    if model is None:
        raise FinetuneFailed(said("there is no avatar model to start from"))
    child = start()
    try:
        child.send(
            {
                "film": str(film.path),
                "model": str(model),
                "out": str(out),
                "work": str(folder),
                "consent": film.consent,
                "minutes": film.minutes,
            }
        )
        return _await_parts(child, tell, wanted)
    finally:
        child.close(0.0)


def _await_parts(
    child: Child, tell: Callable[[Progress], None], wanted: Callable[[], bool]
) -> list[LearnedPart]:
    progress = Progress()
    while wanted():
        message = child.receive(LOOK)
        if message is None:
            continue
        head = message.head
        if "failed" in head:
            raise FinetuneFailed(head["failed"])
        if "parts" in head:
            return [LearnedPart(**part) for part in head["parts"]]
        progress = progress._replace(**head)
        tell(progress)
    raise FinetuneCancelled
