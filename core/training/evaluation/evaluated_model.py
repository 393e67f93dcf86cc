"""The model under evaluation: an avatar model in one file, or a training's folder."""

from pathlib import Path
from typing import NamedTuple

from core.checkpoint import BadCheckpoint
from core.model.avatar import Avatar, load_avatar
from core.training.avatar.resume import load_adversarial_vae
from core.training.avatar.train_avatar import GENERATOR_STAGES, load_generator_avatar
from core.training.trainer.optimization import ema_weights
from core.training.trainer.train_config import SECONDS_PER_MINUTE
from core.training.trainer.training_state import load_training


class EvaluatedModel(NamedTuple):
    """An avatar model, and which of its parts were trained."""

    avatar: Avatar
    has_generator: bool
    """Whether its generator was trained; else only its VAE can be evaluated."""
    description: str


def open_evaluated_model(path: Path) -> EvaluatedModel:
    """Read the model of a file or of a training's folder.

    Raises:
        BadCheckpoint: it is missing, damaged, or holds no avatar model.
    """
    if not path.is_dir():
        return EvaluatedModel(load_avatar(path).requires_grad_(False), True, path.name)
    tensors, state = load_training(path)
    minutes = (state.earlier_seconds + state.seconds) / SECONDS_PER_MINUTE
    description = f"{path.name}: {state.stage}, {state.steps} steps, {minutes:.1f} minutes in all"
    if state.stage in GENERATOR_STAGES:
        avatar = load_generator_avatar(tensors, state)
    elif state.stage in ("vae", "adversarial"):
        avatar = Avatar(state.avatar_config)
        if state.stage == "vae":
            avatar.vae.load_state_dict(ema_weights(tensors))
        else:
            load_adversarial_vae(avatar.vae, tensors)
    else:
        raise BadCheckpoint(f"{path.name} trains a {state.stage}; expected an avatar's training")
    return EvaluatedModel(
        avatar.requires_grad_(False).eval(), state.stage in GENERATOR_STAGES, description
    )
