"""What is to be judged: an avatar model in one file, or a training's folder."""

from pathlib import Path
from typing import NamedTuple

from core.checkpoint import BadCheckpoint
from core.model.avatar import Avatar, load_avatar
from core.training.avatar.learner import under
from core.training.avatar.loop import read_state, read_training
from core.training.avatar.opening import repainted
from core.training.avatar.plan import SECONDS
from core.training.avatar.run import DRAWERS, drawer


class EvaluatedModel(NamedTuple):
    """A model, and what is known about it."""

    avatar: Avatar
    has_generator: bool
    """Whether its generator was trained; else only its VAE can be judged."""
    description: str


def open_evaluated_model(path: Path) -> EvaluatedModel:
    """Read what lies at `path`.

    Raises:
        BadCheckpoint: it is missing, damaged, or holds no avatar model.
    """
    if not path.is_dir():
        return EvaluatedModel(load_avatar(path).requires_grad_(False), True, path.name)
    read_state(path)  # says more plainly than what follows that there is none
    tensors, state = read_training(path)
    minutes = (state.before + state.seconds) / SECONDS
    description = f"{path.name}: {state.stage}, {state.steps} steps, {minutes:.1f} minutes in all"
    if state.stage in DRAWERS:
        avatar = drawer(tensors, state)
    elif state.stage in ("vae", "adversarial"):
        avatar = Avatar(state.avatar)
        if state.stage == "vae":
            mean = under(tensors, "mean/")
            avatar.vae.load_state_dict({name: tensor.float() for name, tensor in mean.items()})
        else:
            repainted(avatar.vae, tensors)
    else:
        raise BadCheckpoint(f"{path.name} trains a {state.stage}; expected an avatar's training")
    return EvaluatedModel(avatar.requires_grad_(False).eval(), state.stage in DRAWERS, description)
