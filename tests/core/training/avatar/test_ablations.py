"""What the command line turns off reaches the recipe or the model's shape."""

import argparse
from dataclasses import replace

import pytest

from core.model.avatar import AVATAR_PRESETS, AvatarConfig
from core.training.avatar.ablations import (
    ablated_config,
    ablated_optimization,
    add_ablation_options,
    distill_recipe,
    generator_recipe,
)
from core.training.avatar.distill import DistillRecipe
from core.training.avatar.generator import GeneratorRecipe
from core.training.trainer.optimization import OptimizationConfig

PRESET = AVATAR_PRESETS["lite"]


def chosen(words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_ablation_options(parser)
    others = {"lip_weight": 0.5, "steps": 4, "guidance": 2.0}
    return parser.parse_args(
        words.split()[1:], argparse.Namespace(stage=words.split()[0], **others)
    )


@pytest.mark.parametrize("stage", ["vae", "generator", "distill"])
def test_whoever_chooses_nothing_changes_nothing(stage: str) -> None:
    assert ablated_config(chosen(stage), PRESET) == PRESET
    assert generator_recipe(chosen(stage)) == GeneratorRecipe()
    assert distill_recipe(chosen(stage)) == DistillRecipe()


def test_a_vae_may_do_without_shortcuts() -> None:
    found = ablated_config(chosen("vae --no-shortcuts"), PRESET)
    assert found == replace(PRESET, vae=replace(PRESET.vae, shortcuts=False))


def test_a_generator_names_its_cache_and_its_sink() -> None:
    words = "generator --kv-cache clean --replace-sink --no-rolling-sink"
    found: AvatarConfig = ablated_config(chosen(words), PRESET)
    sampling = replace(PRESET.generator.sampling, kv_cache="clean", replaces_sink=True)
    assert found.generator == replace(PRESET.generator, sampling=sampling, rolling_sink=False)


def test_a_student_s_shape_is_its_teacher_s() -> None:
    words = "distill --kv-cache clean --no-rolling-sink --no-shortcuts"
    assert ablated_config(chosen(words), PRESET) == PRESET


def test_a_critic_learns_at_the_rate_that_is_chosen() -> None:
    stage = OptimizationConfig(learning_rate=1e-5, critic_rate_ratio=2.0)
    assert ablated_optimization(chosen("distill"), stage) == stage
    slow = ablated_optimization(chosen("distill --critic-rate 0.2"), stage)
    assert slow == OptimizationConfig(learning_rate=1e-5, critic_rate_ratio=0.2)


def test_recipes_hold_what_is_chosen_also_nought() -> None:
    words = (
        "generator --clean-context 1 --context-noise 0 --mid-stream 0 --lone-first 0 "
        "--no-shared-timestep --history-corruption 0"
    )
    assert generator_recipe(chosen(words)) == GeneratorRecipe(
        clean_context=1.0,
        context_noise=0.0,
        mid_stream=0.0,
        lone_first=0.0,
        shared_timestep=False,
        history_corruption=0.0,
    )
    words = "distill --history-corruption 0 --critic-steps 2 --no-replace-sink"
    assert distill_recipe(chosen(words)) == DistillRecipe(
        history_corruption=0.0, critic_steps=2, replaces_sink=False
    )
