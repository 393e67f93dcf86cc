"""Trainings from start to file, at toy size, on a clock that is handed in."""

import math
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from core.checkpoint import BadCheckpoint
from core.model.avatar import load_avatar
from core.model.generator.generator_config import Sampling
from core.training.avatar.adversarial import AdversarialRecipe
from core.training.avatar.distill import DistillRecipe
from core.training.avatar.generator import GeneratorRecipe
from core.training.avatar.resume import Recipe
from core.training.avatar.train_avatar import export_avatar, train_avatar
from core.training.avatar.vae import VaeRecipe
from core.training.trainer import sharded_checkpoint
from core.training.trainer.clip_batch import LengthPhase, SizePhase
from core.training.trainer.optimization import OptimizationConfig, strip_prefix
from core.training.trainer.train_config import TrainConfig
from core.training.trainer.training_state import load_training_state
from tests.core.neural.small import CONFIG, sampled
from tests.core.training.avatar.moving import Colours, Moving, Ticks

LEARNING = OptimizationConfig(learning_rate=3e-3, warmup_steps=2)
VAE = VaeRecipe(clip_lengths=(LengthPhase(0.0, 5), LengthPhase(0.6, 9)))
GENERATOR = GeneratorRecipe(lip_weight=0.1, clip_lengths=(LengthPhase(0.0, 9),))
DISTILL = DistillRecipe(steps=2, critic_steps=1, clip_lengths=(LengthPhase(0.0, 9),))
LARGE = replace(VAE, frame_sizes=(SizePhase(0.0, 1.0),))
ADVERSARIAL = AdversarialRecipe(LARGE, critic_widths=(8, 16, 16, 16))
RECIPES: dict[str, Recipe] = {
    "vae": VAE,
    "generator": GENERATOR,
    "distill": DISTILL,
    "adversarial": ADVERSARIAL,
}


class Killed(Colours):
    """Clips amid which the training is killed."""

    def __init__(self, draws: int) -> None:
        super().__init__(seed=1)
        self.left = draws

    def next_batch(self, batch_size: int, frames: int, size: int | None = None) -> Moving:
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return super().next_batch(batch_size, frames, size)


@pytest.fixture
def config(tmp_path: Path) -> TrainConfig:
    torch.manual_seed(0)
    return TrainConfig(
        "vae", tmp_path / "vae", minutes=0.1, batch_size=1, checkpoint_every=3, log_every=4
    )


def test_a_training_keeps_reports_and_shows(config: TrainConfig) -> None:
    clips = Colours()
    state = train_avatar(config, clips, LEARNING, VAE, CONFIG, clock=Ticks()).state
    assert state.steps >= 3
    assert 6 <= state.seconds < 14
    assert set(clips.lengths) == {5, 9}
    assert clips.sizes[0] == 16
    assert clips.sizes[-1] == 32
    lines = (config.output_dir / "progress.txt").read_text().splitlines()
    for word in ("l1", "flow", "frames/s", "data 50%", "MFU"):
        assert any(word in line for line in lines)
    (validation,) = (line for line in lines if line.startswith("validation:"))
    assert "psnr_0ref" in validation
    assert "% of the time" in validation
    (picture,) = (config.output_dir / "pictures").glob("*.png")
    with Image.open(picture) as image:
        assert image.size == (8 * 32, 5 * 32)  # of nine frames


def test_a_training_goes_on_where_it_was(config: TrainConfig) -> None:
    first = train_avatar(config, Colours(), LEARNING, VAE, CONFIG, clock=Ticks())
    more = replace(
        config, resume_from=config.output_dir, output_dir=config.output_dir.with_name("more")
    )
    second = train_avatar(more, Colours(seed=1), LEARNING, VAE, clock=Ticks())
    assert second.state.steps > first.state.steps
    assert second.state.seconds >= first.state.seconds + 4
    tensors, _ = sharded_checkpoint.read_checkpoint(config.output_dir / "checkpoint")
    for name, tensor in first.optimization.ema.state_dict().items():
        assert torch.equal(tensor, tensors[f"ema/{name}"]), name


def test_training_in_half_precision_and_light_keeps_numbers_finite(config: TrainConfig) -> None:
    light = replace(config, bf16=True, compact_checkpoint=True)
    train_avatar(light, Colours(), LEARNING, VAE, CONFIG, clock=Ticks())
    tensors, _ = sharded_checkpoint.read_checkpoint(config.output_dir / "checkpoint")
    assert all(tensor.isfinite().all() for tensor in tensors.values())
    assert not any(name.startswith("adam/exp_avg/") for name in tensors)
    again = replace(light, resume_from=config.output_dir)
    assert train_avatar(again, Colours(seed=1), LEARNING, VAE, clock=Ticks()).state.steps >= 4


def test_from_clips_to_an_avatar_in_one_file(config: TrainConfig, tmp_path: Path) -> None:
    train_avatar(config, Colours(), LEARNING, VAE, CONFIG, clock=Ticks())
    drawing = replace(
        config, stage="generator", output_dir=tmp_path / "generator", resume_from=config.output_dir
    )
    train_avatar(drawing, Colours(), LEARNING, GENERATOR, clock=Ticks())
    again = replace(drawing, resume_from=drawing.output_dir, bf16=True)
    state = train_avatar(again, Colours(seed=2), LEARNING, GENERATOR, clock=Ticks()).state
    assert state.earlier_seconds == load_training_state(config.output_dir).seconds
    export_avatar(drawing.output_dir, tmp_path / "avatar.safetensors", {"data": "colours"})
    avatar = load_avatar(tmp_path / "avatar.safetensors")
    tensors, _ = sharded_checkpoint.read_checkpoint(drawing.output_dir / "checkpoint")
    for name, tensor in strip_prefix(tensors, "ema/generator.").items():
        assert torch.allclose(avatar.generator.state_dict()[name], tensor, atol=1e-3), name
    assert torch.allclose(avatar.std, tensors["frozen/std"], rtol=1e-2)
    assert (avatar.std != 1).all()
    with pytest.raises(BadCheckpoint, match="export a generator"):
        export_avatar(config.output_dir, tmp_path / "none.safetensors", {})


def test_a_training_and_what_it_exports_name_their_cache_and_their_sink(
    config: TrainConfig, tmp_path: Path
) -> None:
    train_avatar(config, Colours(), LEARNING, VAE, CONFIG, clock=Ticks())
    drawing = replace(
        config, stage="generator", output_dir=tmp_path / "generator", resume_from=config.output_dir
    )
    clean = replace(CONFIG, generator=replace(CONFIG.generator, sampling=sampled(kv_cache="clean")))
    train_avatar(drawing, Colours(), LEARNING, GENERATOR, clean, clock=Ticks())
    again = replace(drawing, resume_from=drawing.output_dir)
    train_avatar(again, Colours(), LEARNING, GENERATOR, clock=Ticks())
    distilling = replace(
        config, stage="distill", output_dir=tmp_path / "student", resume_from=drawing.output_dir
    )
    train_avatar(distilling, Colours(), LEARNING, DISTILL, clock=Ticks())
    out = tmp_path / "avatar.safetensors"

    def exported(folder: Path, sampling: Sampling | None = None) -> tuple[str, bool]:
        export_avatar(folder, out, {}, sampling=sampling)
        found = load_avatar(out).config.generator.sampling
        return found.kv_cache, found.replaces_sink

    assert exported(drawing.output_dir) == ("clean", False)
    assert exported(distilling.output_dir) == ("timestep-forcing", True)
    assert exported(distilling.output_dir, sampled(kv_cache="clean")) == ("clean", False)


def test_from_a_generator_to_a_student_with_a_decoder_that_met_a_critic(
    config: TrainConfig, tmp_path: Path
) -> None:
    train_avatar(config, Colours(), LEARNING, VAE, CONFIG, clock=Ticks())
    drawing = replace(
        config, stage="generator", output_dir=tmp_path / "generator", resume_from=config.output_dir
    )
    train_avatar(drawing, Colours(), LEARNING, GENERATOR, clock=Ticks())
    distilling = replace(
        config, stage="distill", output_dir=tmp_path / "student", resume_from=drawing.output_dir
    )
    train_avatar(distilling, Colours(), LEARNING, DISTILL, clock=Ticks())
    fewer = replace(distilling, resume_from=distilling.output_dir)
    train_avatar(fewer, Colours(), LEARNING, replace(DISTILL, steps=1), clock=Ticks())
    painting = replace(
        config, stage="adversarial", output_dir=tmp_path / "decoder", resume_from=config.output_dir
    )
    train_avatar(painting, Colours(), LEARNING, ADVERSARIAL, clock=Ticks())
    out = tmp_path / "avatar.safetensors"
    export_avatar(distilling.output_dir, out, {}, decoder_from=painting.output_dir)
    avatar = load_avatar(out)
    assert avatar.config.generator.sampling.steps == 1
    assert avatar.config.generator.sampling.cfg_scale == 1
    painted, _ = sharded_checkpoint.read_checkpoint(painting.output_dir / "checkpoint")
    for name, tensor in strip_prefix(painted, "ema/decoder.").items():
        assert torch.allclose(avatar.vae.decoder.state_dict()[name], tensor, atol=1e-3), name
    with pytest.raises(BadCheckpoint, match="expected adversarial"):
        export_avatar(distilling.output_dir, out, {}, decoder_from=config.output_dir)
    with pytest.raises(BadCheckpoint, match="expected a training of generator or distill"):
        train_avatar(
            replace(distilling, resume_from=config.output_dir), Colours(), LEARNING, DISTILL
        )


@pytest.mark.parametrize("stage", ["vae", "generator", "distill", "adversarial"])
def test_whoever_resumes_a_killed_training_goes_on_bit_for_bit(
    stage: str, config: TrainConfig
) -> None:
    befores: dict[str, list[str]] = {"vae": [], "adversarial": ["vae"], "generator": ["vae"]}
    resume, shape = None, CONFIG
    for name in [*befores.get(stage, ["vae", "generator"]), stage]:
        here = replace(
            config,
            stage=name,
            output_dir=config.output_dir.with_name(name),
            resume_from=resume,
            minutes=0.05,
        )
        train_avatar(here, Colours(), LEARNING, RECIPES[name], shape, clock=Ticks())
        resume = here.output_dir
    ends = []
    for attempt in ("killed", "again"):
        copied = shutil.copytree(here.output_dir, config.output_dir.with_name(attempt))
        more = replace(here, resume_from=here.output_dir, output_dir=copied)
        if attempt == "killed":
            with pytest.raises(KeyboardInterrupt):
                train_avatar(more, Killed(1), LEARNING, RECIPES[stage], clock=Ticks())
            more = replace(more, resume_from=copied)
        ends.append(train_avatar(more, Colours(seed=1), LEARNING, RECIPES[stage], clock=Ticks()))
    one, other = (dict(end.optimization.state_tensors()) for end in ends)
    assert ends[0].state == ends[1].state
    assert one.keys() == other.keys()
    assert all(torch.equal(tensor, other[name]) for name, tensor in one.items())
    written, _ = sharded_checkpoint.read_checkpoint(more.output_dir / "checkpoint")
    for name, tensor in other.items():
        assert torch.equal(tensor, written[name]), name


def test_a_generator_without_a_vae_is_refused(config: TrainConfig) -> None:
    with pytest.raises(BadCheckpoint, match="starts from a training of vae"):
        train_avatar(replace(config, stage="generator"), Colours(), LEARNING, GENERATOR, CONFIG)


def test_a_recipe_of_another_stage_is_refused(config: TrainConfig) -> None:
    with pytest.raises(ValueError, match="'generator' for the stage 'vae'"):
        train_avatar(config, Colours(), LEARNING, GENERATOR, CONFIG)


def test_a_config_without_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected more than 0"):
        TrainConfig("vae", tmp_path, 0)


def test_steps_end_a_training_and_its_schedule_in_place_of_minutes(config: TrainConfig) -> None:
    clips = Colours()
    steps = replace(config, minutes=math.inf, total_steps=4)
    training = train_avatar(steps, clips, LEARNING, VAE, CONFIG, clock=Ticks())
    assert (training.state.steps, training.progress) == (4, 1.0)
    assert clips.lengths == [5, 5, 5, 9], "as long as the recipe says, by steps"
    more = replace(steps, resume_from=config.output_dir, total_steps=6)
    assert train_avatar(more, clips, LEARNING, VAE, clock=Ticks()).state.steps == 6
    with pytest.raises(ValueError, match="4 are done"):
        train_avatar(replace(more, total_steps=4), clips, LEARNING, VAE)
    with pytest.raises(ValueError, match="neither minutes nor steps"):
        replace(steps, total_steps=None)


def test_minutes_end_a_call_before_its_steps_are_done(config: TrainConfig) -> None:
    short = replace(config, minutes=0.05, total_steps=1000)
    training = train_avatar(short, Colours(), LEARNING, VAE, CONFIG, clock=Ticks())
    assert training.state.steps < 5
    assert training.progress == training.state.steps / 1000


def test_clips_drawn_in_advance_teach_the_same(config: TrainConfig) -> None:
    ends, alike = [], replace(LARGE, clip_lengths=(LengthPhase(0.0, 5),))
    for prefetch in (0, 2):
        torch.manual_seed(0)
        ahead = replace(config, total_steps=3, minutes=math.inf, prefetch=prefetch)
        ends.append(train_avatar(ahead, Colours(), LEARNING, alike, CONFIG, clock=Ticks()))
    one, other = (dict(end.optimization.state_tensors()) for end in ends)
    assert all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def test_the_rate_falls_at_the_end_of_all_calls(tmp_path: Path) -> None:
    config = TrainConfig("vae", tmp_path, minutes=9)
    assert config.schedule_end(60) == 600
    assert replace(config, total_minutes=40).schedule_end(60) == 2400
