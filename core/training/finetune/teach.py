"""From a film to a fine-tuned model: what command line and window have in common."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from core.checkpoint import read_about
from core.model.avatar import load_avatar, save_avatar
from core.process.priority import give_way
from core.sentence import said
from core.training.films.parallel import open_tools
from core.training.films.preprocess import Preparation
from core.training.finetune.finetune import Budget, Verdict, about_finetuned, finetune
from core.training.finetune.personal_film import PersonalFilm, open_personal_film


@dataclass(frozen=True)
class Lesson:
    """What is learned from what; travels to another process."""

    film: Path
    model: Path
    """To start from."""
    out: Path
    """File of the fine-tuned model."""
    work: Path
    """Folder for what is made of the film."""
    consent: str
    """Whose film it is, and that who is seen agreed."""
    minutes: float
    """Of learning, after the film was looked through."""
    device: str = "cpu"
    seed: int = 0


@dataclass(frozen=True)
class Listener:
    """Who is told how far it has come."""

    heard: Callable[[float], None]
    """Gets the seconds of film that are learned from."""
    advanced: Callable[[float], None]
    """Gets the share of the minutes that is over."""
    needs: Callable[[float], None]
    """Gets the minutes in which as much is learned as is usual, on this computer."""


def teach(
    lesson: Lesson,
    listener: Listener,
    open_film: Callable[[Preparation, str, int], PersonalFilm] | None = None,
) -> list[Verdict]:
    """Fine-tune a model; write it if any part of it became better.

    Raises:
        ValueError: film or model cannot be used, or nothing became better (a `BadCheckpoint` is
            one, too).
    """
    if lesson.device == "cpu":
        give_way()
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))
    avatar = load_avatar(lesson.model)
    about = read_about(lesson.model)
    preparation = Preparation(lesson.film, lesson.work / "film", avatar.config, lesson.consent)
    film = (open_film or _open_film)(preparation, lesson.device, lesson.seed)
    listener.heard(film.seconds)
    budget = Budget(
        lesson.work,
        lesson.minutes,
        lesson.device,
        lesson.seed,
        listener.advanced,
        listener.needs,
    )
    verdicts = finetune(avatar, film.clips, budget)
    if not any(verdict.better for verdict in verdicts):
        raise ValueError(
            said(
                "nothing became better than before, so all stays as it was",
                remedy="try a longer film, or more minutes",
            )
        )
    lesson.out.parent.mkdir(parents=True, exist_ok=True)
    save_avatar(lesson.out, avatar, about_finetuned(about, verdicts, film.licence))
    return verdicts


def _open_film(preparation: Preparation, device: str, seed: int) -> PersonalFilm:
    return open_personal_film(preparation, open_tools(), device, seed)
