"""Face embedding trainings at toy size, and what their networks serve for."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from core.checkpoint import BadCheckpoint
from core.training.__main__ import main
from core.training.avatar.train_avatar import train_avatar
from core.training.avatar.vae import PerceptualLoss, VaeRecipe
from core.training.likeness.embedding_stage import FaceEmbeddingRecipe
from core.training.likeness.embedding_training import train_face_embedding
from core.training.likeness.face_embedding import FaceEmbeddingNetwork, read_face_embedding
from core.training.likeness.perceptual_distance import PerceptualDistance, open_perceptual_distance
from core.training.trainer import sharded_checkpoint
from core.training.trainer.clip_batch import ClipSource, LengthPhase
from core.training.trainer.optimization import OptimizationConfig
from core.training.trainer.train_config import TrainConfig
from tests.core.neural.small import CONFIG
from tests.core.training.avatar.moving import Colours, Ticks
from tests.core.training.likeness.cast import Cast
from tests.core.training.likeness.test_face_embedding import SMALL

LEARNING = OptimizationConfig(learning_rate=1e-2, warmup_steps=2, ema_decay=0.9)


@pytest.fixture
def config(tmp_path: Path) -> TrainConfig:
    torch.manual_seed(0)
    return TrainConfig("likeness", tmp_path / "p", minutes=1.5, batch_size=6, log_every=30)


def test_a_face_embedding_learns_and_is_validated(config: TrainConfig) -> None:
    training = train_face_embedding(
        config, Cast(), LEARNING, FaceEmbeddingRecipe(), SMALL, CONFIG, clock=Ticks()
    )
    lines = (config.output_dir / "progress.txt").read_text().splitlines()
    losses = [float(line.split("loss")[1].split()[0]) for line in lines if "loss" in line]
    assert losses[-1] < 0.8 * losses[0]
    (validation,) = (line for line in lines if line.startswith("validation:"))
    for word in ("landmarks", "visemes", "identity"):
        assert word in validation
    stage = training.stage
    clip = Cast().validation_batch(8, 2)
    found = stage.metrics(training.optimization.ema, clip)
    assert found["identity"] > 0.7, "who knows nothing is right in half of all pairs"
    assert found["landmarks"] < 3
    assert list((config.output_dir / "pictures").glob("*.png"))


def test_a_face_embedding_resumes_where_it_was(config: TrainConfig) -> None:
    short = replace(config, minutes=0.1)
    first = train_face_embedding(
        short, Cast(), LEARNING, FaceEmbeddingRecipe(), SMALL, CONFIG, clock=Ticks()
    )
    again = replace(
        short, resume_from=config.output_dir, output_dir=config.output_dir.with_name("more")
    )
    second = train_face_embedding(
        again, Cast(seed=1), LEARNING, FaceEmbeddingRecipe(), clock=Ticks()
    )
    assert second.state.steps > first.state.steps
    assert second.state.network_config == first.state.network_config
    network = read_face_embedding(config.output_dir)
    assert not network.training
    tensors, _ = sharded_checkpoint.read_checkpoint(config.output_dir / "checkpoint")
    assert torch.equal(network.embedding.weight, tensors["ema/embedding.weight"])
    with pytest.raises(BadCheckpoint, match="knows 4 people, the stock shows 5"):
        train_face_embedding(again, Cast(5), LEARNING, FaceEmbeddingRecipe(), clock=Ticks())
    out = config.output_dir.with_name("p.safetensors")
    main(["export", "--resume", str(config.output_dir), "--out", str(out)])
    exported = read_face_embedding(out)
    torch.testing.assert_close(
        exported.embedding.weight, network.embedding.weight, atol=1e-3, rtol=0
    )


def test_a_training_of_something_else_holds_no_face_embedding(config: TrainConfig) -> None:
    vae = replace(config, stage="vae", minutes=0.05, batch_size=1)
    recipe = VaeRecipe(clip_lengths=(LengthPhase(0.0, 5),))
    train_avatar(vae, Colours(), LEARNING, recipe, CONFIG, clock=Ticks())
    with pytest.raises(BadCheckpoint, match="trains a vae"):
        read_face_embedding(config.output_dir)
    with pytest.raises(BadCheckpoint, match="trains a vae"):
        train_face_embedding(
            replace(config, resume_from=config.output_dir),
            Cast(),
            LEARNING,
            FaceEmbeddingRecipe(),
            clock=Ticks(),
        )


def test_a_picture_has_no_distance_from_itself_and_the_gradient_leads_there() -> None:
    torch.manual_seed(0)
    distance: PerceptualLoss = PerceptualDistance(FaceEmbeddingNetwork(SMALL))
    true = torch.rand(2, 3, 32, 32)
    made = (true + 0.2 * torch.randn_like(true)).requires_grad_()
    assert float(distance(true, true)) == pytest.approx(0, abs=1e-6)
    before = distance(made, true)
    before.backward()  # type: ignore[no-untyped-call]
    assert made.grad is not None
    assert distance(made - 0.1 * made.grad / made.grad.norm(), true) < before
    assert distance(true + 0.5 * torch.randn_like(true), true) > before


def test_a_vae_may_be_trained_with_a_perceptual_distance(config: TrainConfig) -> None:
    torch.manual_seed(0)
    vae = replace(config, stage="vae", minutes=0.05, batch_size=1)
    recipe = VaeRecipe(clip_lengths=(LengthPhase(0.0, 5),))
    clips: ClipSource = Colours()
    distance = PerceptualDistance(FaceEmbeddingNetwork(SMALL))
    train_avatar(vae, clips, LEARNING, recipe, CONFIG, distance, clock=Ticks())
    assert "perceptual" in (config.output_dir / "progress.txt").read_text()


def flat(device: str) -> PerceptualLoss:
    """Open a measure by which everything is the same."""
    assert device == "cpu"

    def same(made: Tensor, true: Tensor) -> Tensor:
        return made.sum() * 0

    return same


def test_a_perceptual_loss_of_others_comes_by_name(tmp_path: Path) -> None:
    distance = open_perceptual_distance(
        "tests.core.training.likeness.test_embedding_training:flat", "cpu"
    )
    assert float(distance(torch.ones(1, 3, 8, 8), torch.zeros(1, 3, 8, 8))) == 0
    with pytest.raises(ValueError, match="expected module:function"):
        open_perceptual_distance("nothing.here:none", "cpu")
    with pytest.raises(BadCheckpoint, match=r"none\.safetensors is missing"):
        open_perceptual_distance(str(tmp_path / "none.safetensors"), "cpu")
