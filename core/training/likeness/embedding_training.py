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
    config: TrainConfig,
    source: ClipSource,
    optimization: OptimizationConfig,
    recipe: FaceEmbeddingRecipe,
    network_config: FaceEmbeddingConfig | None = None,
    avatar_config: AvatarConfig | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> TrainingLoop[ClipBatch, FaceBatch]:
    """Run one call of the trainer; `avatar_config` gives the clips' format, else the preset.

    Raises:
        BadCheckpoint: what is to be resumed is damaged, of another stage, or of other people.
    """
    tensors, state = load_training(config.resume_from) if config.resume_from else ({}, None)
    if state is None:
        shape = with_identities(network_config or FaceEmbeddingConfig(), source.people)
        clips = avatar_config or AVATAR_PRESETS[config.preset]
        state = TrainingState(config.stage, clips, network_config=to_json(shape))
    network = FaceEmbeddingNetwork(_network_config(state, config, source.people))
    stage = FaceEmbeddingStage(network.to(config.torch_device), recipe)
    loop = TrainingLoop(stage, optimization, config, state, clock)
    if state.steps:
        loop.load_state(tensors)
    loop.run(source)
    return loop


def _network_config(state: TrainingState, config: TrainConfig, people: int) -> FaceEmbeddingConfig:
    if state.stage != config.stage:
        raise BadCheckpoint(
            f"{config.resume_from} trains a {state.stage}, expected one of {config.stage}"
        )
    network_config = from_json(FaceEmbeddingConfig, state.network_config, lenient=True)
    if network_config.identities != people:
        raise BadCheckpoint(
            f"{config.resume_from} knows {network_config.identities} people, "
            f"the stock shows {people}; go on with the stock it began with"
        )
    return network_config


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
