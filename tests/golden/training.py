"""Loss curves of twenty steps of each stage of training, at toy size."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from core.model.avatar import Avatar
from core.model.vae.causal_vae import CausalVideoVae
from core.perception.face.networks_torch import FaceNetwork
from core.perception.speech.config import SpeechConfig
from core.perception.speech.encoder_torch import SpeechEncoder
from core.training.avatar.adversarial import AdversarialRecipe, AdversarialStage
from core.training.avatar.distill import DistillRecipe, DistillStage
from core.training.avatar.generator import GeneratorRecipe, GeneratorStage
from core.training.avatar.latents import fit_latent_scale
from core.training.avatar.train_avatar import train_avatar
from core.training.avatar.vae import VaeRecipe, VaeStage
from core.training.faces.corpus import Corpus
from core.training.faces.finder_training import PartStage, part_optimization
from core.training.faces.portrait_sampler import PortraitSampler as FaceCast
from core.training.faces.tasks import PART_TASKS, batch_source
from core.training.likeness.embedding_stage import FaceEmbeddingRecipe, FaceEmbeddingStage
from core.training.likeness.face_embedding import FaceEmbeddingNetwork
from core.training.speech.encoder_training import (
    BPTT_FRAMES,
    MixtureWindows,
    SpeechStage,
    speech_losses,
)
from core.training.speech.encoder_training import OPTIMIZATION as SPEECH
from core.training.speech.mixtures import MixtureSampler as Scenes
from core.training.speech.mixtures import level_utterance
from core.training.speech.voices import Segment, Utterance
from core.training.trainer.clip_batch import ClipSource, LengthPhase, SizePhase
from core.training.trainer.optimization import Optimization, OptimizationConfig
from core.training.trainer.stage import TrainingStage as AvatarStage
from core.training.trainer.train_config import TrainConfig
from tests.core.model.small_vae import SMALL as VAE
from tests.core.neural.small import CONFIG
from tests.core.training.avatar.moving import Colours, Ticks
from tests.core.training.faces.people import corpus
from tests.core.training.faces.test_finder_training import SMALL as FACE
from tests.core.training.likeness.cast import Cast
from tests.core.training.likeness.test_face_embedding import SMALL as PERCEPTION
from tests.draws import filled

STEPS = 20
LEARNING = OptimizationConfig(learning_rate=3e-3, warmup_steps=4, decay_start=0.5, ema_decay=0.9)

Rows = Iterator[tuple[str, Tensor]]


def vae() -> Rows:
    """Stage `vae`, whose clips grow longer halfway."""
    recipe = VaeRecipe(clip_lengths=(LengthPhase(0.0, 5), LengthPhase(0.5, 9)))
    return _curve(VaeStage(_vae(), recipe), Colours(seed=1), 2)


def generator() -> Rows:
    """Stage `generator`, with a reader of lips."""
    stage = GeneratorStage(_avatar(), GeneratorRecipe(clip_lengths=(LengthPhase(0.0, 13),)))
    filled(stage.network, seed=3, share=0.5)
    return _curve(stage, Colours(seed=1), 4)


def distill() -> Rows:
    """Stage `distill`: the rival always learns, the student in one of two steps."""
    recipe = DistillRecipe(steps=2, critic_steps=2, clip_lengths=(LengthPhase(0.0, 13),))
    stage = DistillStage(_avatar(), recipe)
    filled(stage.network, seed=3, share=0.5)
    return _curve(stage, Colours(seed=1), 2)


def adversarial() -> Rows:
    """Stage `adversarial`, with a critic of four layers."""
    recipe = AdversarialRecipe(
        VaeRecipe(clip_lengths=(LengthPhase(0.0, 5),)), critic_widths=(8, 16, 16, 16)
    )
    stage = AdversarialStage(_vae(), recipe)
    filled(stage.network, seed=3)
    return _curve(stage, Colours(seed=1), 2)


def likeness() -> Rows:
    """Stage `likeness`: who it is, how the head is held."""
    network = filled(FaceEmbeddingNetwork(PERCEPTION), vectors=0.1)
    return _curve(FaceEmbeddingStage(network, FaceEmbeddingRecipe()), Cast(3), 4)


def speech() -> Rows:
    """The speech encoder: five scenes of four steps, judged by another one after each."""
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    samples = (random.standard_normal(16_000) * 0.1).astype(np.float32)
    segments = (Segment("m", 0.1, 0.3), Segment("aa", 0.3, 0.9))
    said = [[level_utterance(Utterance(samples, segments, "arpabet"))]]
    scenes, (sound, wanted) = (
        Scenes(said, 0, noise_bank_size=3),
        Scenes(said, 1, noise_bank_size=3).sample(1),
    )
    shape = SpeechConfig(mel_bands=16, channels=3, width=8, gru_layers=1, feature_width=6)
    stage, windows = SpeechStage(filled(SpeechEncoder(shape))), MixtureWindows(scenes, "cpu")
    optimization = Optimization(stage.network, SPEECH)
    rows: list[Mapping[str, Tensor]] = []
    for step in range(STEPS):
        for batch in stage.micro_batches(windows.next_batch(2, BPTT_FRAMES), random):
            optimization.backward(torch.stack([*stage.losses(batch).values()]).sum())
        optimization.step(0.0)
        if step % 4 == 3:
            rows.append(_judged(stage.network, sound, wanted))
    yield from _columns(rows)


def chain(folder: Path) -> Rows:
    """All stages one after the other as they are called, each going on from the one before."""
    lengths = (LengthPhase(0.0, 5), LengthPhase(0.6, 9))
    vae_recipe = VaeRecipe(clip_lengths=lengths, frame_sizes=(SizePhase(0.0, 1.0),))
    recipes: dict[str, tuple[Any, str | None]] = {
        "vae": (vae_recipe, None),
        "generator": (GeneratorRecipe(clip_lengths=lengths), "vae"),
        "distill": (DistillRecipe(steps=2, critic_steps=1, clip_lengths=lengths), "generator"),
        "adversarial": (
            AdversarialRecipe(vae_recipe, critic_widths=(8, 16, 16, 16)),
            "vae",
        ),
    }
    torch.manual_seed(0)
    for name, (recipe, before) in recipes.items():
        resume = folder / before if before else None
        plan = TrainConfig(
            name, folder / name, 0.1, resume_from=resume, batch_size=1, checkpoint_every=3
        )
        shape = None if before else CONFIG
        training = train_avatar(plan, Colours(seed=4), LEARNING, recipe, shape, clock=Ticks())
        yield name, _length(training.optimization.ema)


def face(lesson: int) -> Rows:
    """One lesson of the face finder."""
    task = PART_TASKS[lesson]
    part = getattr(filled(FaceNetwork(FACE), vectors=0.5), task.name)
    stage, optimization = PartStage(task, part), Optimization(part, part_optimization(task))
    draw, random = batch_source(task, FaceCast(_people()), FACE), np.random.default_rng(1)
    losses = []
    for step in range(STEPS):
        loss = stage.losses(draw(random))["loss"]
        optimization.backward(loss)
        optimization.step(step / STEPS)
        losses.append(float(loss.detach()))
    yield "loss", torch.tensor(losses)
    yield "ema", _length(optimization.ema)


@lru_cache
def _people() -> Corpus:
    return corpus()


def _judged(encoder: SpeechEncoder, sound: Tensor, wanted: Any) -> Mapping[str, Tensor]:
    with torch.no_grad():
        speech, _ = encoder(sound, encoder.initial_state(1))
        return speech_losses(speech, wanted)


def _avatar() -> Avatar:
    avatar = filled(Avatar(CONFIG), seed=2, share=0.7)
    fit_latent_scale(avatar, Colours(seed=5), 4, 13, 2)
    return avatar


def _vae() -> CausalVideoVae:
    return filled(CausalVideoVae(VAE), seed=2, share=0.7)


def _curve(stage: AvatarStage[Any, Any], clips: ClipSource, batch: int) -> Rows:
    """Teach; give each term of the loss, and the gradient's norm, of every step."""
    torch.manual_seed(0)
    learner, random = Optimization(stage.network, LEARNING), np.random.default_rng(0)
    rows: list[Mapping[str, Tensor]] = []
    for step in range(STEPS):
        sums: dict[str, Tensor] = {}
        for task in stage.micro_batches(
            clips.next_batch(batch, stage.clip_length(step / STEPS)), random
        ):
            terms = stage.losses(task)
            learner.backward(torch.stack([*terms.values()]).sum())
            for name, term in terms.items():
                sums[name] = sums.get(name, torch.zeros(())) + term.detach()
        rows.append({**sums, "norm": torch.tensor(learner.step(step / STEPS))})
    yield from _columns(rows)
    yield "ema", _length(learner.ema)


def _columns(rows: list[Mapping[str, Tensor]]) -> Rows:
    """Give each term of all steps; where a step has none, nought."""
    for name in sorted({name for row in rows for name in row}):
        yield name, torch.stack([row.get(name, torch.zeros(())).float() for row in rows])


def _length(network: nn.Module) -> Tensor:
    """Return how long each parameter is, in their order."""
    return torch.stack([parameter.detach().norm() for parameter in network.parameters()])
