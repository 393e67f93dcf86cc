"""From a plan to a training that runs, and from a training to a model in one file."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.checkpoint import BadCheckpoint
from core.model.avatar import AVATARS, Avatar, AvatarConfig, save_avatar
from core.training.avatar import ranks
from core.training.avatar.generator import restored
from core.training.avatar.learner import Learning, under
from core.training.avatar.loop import Training, TrainingState, read_training
from core.training.avatar.opening import Found, Recipe, opened, repainted
from core.training.avatar.plan import SECONDS, Plan
from core.training.avatar.stage import Clips
from core.training.avatar.vae import Perceptual

DRAWERS = {"generator": "mean/generator.", "distill": "mean/student."}
"""Stages that train a generator, and where its mean weights are."""


def train(
    plan: Plan,
    clips: Clips,
    learning: Learning,
    recipe: Recipe,
    shape: AvatarConfig | None = None,
    perceptual: Perceptual | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Training[Any]:
    """Run one call of the trainer; `shape` stands in for the plan's preset.

    Raises:
        BadCheckpoint: what is to be resumed is damaged or of another stage.
        ValueError: the plan and the recipe are for different stages.
    """
    tensors, state = read_training(plan.resume) if plan.resume else ({}, None)
    avatar = Avatar(state.avatar if state else shape or AVATARS[plan.preset])
    avatar.to(plan.place)
    found = Found(plan, avatar, tensors, state, clips, perceptual)
    stage, state = opened(recipe, found)
    for network in (avatar.vae, stage.network):
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    ranks.same(avatar)
    ranks.same(stage.network)
    training: Training[Any] = Training(stage, learning, plan, state, clock)
    if state.steps:
        training.go_on(tensors)
    training.run(clips)
    return training


def export(folder: Path, out: Path, about: Mapping[str, str], repaint: Path | None = None) -> None:
    """Write the avatar of a generator's or a student's training, of mean weights, as one file.

    repaint: an adversarial training of the same VAE, whose decoder takes the place of its own.

    Raises:
        BadCheckpoint: there is no such training.
        ValueError: `repaint` is about another VAE.
    """
    tensors, state = read_training(folder)
    if state.stage not in DRAWERS:
        raise BadCheckpoint(f"{folder.name} trains a {state.stage}; export a generator's training")
    avatar = drawer(tensors, state)
    seconds = state.before + state.seconds
    if repaint:
        seconds += _repaint(avatar, repaint)
    out.parent.mkdir(parents=True, exist_ok=True)
    minutes = f"{seconds / SECONDS:.1f}"
    save_avatar(out, avatar, {**about, "minutes": minutes, "steps": str(state.steps)})


def drawer(tensors: Mapping[str, Tensor], state: TrainingState) -> Avatar:
    """Return the avatar of a training of one of DRAWERS, of mean weights."""
    avatar = Avatar(state.avatar)
    restored(avatar, under(tensors, "fixed/"))
    mean = under(tensors, DRAWERS[state.stage])
    avatar.generator.load_state_dict({name: tensor.float() for name, tensor in mean.items()})
    return avatar


def _repaint(avatar: Avatar, folder: Path) -> float:
    """Put in the decoder of an adversarial training; return the seconds that took."""
    tensors, state = read_training(folder)
    if state.stage != "adversarial":
        raise BadCheckpoint(f"{folder.name} trains a {state.stage}, expected adversarial")
    ours = {name: tensor.clone() for name, tensor in avatar.vae.encoder.state_dict().items()}
    repainted(avatar.vae, tensors)
    theirs: Mapping[str, Tensor] = avatar.vae.encoder.state_dict()
    if not all(torch.equal(tensor, theirs[name]) for name, tensor in ours.items()):
        raise ValueError(f"{folder.name} repaints another VAE than the generator was trained on")
    return state.seconds
