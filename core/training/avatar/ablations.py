"""Options of the command line that turn parts of a model off which the two papers have."""

import argparse
from dataclasses import replace
from typing import Any

from core.model.avatar import AvatarConfig
from core.model.generator.sampling_options import add_cache_options


def add_ablation_options(parser: argparse.ArgumentParser) -> None:
    """Add all of them; where one is not given, the preset holds."""
    add = parser.add_argument_group("model").add_argument
    switch = argparse.BooleanOptionalAction
    add("--shortcuts", action=switch, help="CR-VA's parameter-free shortcuts; of a new VAE")
    add("--rolling-sink", action=switch, help="references at a constant distance; of a generator")
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


def _given(arguments: argparse.Namespace, *names: str) -> dict[str, Any]:
    chosen = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in chosen.items() if value is not None}
