"""What the command line chooses reaches configuration, recipe and optimisation."""

import argparse
import math
from pathlib import Path

import pytest

from core.model.avatar import AVATAR_PRESETS, AvatarConfig
from core.training.avatar.adversarial import AdversarialRecipe
from core.training.avatar.distill import DistillRecipe
from core.training.avatar.generator import GeneratorRecipe
from core.training.avatar.vae import VaeRecipe
from core.training.train_options import (
    RECIPES,
    add_train_options,
    chosen_optimization,
    chosen_recipe,
    train_config,
)
from core.training.trainer.clip_batch import LengthPhase, SizePhase
from core.training.trainer.optimization import OptimizationConfig
from core.training.trainer.train_config import TrainConfig

LITE, PAPER = AVATAR_PRESETS["lite"], AVATAR_PRESETS["paper"]


def parsed(words: str) -> argparse.Namespace:
    stage, *options = words.split()
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_train_options(parser, stage)
    given = ["--stock", "stock", "--out", "out", *options]
    return parser.parse_args(given, argparse.Namespace(stage=stage))


@pytest.mark.parametrize("gains", [True, False])
@pytest.mark.parametrize("stage", RECIPES)
def test_whoever_chooses_nothing_gets_the_recipe_and_the_rates_as_they_are(
    stage: str, gains: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.training.train_options.gains_by_bf16", lambda _: gains)
    assert chosen_recipe(parsed(stage), LITE) == RECIPES[stage]
    found = train_config(parsed(f"{stage} --minutes 9"))
    assert found == TrainConfig(stage, Path("out"), 9.0, bf16=gains)


def test_recipes_hold_what_is_chosen_also_nought() -> None:
    words = (
        "generator --clean-context 1 --context-noise 0 --mid-stream 0 --lone-first 0 "
        "--no-shared-timestep --history-corruption 0 --cfg-dropout 0.2 --lip-weight 0"
    )
    assert chosen_recipe(parsed(words), LITE) == GeneratorRecipe(
        clean_context=1.0,
        context_noise=0.0,
        mid_stream=0.0,
        lone_first=0.0,
        shared_timestep=False,
        history_corruption=0.0,
        cfg_dropout=0.2,
        lip_weight=0.0,
    )
    words = "distill --history-corruption 0 --critic-steps 2 --no-replace-sink --steps 2"
    assert chosen_recipe(parsed(words), LITE) == DistillRecipe(
        history_corruption=0.0, critic_steps=2, replaces_sink=False, steps=2
    )


def test_curricula_and_lists_are_written_in_one_word() -> None:
    words = "vae --frame-sizes 0:0.5,0.3:1 --clip-lengths 0.5:9,0:5 --reference-count-weights 0,1"
    assert chosen_recipe(parsed(words), LITE) == VaeRecipe(
        frame_sizes=(SizePhase(0.0, 0.5), SizePhase(0.3, 1.0)),
        clip_lengths=(LengthPhase(0.0, 5), LengthPhase(0.5, 9)),
        reference_count_weights=(0.0, 1.0),
    )


def test_an_adversarial_recipe_holds_the_vae_s_own_losses() -> None:
    found = chosen_recipe(parsed("adversarial --mouth-weight 7 --feature-weight 0.5"), LITE)
    assert isinstance(found, AdversarialRecipe)
    assert (found.reconstruction.mouth_weight, found.feature_weight) == (7.0, 0.5)


@pytest.mark.parametrize("words", ["0.2:33", "0:0", "0:33,x:5", "33"])
def test_a_curriculum_that_is_none_is_refused_with_an_example(words: str) -> None:
    with pytest.raises(argparse.ArgumentError, match=r"0:33,0\.3:65"):
        parsed(f"generator --clip-lengths {words}")


def test_clips_of_no_whole_latents_are_refused_before_anything_is_done() -> None:
    with pytest.raises(ValueError, match="clips of 12 frames"):
        chosen_recipe(parsed("generator --clip-lengths 0:5,0.9:12"), LITE)


def test_paper_learns_at_rates_of_its_own() -> None:
    def rate(words: str, config: AvatarConfig = PAPER) -> tuple[float, float]:
        found = chosen_optimization(parsed(words), config)
        return found.learning_rate, found.critic_rate_ratio

    assert rate("generator", LITE) == (OptimizationConfig().learning_rate, 1.0)
    assert rate("generator")[0] == rate("generator", LITE)[0] / 4
    assert rate("distill") == (1e-5, 0.2)
    assert rate("distill --critic-rate 1 --learning-rate 3e-5") == (3e-5, 1.0)
    chosen = chosen_optimization(parsed("vae --betas 0.9,0.95 --schedule cosine"), LITE)
    assert (chosen.betas, chosen.schedule) == ((0.9, 0.95), "cosine")


def test_a_call_may_be_measured_in_steps_and_batches_be_drawn_in_advance() -> None:
    words = "vae --total-steps 50 --accumulate 4 --prefetch 3 --checkpoint-every 600"
    found = train_config(parsed(words))
    assert (found.minutes, found.total_steps, found.accumulate) == (math.inf, 50, 4)
    assert (found.prefetch, found.checkpoint_every) == (3, 600.0)
    assert train_config(parsed("vae --minutes 1 --device cuda")).prefetch == 1
    with pytest.raises(ValueError, match="give --minutes"):
        train_config(parsed("vae"))
