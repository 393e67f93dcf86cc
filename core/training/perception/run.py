"""From a plan to a perception training that runs, and to a network in one file."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from core.checkpoint import BadCheckpoint
from core.model.avatar import AVATARS, AvatarConfig
from core.record import from_json, to_json
from core.tensors import save
from core.training.avatar.learner import Learning
from core.training.avatar.loop import Training, TrainingState, read_training
from core.training.avatar.plan import Plan
from core.training.avatar.stage import Clips
from core.training.perception.network import (
    PerceptionConfig,
    PerceptionNetwork,
    knowing,
    read_perception,
)
from core.training.perception.stage import PerceptionRecipe, PerceptionStage, PerceptionTask


def train_perception(
    plan: Plan,
    clips: Clips,
    learning: Learning,
    recipe: PerceptionRecipe,
    config: PerceptionConfig | None = None,
    shape: AvatarConfig | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Training[PerceptionTask]:
    """Run one call of the trainer; `shape` says how clips look, the plan's preset otherwise.

    Raises:
        BadCheckpoint: what is to be resumed is damaged, of another stage, or of other people.
    """
    tensors, state = read_training(plan.resume) if plan.resume else ({}, None)
    if state is None:
        config = knowing(config or PerceptionConfig(), clips.people)
        state = TrainingState(plan.stage, shape or AVATARS[plan.preset], network=to_json(config))
    if state.stage != plan.stage:
        raise BadCheckpoint(f"{plan.resume} trains a {state.stage}, the plan a {plan.stage}")
    config = from_json(PerceptionConfig, state.network)
    if config.people != clips.people:
        raise BadCheckpoint(
            f"{plan.resume} knows {config.people} people, the stock shows {clips.people}; "
            "go on with the stock it began with"
        )
    network = PerceptionNetwork(config).to(plan.place)
    stage = PerceptionStage(network, recipe)
    training = Training(stage, learning, plan, state, clock)
    if state.steps:
        training.go_on(tensors)
    training.run(clips)
    return training


def export_perception(folder: Path, out: Path, about: Mapping[str, str]) -> None:
    """Write the network of a perception training, of mean weights, as one file.

    Raises:
        BadCheckpoint: there is no such training.
    """
    network = read_perception(folder)
    weights = {
        name: tensor.half() if tensor.is_floating_point() else tensor
        for name, tensor in network.state_dict().items()
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    save(out, weights, network.config, about)
