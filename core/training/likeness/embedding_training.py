"""Train and export the face embedding network (stage `likeness`)."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from core.checkpoint import BadCheckpoint
from core.model.avatar import AVATAR_PRESETS, AvatarConfig
from core.record import from_json, to_json
from core.tensors import save
from core.training.likeness.embedding_stage import (
    FaceBatch,
    FaceEmbeddingRecipe,
    FaceEmbeddingStage,
)
from core.training.likeness.face_embedding import (
    FaceEmbeddingConfig,
    FaceEmbeddingNetwork,
    read_face_embedding,
    with_identities,
)
from core.training.trainer.clip_batch import ClipBatch, ClipSource
from core.training.trainer.optimization import OptimizationConfig
from core.training.trainer.train_config import TrainConfig
from core.training.trainer.training_loop import TrainingLoop
from core.training.trainer.training_state import TrainingState, load_training


def train_face_embedding(
    plan: TrainConfig,
    clips: ClipSource,
    learning: OptimizationConfig,
    recipe: FaceEmbeddingRecipe,
    config: FaceEmbeddingConfig | None = None,
    avatar_config: AvatarConfig | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> TrainingLoop[ClipBatch, FaceBatch]:
    """Train or resume; `avatar_config` gives the clips' format, the preset's otherwise.

    Raises:
        BadCheckpoint: what is to be resumed is damaged, of another stage, or of other people.
    """
    tensors, state = load_training(plan.resume_from) if plan.resume_from else ({}, None)
    if state is None:
        config = with_identities(config or FaceEmbeddingConfig(), clips.people)
        state = TrainingState(
            plan.stage, avatar_config or AVATAR_PRESETS[plan.preset], network_config=to_json(config)
        )
    if state.stage != plan.stage:
        raise BadCheckpoint(f"{plan.resume_from} trains a {state.stage}, the plan a {plan.stage}")
    config = from_json(FaceEmbeddingConfig, state.network_config, lenient=True)
    if config.identities != clips.people:
        raise BadCheckpoint(
            f"{plan.resume_from} knows {config.identities} people, the stock shows {clips.people}; "
            "go on with the stock it began with"
        )
    network = FaceEmbeddingNetwork(config).to(plan.torch_device)
    stage = FaceEmbeddingStage(network, recipe)
    training = TrainingLoop(stage, learning, plan, state, clock)
    if state.steps:
        training.load_state(tensors)
    training.run(clips)
    return training


def export_face_embedding(folder: Path, out: Path, about: Mapping[str, str]) -> None:
    """Write the EMA weights of a training as one checkpoint.

    Raises:
        BadCheckpoint: there is no such training.
    """
    network = read_face_embedding(folder)
    weights = {
        name: tensor.half() if tensor.is_floating_point() else tensor
        for name, tensor in network.state_dict().items()
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    save(out, weights, network.config, about)
