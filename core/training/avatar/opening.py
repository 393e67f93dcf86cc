"""From what a training is to go on from, to the stage that does."""

from collections.abc import Mapping
from dataclasses import replace
from functools import singledispatch
from typing import Any, NamedTuple

from torch import Tensor

from core.checkpoint import BadCheckpoint
from core.model.avatar import Avatar, AvatarConfig
from core.model.vae import CausalVideoVae
from core.training.avatar.adversarial import ENCODER, AdversarialRecipe, AdversarialStage
from core.training.avatar.distill import DistillRecipe, DistillStage, taught
from core.training.avatar.generator import GeneratorRecipe, GeneratorStage, kept, restored
from core.training.avatar.latents import measure
from core.training.avatar.learner import under
from core.training.avatar.loop import TrainingState
from core.training.avatar.plan import Plan
from core.training.avatar.stage import Clips, Stage
from core.training.avatar.vae import Perceptual, VaeRecipe, VaeStage

DRAWS = 16
"""Batches over which the scale of latents is measured."""

Recipe = VaeRecipe | GeneratorRecipe | DistillRecipe | AdversarialRecipe


class Found(NamedTuple):
    """What there is to begin with."""

    plan: Plan
    avatar: Avatar
    tensors: Mapping[str, Tensor]
    state: TrainingState | None
    """Of the training to go on with, or of a stage before; None: nothing was trained yet."""
    clips: Clips
    perceptual: Perceptual | None


class Opened(NamedTuple):
    """A stage, and how far its training has come."""

    stage: Stage[Any]
    state: TrainingState


@singledispatch
def opened(recipe: Recipe, found: Found) -> Opened:
    """Return the stage of a recipe, its networks filled with what was found.

    Raises:
        BadCheckpoint: what is to be resumed is of a stage that this one cannot begin from.
        ValueError: the plan is for another stage than the recipe.
    """
    raise ValueError(f"{type(recipe).__name__} is no recipe of the stage {found.plan.stage!r}")


@opened.register
def _vae(recipe: VaeRecipe, found: Found) -> Opened:
    _after(found, "vae", None)
    stage = VaeStage(found.avatar.vae, recipe, found.perceptual)
    return Opened(stage, found.state or TrainingState("vae", found.avatar.config))


@opened.register
def _generator(recipe: GeneratorRecipe, found: Found) -> Opened:
    state = _after(found, "generator", "vae")
    avatar = found.avatar
    if state.stage == "generator":
        restored(avatar, under(found.tensors, "fixed/"))
    else:
        avatar.vae.load_state_dict(_mean(found, ""))
        restored(avatar, kept(avatar))  # what is kept is rounded; so it is from the start
        measure(avatar, found.clips, found.plan.batch, recipe.lengths[0].frames, DRAWS)
    return Opened(GeneratorStage(avatar, recipe), _begun(state, "generator", avatar.config))


@opened.register
def _distill(recipe: DistillRecipe, found: Found) -> Opened:
    state = _after(found, "distill", "generator")
    avatar, fixed = found.avatar, under(found.tensors, "fixed/")
    if state.stage == "distill":
        taught(avatar, fixed)
    else:
        restored(avatar, fixed)
        avatar.generator.load_state_dict(_mean(found, "generator."))
    stage = DistillStage(avatar, recipe)
    taught(avatar, stage.fixed())
    config = replace(avatar.config, generator=recipe.sampled(avatar.config.generator))
    return Opened(stage, replace(_begun(state, "distill", config), avatar=config))


@opened.register
def _adversarial(recipe: AdversarialRecipe, found: Found) -> Opened:
    state = _after(found, "adversarial", "vae")
    vae = found.avatar.vae
    if state.stage == "adversarial":
        repainted(vae, found.tensors)
    else:
        vae.load_state_dict(_mean(found, ""))
        encoder = {name: tensor.half().float() for name, tensor in vae.encoder.state_dict().items()}
        vae.encoder.load_state_dict(encoder)
    stage = AdversarialStage(vae, recipe, found.perceptual)
    return Opened(stage, _begun(state, "adversarial", found.avatar.config))


def repainted(vae: CausalVideoVae, tensors: Mapping[str, Tensor]) -> None:
    """Put in the VAE that an adversarial training's tensors hold, of mean weights."""
    parts = {"encoder": f"fixed/{ENCODER}", "decoder": "mean/decoder."}
    for name, prefix in parts.items():
        weights = {key: tensor.float() for key, tensor in under(tensors, prefix).items()}
        getattr(vae, name).load_state_dict(weights)


def _mean(found: Found, prefix: str) -> dict[str, Tensor]:
    weights = under(found.tensors, f"mean/{prefix}")
    return {name: tensor.float() for name, tensor in weights.items()}


def _after(found: Found, stage: str, before: str | None) -> TrainingState:
    """Return what is to be gone on from, if this stage can: a training of it or of the one before.

    Raises:
        BadCheckpoint, ValueError: it cannot; see `opened`.
    """
    if found.plan.stage != stage:
        raise ValueError(f"a recipe of the stage {stage!r} for the stage {found.plan.stage!r}")
    if found.state is None:
        if before:
            raise BadCheckpoint(f"{stage} begins with what {before} made; resume that training")
        return TrainingState(stage, found.avatar.config)
    if found.state.stage not in (stage, before):
        expected = f"{before} or {stage}" if before else stage
        raise BadCheckpoint(
            f"{found.plan.resume} trains a {found.state.stage}; expected a training of {expected}"
        )
    return found.state


def _begun(state: TrainingState, stage: str, config: AvatarConfig) -> TrainingState:
    """Return the state to go on with: its own, or a new one after all time spent so far."""
    if state.stage == stage:
        return state
    return TrainingState(stage, config, before=state.before + state.seconds)
