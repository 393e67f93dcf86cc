"""Train a stage of an avatar model, and export a training as one file."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.checkpoint import BadCheckpoint
from core.model.avatar import AVATAR_PRESETS, Avatar, AvatarConfig, save_avatar
from core.model.generator.generator_config import Sampling
from core.training.avatar.generator import load_frozen_avatar
from core.training.avatar.resume import Recipe, StageInputs, load_adversarial_vae, open_stage
from core.training.avatar.vae import PerceptualLoss
from core.training.films.latent_cache import cached_clips
from core.training.trainer import distributed
from core.training.trainer.clip_batch import ClipBatch, ClipSource
from core.training.trainer.optimization import OptimizationConfig, ema_weights, strip_prefix
from core.training.trainer.train_config import SECONDS_PER_MINUTE, TrainConfig
from core.training.trainer.training_loop import TrainingLoop
from core.training.trainer.training_state import TrainingState, load_training

GENERATOR_STAGES = {"generator": "generator.", "distill": "student."}
"""Stages that train a generator, and its prefix in their network."""


def train_avatar(
    config: TrainConfig,
    source: ClipSource,
    optimization: OptimizationConfig,
    recipe: Recipe,
    avatar_config: AvatarConfig | None = None,
    perceptual_loss: PerceptualLoss | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> TrainingLoop[ClipBatch, Any]:
    """Run one call of the trainer; `avatar_config` overrides the resumed one, or the preset.

    Raises:
        BadCheckpoint: what is to be resumed is damaged or of another stage.
        ValueError: config and recipe are for different stages; latents are to be cached of clips
            that are none of films.
    """
    tensors, state = load_training(config.resume_from) if config.resume_from else ({}, None)
    if state and avatar_config:
        state = replace(state, avatar=avatar_config)
    avatar = Avatar(
        state.avatar_config if state else avatar_config or AVATAR_PRESETS[config.preset]
    )
    avatar.to(config.torch_device)
    inputs = StageInputs(config, avatar, tensors, state, source, perceptual_loss)
    stage, state = open_stage(recipe, inputs)
    folder = config.latent_cache
    drawn: Any = cached_clips(source, avatar.vae, folder) if folder else source
    for network in (avatar.vae, stage.network):
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    distributed.broadcast_weights(avatar)
    distributed.broadcast_weights(stage.network)
    training: TrainingLoop[ClipBatch, Any] = TrainingLoop(stage, optimization, config, state, clock)
    if state.steps:
        training.load_state(tensors)
    training.run(drawn)
    return training


def export_avatar(
    folder: Path,
    out: Path,
    about: Mapping[str, str],
    decoder_from: Path | None = None,
    sampling: Sampling | None = None,
) -> None:
    """Write the avatar of a generator's or a student's training, its EMA weights, as one file.

    decoder_from: an adversarial training of the same VAE, whose decoder replaces its own.
    sampling: how the model is to sample, if not as it did in its training.

    Raises:
        BadCheckpoint: there is no such training.
        ValueError: `decoder_from` trains another VAE.
    """
    tensors, state = load_training(folder)
    if state.stage not in GENERATOR_STAGES:
        raise BadCheckpoint(f"{folder.name} trains a {state.stage}; export a generator's training")
    if sampling:
        generator = replace(state.avatar_config.generator, sampling=sampling)
        state = replace(state, avatar=replace(state.avatar_config, generator=generator))
    avatar = load_generator_avatar(tensors, state)
    seconds, licences = state.earlier_seconds + state.seconds, state.licences
    if decoder_from:
        other = _replace_decoder(avatar, decoder_from)
        seconds, licences = seconds + other.seconds, licences + other.licences
    out.parent.mkdir(parents=True, exist_ok=True)
    minutes = f"{seconds / SECONDS_PER_MINUTE:.1f}"
    counted = {"minutes": minutes, "steps": str(state.steps)}
    save_avatar(out, avatar, {**about, **counted, **licence_metadata(licences)})


def licence_metadata(licences: Sequence[str]) -> dict[str, str]:
    """Return what a file says of the licences of what it was learned from: nothing if none."""
    return {"licences": "; ".join(sorted(set(licences)))} if licences else {}


def load_generator_avatar(tensors: Mapping[str, Tensor], state: TrainingState) -> Avatar:
    """Return the avatar of a training of one of GENERATOR_STAGES, with its EMA weights."""
    avatar = Avatar(state.avatar_config)
    load_frozen_avatar(avatar, strip_prefix(tensors, "frozen/"))
    avatar.generator.load_state_dict(ema_weights(tensors, GENERATOR_STAGES[state.stage]))
    return avatar


def _replace_decoder(avatar: Avatar, folder: Path) -> TrainingState:
    """Load the decoder of an adversarial training; return the state of that training."""
    tensors, state = load_training(folder)
    if state.stage != "adversarial":
        raise BadCheckpoint(f"{folder.name} trains a {state.stage}, expected adversarial")
    ours = {name: tensor.clone() for name, tensor in avatar.vae.encoder.state_dict().items()}
    load_adversarial_vae(avatar.vae, tensors)
    theirs: Mapping[str, Tensor] = avatar.vae.encoder.state_dict()
    if not all(torch.equal(tensor, theirs[name]) for name, tensor in ours.items()):
        raise ValueError(f"{folder.name} trains the decoder of another VAE than the generator's")
    return state
