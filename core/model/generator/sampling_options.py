"""Options of a command line that change how a model samples."""

import argparse
from dataclasses import replace
from typing import get_args

from core.model.generator.generator_config import KVCacheMode, Sampling

SAMPLING_OPTIONS = (
    "block", "steps", "cfg_scale", "kv_cache", "replaces_sink", "temperature",
    "lip_temperature",
)  # fmt: skip


def add_sampling_options(parser: argparse.ArgumentParser) -> None:
    """Add all of them; where one is not given, the model's own holds."""
    add = parser.add_argument
    add("--block", type=int, help="latents sampled together, 1 to 4; default: the model's own")
    add("--steps", type=int, help="of denoising; default: the model's own")
    add("--guidance", dest="cfg_scale", type=float, help="CFG scale, 1: none; default: its own")
    for name, of in (
        ("--temperature", "the noise"),
        ("--lip-temperature", "noise that parts lips"),
    ):
        add(name, type=float, help=f"of {of}, 0 to 1; default: its own")
    add_cache_options(parser)


def add_cache_options(parser: argparse.ArgumentParser) -> None:
    """Add those about what a block sees of the past."""
    add, modes = parser.add_argument, get_args(KVCacheMode)
    add("--kv-cache", choices=modes, help="whether past blocks are cached without noise")
    add(
        "--replace-sink",
        dest="replaces_sink",
        action=argparse.BooleanOptionalAction,
        help="whether a stream's own first latent replaces the photos (adaptive attention sink)",
    )


def chosen_sampling(arguments: argparse.Namespace, own: Sampling) -> Sampling:
    """Return a model's own sampling with what was chosen in its place.

    Raises:
        ValueError: that cannot be.
    """
    chosen = {name: getattr(arguments, name, None) for name in SAMPLING_OPTIONS}
    return replace(own, **{name: value for name, value in chosen.items() if value is not None})
