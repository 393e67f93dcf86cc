"""From a plan to a training that runs, and from a training to a model in one file."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.checkpoint import BadCheckpoint
from core.model.avatar import AVATARS, Avatar, AvatarConfig, save_avatar
from core.training.avatar.generator import GeneratorRecipe, GeneratorStage, restored
from core.training.avatar.latents import measure
from core.training.avatar.learner import Learning, under
from core.training.avatar.loop import Training, TrainingState, read_training
from core.training.avatar.plan import SECONDS, Plan
from core.training.avatar.stage import Clips
from core.training.avatar.vae import Perceptual, VaeRecipe, VaeStage

DRAWS = 16
"""Batches over which the scale of latents is measured."""


def train(
    plan: Plan,
    clips: Clips,
    learning: Learning,
    recipe: VaeRecipe | GeneratorRecipe,
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
    avatar.vae.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if plan.stage == "vae" and isinstance(recipe, VaeRecipe):
        state = _same(state, plan, avatar)
        training: Training[Any] = Training(
            VaeStage(avatar.vae, recipe, perceptual), learning, plan, state, clock
        )
    elif plan.stage == "generator" and isinstance(recipe, GeneratorRecipe):
        state = _after_vae(plan, avatar, tensors, state, clips, recipe)
        training = Training(GeneratorStage(avatar, recipe), learning, plan, state, clock)
    else:
        raise ValueError(f"a {type(recipe).__name__} for the stage {plan.stage!r}")
    if state.steps:
        training.go_on(tensors)
    training.run(clips)
    return training


def export(folder: Path, out: Path, about: Mapping[str, str]) -> None:
    """Write the avatar of a generator's training, of mean weights, as one file.

    Raises:
        BadCheckpoint: there is no such training.
    """
    tensors, state = read_training(folder)
    if state.stage != "generator":
        raise BadCheckpoint(f"{folder.name} trains a {state.stage}; export a generator's training")
    avatar = Avatar(state.avatar)
    restored(avatar, under(tensors, "fixed/"))
    mean = under(tensors, "mean/generator.")
    avatar.generator.load_state_dict({name: tensor.float() for name, tensor in mean.items()})
    minutes = (state.before + state.seconds) / SECONDS
    out.parent.mkdir(parents=True, exist_ok=True)
    save_avatar(out, avatar, {**about, "minutes": f"{minutes:.1f}", "steps": str(state.steps)})


def _same(state: TrainingState | None, plan: Plan, avatar: Avatar) -> TrainingState:
    if state is None:
        return TrainingState(plan.stage, avatar.config)
    if state.stage != plan.stage:
        raise BadCheckpoint(f"{plan.resume} trains a {state.stage}, the plan a {plan.stage}")
    return state


def _after_vae(
    plan: Plan,
    avatar: Avatar,
    tensors: Mapping[str, Tensor],
    state: TrainingState | None,
    clips: Clips,
    recipe: GeneratorRecipe,
) -> TrainingState:
    """Put the VAE in: that of a generator's training, or the one that a VAE's training made."""
    if state is None:
        raise BadCheckpoint("a generator needs a VAE; resume the folder of the VAE's training")
    if state.stage == plan.stage:
        restored(avatar, under(tensors, "fixed/"))
        return state
    mean = {name: tensor.float() for name, tensor in under(tensors, "mean/").items()}
    avatar.vae.load_state_dict(mean)
    measure(avatar, clips, plan.batch, recipe.lengths[0].frames, DRAWS)
    return TrainingState(plan.stage, avatar.config, before=state.seconds)
