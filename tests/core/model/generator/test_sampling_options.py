"""What a command line says about sampling takes the place of the model's own, and nothing else."""

import argparse
from dataclasses import replace

import pytest

from core.model.generator.generator_config import GENERATOR_PRESETS
from core.model.generator.sampling_options import add_sampling_options, chosen_sampling

OWN = GENERATOR_PRESETS["paper"].sampling


def chosen(words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_sampling_options(parser)
    return parser.parse_args(words.split())


def test_what_is_not_said_stays_the_model_s_own() -> None:
    assert chosen_sampling(chosen(""), OWN) == OWN


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("--kv-cache timestep-forcing", {"kv_cache": "timestep-forcing"}),
        ("--kv-cache clean --guidance 2", {"kv_cache": "clean", "cfg_scale": 2.0}),
        ("--replace-sink", {"replaces_sink": True}),
        ("--temperature 0.4", {"temperature": 0.4}),
        ("--lip-temperature 0", {"lip_temperature": 0.0}),
        ("--no-replace-sink --steps 4 --block 1", {"replaces_sink": False, "steps": 4, "block": 1}),
    ],
)
def test_what_is_said_holds(words: str, changes: dict[str, object]) -> None:
    assert chosen_sampling(chosen(words), OWN) == replace(OWN, **changes)  # type: ignore[arg-type]
