"""Resume a training stage, or start it from the previous stage's checkpoint."""

from collections.abc import Mapping
from dataclasses import replace
from functools import singledispatch
from typing import Any, NamedTuple

from torch import Tensor

from core.checkpoint import BadCheckpoint
from core.model.avatar import Avatar, AvatarConfig
from core.model.vae.causal_vae import CausalVideoVae
from core.training.avatar.adversarial import ENCODER, AdversarialRecipe, AdversarialStage
from core.training.avatar.distill import DistillRecipe, DistillStage, load_teacher
from core.training.avatar.generator import (
    GeneratorRecipe,
    GeneratorStage,
    frozen_avatar_state,
    load_frozen_avatar,
)
from core.training.avatar.latents import fit_latent_scale
from core.training.avatar.vae import PerceptualLoss, VaeRecipe, VaeStage
from core.training.trainer.clip_batch import ClipBatch, ClipSource
from core.training.trainer.optimization import ema_weights, strip_prefix
from core.training.trainer.stage import TrainingStage
from core.training.trainer.train_config import TrainConfig
from core.training.trainer.training_state import TrainingState

SCALE_BATCHES = 16
"""Batches from which mean and standard deviation of latents are estimated."""

Recipe = VaeRecipe | GeneratorRecipe | DistillRecipe | AdversarialRecipe


class StageInputs(NamedTuple):
    """What a stage is opened from."""

    config: TrainConfig
    avatar: Avatar
    tensors: Mapping[str, Tensor]
    state: TrainingState | None
    """Of the training to resume, or of the stage before; None: nothing was trained yet."""
    source: ClipSource
    perceptual_loss: PerceptualLoss | None


class OpenedStage(NamedTuple):
    """A stage, and how far its training has come."""

    stage: TrainingStage[ClipBatch, Any]
    state: TrainingState


@singledispatch
def open_stage(recipe: Recipe, inputs: StageInputs) -> OpenedStage:
    """Return the stage of a recipe, its networks loaded from the inputs.

    Raises:
        BadCheckpoint: what is to be resumed is of a stage that this one cannot start from.
        ValueError: config and recipe are for different stages.
    """
    raise ValueError(f"{type(recipe).__name__} is no recipe of the stage {inputs.config.stage!r}")


@open_stage.register
def _vae(recipe: VaeRecipe, inputs: StageInputs) -> OpenedStage:
    _check_predecessor(inputs, "vae", None)
    stage = VaeStage(inputs.avatar.vae, recipe, inputs.perceptual_loss)
    return OpenedStage(stage, inputs.state or TrainingState("vae", inputs.avatar.config))


@open_stage.register
def _generator(recipe: GeneratorRecipe, inputs: StageInputs) -> OpenedStage:
    state = _check_predecessor(inputs, "generator", "vae")
    avatar = inputs.avatar
    if state.stage == "generator":
        load_frozen_avatar(avatar, strip_prefix(inputs.tensors, "frozen/"))
    else:
        avatar.vae.load_state_dict(ema_weights(inputs.tensors))
        # Checkpoints hold the VAE in half precision; it is rounded from the start.
        load_frozen_avatar(avatar, frozen_avatar_state(avatar))
        frames, batch_size = recipe.clip_lengths[0].frames, inputs.config.batch_size
        fit_latent_scale(avatar, inputs.source, batch_size, frames, SCALE_BATCHES)
    stage = GeneratorStage(avatar, recipe)
    return OpenedStage(stage, _stage_state(state, "generator", avatar.config))


@open_stage.register
def _distill(recipe: DistillRecipe, inputs: StageInputs) -> OpenedStage:
    state = _check_predecessor(inputs, "distill", "generator")
    avatar, frozen = inputs.avatar, strip_prefix(inputs.tensors, "frozen/")
    if state.stage == "distill":
        load_teacher(avatar, frozen)
    else:
        load_frozen_avatar(avatar, frozen)
        avatar.generator.load_state_dict(ema_weights(inputs.tensors, "generator."))
    stage = DistillStage(avatar, recipe)
    load_teacher(avatar, stage.frozen_state())
    config = replace(avatar.config, generator=recipe.student_config(avatar.config.generator))
    return OpenedStage(stage, replace(_stage_state(state, "distill", config), avatar=config))


@open_stage.register
def _adversarial(recipe: AdversarialRecipe, inputs: StageInputs) -> OpenedStage:
    state = _check_predecessor(inputs, "adversarial", "vae")
    vae = inputs.avatar.vae
    if state.stage == "adversarial":
        load_adversarial_vae(vae, inputs.tensors)
    else:
        vae.load_state_dict(ema_weights(inputs.tensors))
        round_encoder(vae)
    stage = AdversarialStage(vae, recipe, inputs.perceptual_loss)
    return OpenedStage(stage, _stage_state(state, "adversarial", inputs.avatar.config))


def round_encoder(vae: CausalVideoVae) -> None:
    """Round a frozen encoder to half precision, in which checkpoints hold it."""
    encoder = {name: tensor.half().float() for name, tensor in vae.encoder.state_dict().items()}
    vae.encoder.load_state_dict(encoder)


def load_adversarial_vae(vae: CausalVideoVae, tensors: Mapping[str, Tensor]) -> None:
    """Load an adversarial training's VAE: its frozen encoder, the EMA of its decoder."""
    encoder = strip_prefix(tensors, f"frozen/{ENCODER}")
    vae.encoder.load_state_dict({name: tensor.float() for name, tensor in encoder.items()})
    vae.decoder.load_state_dict(ema_weights(tensors, "decoder."))


def _check_predecessor(inputs: StageInputs, stage: str, predecessor: str | None) -> TrainingState:
    """Return the state of a training of this stage or of its predecessor.

    Raises:
        BadCheckpoint, ValueError: it is of another stage; see `open_stage`.
    """
    if inputs.config.stage != stage:
        raise ValueError(f"a recipe of the stage {stage!r} for the stage {inputs.config.stage!r}")
    if inputs.state is None:
        if predecessor:
            raise BadCheckpoint(f"{stage} starts from a training of {predecessor}; resume that one")
        return TrainingState(stage, inputs.avatar.config)
    if inputs.state.stage not in (stage, predecessor):
        expected = f"{predecessor} or {stage}" if predecessor else stage
        raise BadCheckpoint(
            f"{inputs.config.resume_from} trains a {inputs.state.stage}; "
            f"expected a training of {expected}"
        )
    return inputs.state


def _stage_state(state: TrainingState, stage: str, config: AvatarConfig) -> TrainingState:
    """Return the state to resume: its own, or a new one after all time spent so far."""
    if state.stage == stage:
        return state
    earlier = state.earlier_seconds + state.seconds
    return TrainingState(stage, config, earlier_seconds=earlier, licences=state.licences)
