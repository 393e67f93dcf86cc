"""Options of the command line that turn parts of the two papers off, or set them."""

import argparse
from dataclasses import replace
from typing import Any

from core.model.avatar import AvatarConfig
from core.model.generator.sampling_options import add_cache_options
from core.training.avatar.distill import DistillRecipe
from core.training.avatar.generator import GeneratorRecipe
from core.training.trainer.optimization import OptimizationConfig

GENERATOR_OPTIONS = (
    "clean_context",
    "context_noise",
    "mid_stream",
    "lone_first",
    "shared_timestep",
    "history_corruption",
)
DISTILL_OPTIONS = ("history_corruption", "critic_steps", "replaces_sink")


def add_ablation_options(parser: argparse.ArgumentParser) -> None:
    """Add all of them; where one is not given, the recipe or the preset holds."""
    add = parser.add_argument_group("both papers, element by element").add_argument
    switch = argparse.BooleanOptionalAction
    add("--shortcuts", action=switch, help="CR-VA's parameter-free shortcuts; of a new VAE")
    add("--rolling-sink", action=switch, help="references at a constant distance; of a generator")
    add("--clean-context", type=float, help="share of a generator's steps with a clean past")
    add("--context-noise", type=float, help="largest noise level of that past")
    add("--mid-stream", type=float, help="share of these clips that begin in mid-stream")
    add("--lone-first", type=float, help="share of the others that open with a block of one")
    add("--shared-timestep", action=switch, help="one timestep for all blocks of a noisy past")
    add("--history-corruption", type=float, help="noise in keys and values of a noisy past")
    add("--critic-steps", type=int, help="updates of the fake score for one of a student")
    add("--critic-rate", type=float, help="learning rate of a critic, as a share of the others'")
    add_cache_options(parser)


def ablated_config(arguments: argparse.Namespace, config: AvatarConfig) -> AvatarConfig:
    """Return an avatar's config with what was chosen for the stage that decides on it."""
    vae, generator = config.vae, config.generator
    if arguments.stage == "vae":
        vae = replace(vae, **_given(arguments, "shortcuts"))
    if arguments.stage == "generator":
        sampling = replace(generator.sampling, **_given(arguments, "kv_cache", "replaces_sink"))
        rolling = _given(arguments, "rolling_sink")
        generator = replace(generator, sampling=sampling, **rolling)
    return replace(config, vae=vae, generator=generator)


def generator_recipe(arguments: argparse.Namespace) -> GeneratorRecipe:
    """Return the recipe of the stage `generator`."""
    recipe = GeneratorRecipe(lip_weight=arguments.lip_weight)
    return replace(recipe, **_given(arguments, *GENERATOR_OPTIONS))


def distill_recipe(arguments: argparse.Namespace) -> DistillRecipe:
    """Return the recipe of the stage `distill`."""
    recipe = DistillRecipe(steps=arguments.steps, guidance=arguments.guidance)
    return replace(recipe, **_given(arguments, *DISTILL_OPTIONS))


def ablated_optimization(
    arguments: argparse.Namespace, config: OptimizationConfig
) -> OptimizationConfig:
    """Return a stage's optimisation with the critic's rate that was chosen."""
    chosen = arguments.critic_rate
    return config if chosen is None else replace(config, critic_rate_ratio=chosen)


def _given(arguments: argparse.Namespace, *names: str) -> dict[str, Any]:
    chosen = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in chosen.items() if value is not None}
