"""From what a training is to go on from, to the stage that does."""

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
from core.training.trainer.optimization import strip_prefix
from core.training.trainer.stage import ClipSource, TrainingStage
from core.training.trainer.train_config import TrainConfig
from core.training.trainer.training_loop import TrainingState

SCALE_BATCHES = 16
"""Batches over which the scale of latents is measured."""

Recipe = VaeRecipe | GeneratorRecipe | DistillRecipe | AdversarialRecipe


class StageInputs(NamedTuple):
    """What there is to begin with."""

    config: TrainConfig
    avatar: Avatar
    tensors: Mapping[str, Tensor]
    state: TrainingState | None
    """Of the training to go on with, or of a stage before; None: nothing was trained yet."""
    source: ClipSource
    perceptual_loss: PerceptualLoss | None


class OpenedStage(NamedTuple):
    """A stage, and how far its training has come."""

    stage: TrainingStage[Any]
    state: TrainingState


@singledispatch
def open_stage(recipe: Recipe, inputs: StageInputs) -> OpenedStage:
    """Return the stage of a recipe, its networks filled with what was found.

    Raises:
        BadCheckpoint: what is to be resumed is of a stage that this one cannot begin from.
        ValueError: the plan is for another stage than the recipe.
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
        load_frozen_avatar(avatar, strip_prefix(inputs.tensors, "fixed/"))
    else:
        avatar.vae.load_state_dict(_ema_weights(inputs, ""))
        load_frozen_avatar(
            avatar, frozen_avatar_state(avatar)
        )  # what is kept is rounded; so it is from the start
        fit_latent_scale(
            avatar,
            inputs.source,
            inputs.config.batch_size,
            recipe.clip_lengths[0].frames,
            SCALE_BATCHES,
        )
    return OpenedStage(
        GeneratorStage(avatar, recipe), _stage_state(state, "generator", avatar.config)
    )


@open_stage.register
def _distill(recipe: DistillRecipe, inputs: StageInputs) -> OpenedStage:
    state = _check_predecessor(inputs, "distill", "generator")
    avatar, fixed = inputs.avatar, strip_prefix(inputs.tensors, "fixed/")
    if state.stage == "distill":
        load_teacher(avatar, fixed)
    else:
        load_frozen_avatar(avatar, fixed)
        avatar.generator.load_state_dict(_ema_weights(inputs, "generator."))
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
        vae.load_state_dict(_ema_weights(inputs, ""))
        encoder = {name: tensor.half().float() for name, tensor in vae.encoder.state_dict().items()}
        vae.encoder.load_state_dict(encoder)
    stage = AdversarialStage(vae, recipe, inputs.perceptual_loss)
    return OpenedStage(stage, _stage_state(state, "adversarial", inputs.avatar.config))


def load_adversarial_vae(vae: CausalVideoVae, tensors: Mapping[str, Tensor]) -> None:
    """Put in the VAE that an adversarial training's tensors hold, of mean weights."""
    parts = {"encoder": f"fixed/{ENCODER}", "decoder": "mean/decoder."}
    for name, prefix in parts.items():
        weights = {key: tensor.float() for key, tensor in strip_prefix(tensors, prefix).items()}
        getattr(vae, name).load_state_dict(weights)


def _ema_weights(inputs: StageInputs, prefix: str) -> dict[str, Tensor]:
    weights = strip_prefix(inputs.tensors, f"mean/{prefix}")
    return {name: tensor.float() for name, tensor in weights.items()}


def _check_predecessor(inputs: StageInputs, stage: str, predecessor: str | None) -> TrainingState:
    """Return what is to be gone on from, if this stage can: a training of it or of the one before.

    Raises:
        BadCheckpoint, ValueError: it cannot; see `opened`.
    """
    if inputs.config.stage != stage:
        raise ValueError(f"a recipe of the stage {stage!r} for the stage {inputs.config.stage!r}")
    if inputs.state is None:
        if predecessor:
            raise BadCheckpoint(
                f"{stage} begins with what {predecessor} made; resume that training"
            )
        return TrainingState(stage, inputs.avatar.config)
    if inputs.state.stage not in (stage, predecessor):
        expected = f"{predecessor} or {stage}" if predecessor else stage
        raise BadCheckpoint(
            f"{inputs.config.resume_from} trains a {inputs.state.stage}; expected a training of {expected}"
        )
    return inputs.state


def _stage_state(state: TrainingState, stage: str, config: AvatarConfig) -> TrainingState:
    """Return the state to go on with: its own, or a new one after all time spent so far."""
    if state.stage == stage:
        return state
    return TrainingState(stage, config, earlier_seconds=state.earlier_seconds + state.seconds)
