"""Opens a stage of a run: networks as it, or the stage before, left them; and its clips."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

import torch

from core.checkpoint import BadCheckpoint, read_config
from core.model.avatar import Avatar, AvatarConfig, load_avatar
from core.model.vae.vae_config import WarpedSkipConfig
from core.training.avatar.adversarial import AdversarialRecipe, AdversarialStage
from core.training.avatar.distill import DistillRecipe, load_teacher_alone
from core.training.avatar.generator import GeneratorRecipe
from core.training.avatar.resume import load_adversarial_vae, round_encoder
from core.training.recipe.landmark_generator import (
    LandmarkDistillStage,
    LandmarkGeneratorStage,
    LandmarkSource,
    RendererOpener,
    lip_basis,
    load_landmarks,
)
from core.training.recipe.landmark_vae import LandmarkVae
from core.training.recipe.landmark_vae_stage import LandmarkVaeRecipe, LandmarkVaeStage, Trained
from core.training.recipe.plan import PLAN, PlannedStage
from core.training.recipe.shards import ShardClips, ShardFolder
from core.training.studio.bank_file import BankConfig, open_kept_bank
from core.training.studio.clip_renderer import ClipRenderer
from core.training.studio.clip_sampler import ClipConfig, clips_for, photos_alone
from core.training.studio.portrait_stock import load_portrait_stock
from core.training.studio.speech_stock import load_speech_stock
from core.training.studio.stock import (
    PORTRAITS_FILE,
    SPEECH_FILE,
    VALIDATION_PEOPLE,
    split_speech,
)
from core.training.trainer.optimization import ema_weights, strip_prefix
from core.training.trainer.stage import BatchSource, TrainingStage
from core.training.trainer.train_config import SECONDS_PER_MINUTE, TrainConfig
from core.training.trainer.training_loop import TrainingLoop
from core.training.trainer.training_state import (
    CHECKPOINT,
    TrainingState,
    load_training,
    load_training_state,
)

SHARD_CLIPS, SHARD_FRAMES = 24, 17
SCALE_BATCHES = 16
"""Batches from which the latents' scale and the landmarks' statistics are estimated."""
SHARDS, VALIDATION_SHARDS = "shards", "validation"
"""Folders of a run."""
SEED_STRIDE = 1009
"""Between the seeds of two calls, a step apart: nobody shall see the same clips again."""
ADDED = (
    *("shows_stretch", "carries_flow", "flow_blocks", "placement_channels"),
    *("sees_appearance", "scales_flow", "layered", "opened"),
)
"""Of the warped skip: what a model to begin with may lack; before training it changes little."""
LANDMARK_PEOPLE = 64
"""People whose landmarks alone are rendered: the generator hears, and hardly sees, who they are."""


@dataclass(frozen=True)
class Run:
    """A run: where its stock and its state lie, and what it trains."""

    stock: Path
    folder: Path
    config: AvatarConfig
    minutes: float
    """Of all stages together."""
    device: str = "cpu"
    seed: int = 0
    people: int = 400
    """To train on, at most."""
    begin_with: Path | None = None
    """A model whose weights `geometry` and `generator` begin with."""
    bf16: bool = False
    """Whether matrix products are computed in bfloat16."""

    @property
    def shards(self) -> ShardFolder:
        """Clips to train on."""
        return ShardFolder(self.folder / SHARDS)

    @property
    def validation_shards(self) -> ShardFolder:
        """Clips of people and voices held out."""
        return ShardFolder(self.folder / VALIDATION_SHARDS)

    def clips(self, steps: int = 0) -> ShardClips:
        """Return the rendered clips, in another order than that of the steps before."""
        seed = self.seed + SEED_STRIDE * steps
        return ShardClips(self.shards, self.people, seed, self.validation_shards, self.device)

    def bank(self, name: str) -> Path:
        """Return where the prepared people of one kind of clips are kept."""
        return self.folder / f"people-{name}.safetensors"

    def stage_minutes(self, name: str) -> float:
        """Return the minutes that a stage is trained for."""
        return PLAN[name].share * self.minutes

    def trained_minutes(self, name: str) -> float:
        """Return the minutes that a stage was trained for; 0 before it began."""
        state = self.state(name)
        return state.seconds / SECONDS_PER_MINUTE if state else 0.0

    def state(self, name: str) -> TrainingState | None:
        """Return how far a stage has come; None before it began."""
        folder = self.folder / name
        return load_training_state(folder) if (folder / CHECKPOINT).exists() else None


class OpenedStage(NamedTuple):
    """A stage that can be trained."""

    loop: TrainingLoop[Any, Any]
    source: BatchSource[Any]


StageOpener: TypeAlias = Callable[
    [Run, PlannedStage, Any, int], tuple[TrainingStage[Any, Any], BatchSource[Any]]
]
"""Opens a stage of a run from tensors, its own after so many steps, or of the stage before."""


def open_rendered(folder: Path, device: str, seed: int, config: AvatarConfig) -> ShardClips:
    """Open the clips that a run has rendered, for other trainings: an `open_clips` for `--clips`.

    Raises:
        BadCheckpoint: nobody was prepared in this folder yet.
    """
    run = Run(folder, folder, config, 0.0, device, seed)
    return replace(run, people=read_config(run.bank("training"), BankConfig).people).clips()


def clip_config(config: AvatarConfig, clips: int, frames: int) -> ClipConfig:
    """Return the kind of clips that an avatar of this shape learns from."""
    return clips_for(config, clips, frames, field=config.vae.size // 2)


def open_stage(run: Run, name: str, minutes: float) -> OpenedStage:
    """Open a stage for a call of so many minutes.

    Raises:
        BadCheckpoint: the stage that it starts from was never trained, or the model to begin with
            does not fit.
        ValueError: there are no clips.
    """
    planned, own = PLAN[name], run.state(name)
    begin = name if own else _predecessor(run, planned)
    tensors, state = load_training(run.folder / begin) if begin else ({}, None)
    config = TrainConfig(
        name,
        run.folder / name,
        minutes,
        run.stage_minutes(name),
        device=run.device,
        seed=run.seed,
        batch_size=planned.batch_size,
        compact_checkpoint=False,
        sample_every=240.0,
        bf16=run.bf16,
    )
    steps = own.steps if own else 0
    stage, source = _OPENERS[type(planned.recipe)](run, planned, tensors, steps)
    earlier = state.earlier_seconds + state.seconds if state else 0.0
    own = own or TrainingState(name, _trained_config(run, planned), earlier_seconds=earlier)
    stage.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    loop: TrainingLoop[Any, Any] = TrainingLoop(stage, planned.optimization, config, own)
    if own.steps:
        loop.load_state(tensors)
    return OpenedStage(loop, source)


def _predecessor(run: Run, planned: PlannedStage) -> str | None:
    """Return the stage that one starts from: a model to begin with paints pictures already."""
    before = planned.starts_from
    if before and run.begin_with and run.state(before) is None:
        return "geometry"
    return before


def _trained_config(run: Run, planned: PlannedStage) -> AvatarConfig:
    """Return the shape of what a stage trains: a student samples otherwise than its teacher."""
    if not isinstance(planned.recipe, DistillRecipe):
        return run.config
    return replace(run.config, generator=planned.recipe.student_config(run.config.generator))


def _open_vae(
    run: Run, planned: PlannedStage, tensors: Any, steps: int
) -> tuple[TrainingStage[Any, Any], BatchSource[Any]]:
    network = LandmarkVae(run.config).to(run.device)
    source = run.clips(steps)
    recipe = planned.recipe
    assert isinstance(recipe, LandmarkVaeRecipe)
    if run.begin_with and recipe.trains == "geometry":
        shape = read_config(run.begin_with, AvatarConfig).vae
        trains: Trained = "latents" if shape == run.config.vae else "landmarks"
        recipe = replace(recipe, trains=trains)
    stage = LandmarkVaeStage(network, recipe)
    if tensors:
        network.load_state_dict(ema_weights(tensors))
        if not steps:
            network.fit_latent_scale(source, planned.batch_size, SCALE_BATCHES)
    else:
        batches = (source.next_batch(SHARD_CLIPS, SHARD_FRAMES) for _ in range(SCALE_BATCHES))
        points = torch.cat([clip.landmarks[..., :2].flatten(0, 1) for clip in batches])
        network.landmarks.fit_statistics(points)
        if run.begin_with:
            model = _model(run, run.begin_with)
            network.vae.load_state_dict(model.vae.state_dict(), strict=False)  # see `_model`
            network.latent_mean.copy_(model.mean)
            network.latent_std.copy_(model.std)
    return stage, source


def _open_generator(
    run: Run, planned: PlannedStage, tensors: Any, steps: int
) -> tuple[TrainingStage[Any, Any], BatchSource[Any]]:
    avatar = Avatar(run.config).to(run.device)
    network = LandmarkVae(run.config)
    if steps:
        load_landmarks(network.landmarks, avatar, strip_prefix(tensors, "frozen/"))
    else:
        if not tensors:
            raise BadCheckpoint("the generator starts from the geometry; train that first")
        network.load_state_dict(ema_weights(tensors))
        network.to(run.device).fit_latent_scale(run.clips(), SHARD_CLIPS, SCALE_BATCHES)
        avatar.mean.copy_(network.latent_mean)
        avatar.std.copy_(network.latent_std)
        clip = run.clips().next_batch(SHARD_CLIPS, SHARD_FRAMES)
        avatar.generator.lip_basis.copy_(lip_basis(avatar, network.landmarks, clip))
        if run.begin_with:
            begun = _model(run, run.begin_with).generator.named_parameters()
            avatar.generator.load_state_dict(
                dict(begun), strict=False
            )  # buffers are of our latents
    assert isinstance(planned.recipe, GeneratorRecipe)
    stage = LandmarkGeneratorStage(avatar, network.landmarks.to(run.device), planned.recipe)
    return stage, _landmark_source(run, steps)


def _open_distill(
    run: Run, planned: PlannedStage, tensors: Any, steps: int
) -> tuple[TrainingStage[Any, Any], BatchSource[Any]]:
    assert isinstance(planned.recipe, DistillRecipe)
    avatar, network = Avatar(run.config).to(run.device), LandmarkVae(run.config)
    frozen = strip_prefix(tensors, "frozen/")
    load_landmarks(network.landmarks, avatar, frozen)
    if not steps:
        avatar.generator.load_state_dict(ema_weights(tensors, "generator."))
    stage = LandmarkDistillStage(avatar, network.landmarks.to(run.device), planned.recipe)
    # Checkpoints hold the teacher in half precision; it is rounded from the start.
    load_teacher_alone(avatar, frozen if steps else stage.teacher_state())
    return stage, _landmark_source(run, steps)


def _open_adversarial(
    run: Run, planned: PlannedStage, tensors: Any, steps: int
) -> tuple[TrainingStage[Any, Any], BatchSource[Any]]:
    network = LandmarkVae(run.config).to(run.device)
    if steps:
        load_adversarial_vae(network.vae, tensors)
    else:
        network.load_state_dict(ema_weights(tensors))
        round_encoder(network.vae)
    assert isinstance(planned.recipe, AdversarialRecipe)
    return AdversarialStage(network.vae, planned.recipe), run.clips(steps)


_OPENERS: Mapping[type, StageOpener] = MappingProxyType(
    {
        LandmarkVaeRecipe: _open_vae,
        GeneratorRecipe: _open_generator,
        DistillRecipe: _open_distill,
        AdversarialRecipe: _open_adversarial,
    }
)


def _model(run: Run, path: Path) -> Avatar:
    """Read the model to begin with, which may lack ADDED.

    Raises:
        BadCheckpoint: it is damaged, or of another shape than the run's.
    """
    avatar = load_avatar(path)
    wanted = run.config.generator
    generator = replace(
        avatar.config.generator, sampling=wanted.sampling, lip_directions=wanted.lip_directions
    )
    vae = replace(avatar.config.vae, skip=_with_added(avatar.config.vae.skip, run.config.vae.skip))
    found = replace(avatar.config, vae=vae, generator=generator, lip_gain=run.config.lip_gain)
    if found != run.config:
        raise BadCheckpoint(f"{path.name} is of another shape than what this run trains")
    return avatar


def _with_added(
    skip: WarpedSkipConfig | None, wanted: WarpedSkipConfig | None
) -> WarpedSkipConfig | None:
    """Return the config of a skip with those of ADDED that it lacks."""
    if skip is None or wanted is None:
        return skip
    lacking = {name: getattr(wanted, name) for name in ADDED if not getattr(skip, name)}
    return replace(skip, **lacking)


def _landmark_source(run: Run, steps: int) -> LandmarkSource:
    """Open clips of landmarks, others than those of the steps before."""
    portraits = load_portrait_stock(run.stock / PORTRAITS_FILE)
    train, validation = split_speech(*load_speech_stock(run.stock / SPEECH_FILE))
    order = torch.randperm(
        portraits.train_count, generator=torch.Generator().manual_seed(run.seed)
    ).tolist()
    others = range(portraits.train_count, len(portraits.photos))

    def opener(name: str, people: list[int], speech: Any, seed: int) -> RendererOpener:
        bank = open_kept_bank(run.bank(name), portraits, people, run.device)

        def renderer(clips: int, frames: int) -> ClipRenderer:
            config = clip_config(photos_alone(run.config), clips, frames)
            if run.config.vae.opened:  # whose lids fall by a clock, live
                config = replace(config, blinks=0.0)
            return ClipRenderer(config, bank, speech, seed + frames)

        return renderer

    known = opener("landmarks", order[:LANDMARK_PEOPLE], train, run.seed + SEED_STRIDE * steps)
    unknown = None
    if chosen := list(others)[:VALIDATION_PEOPLE]:
        unknown = opener("landmarks-validation", chosen, validation, run.seed + 1)
    return LandmarkSource(known, unknown)
