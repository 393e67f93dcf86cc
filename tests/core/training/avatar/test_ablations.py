"""What the command line turns off reaches the model's shape."""

import argparse
from dataclasses import replace

import pytest

from core.model.avatar import AVATAR_PRESETS, AvatarConfig
from core.training.avatar.ablations import ablated_config, add_ablation_options

PRESET = AVATAR_PRESETS["lite"]


def chosen(words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_ablation_options(parser)
    stage, *options = words.split()
    return parser.parse_args(options, argparse.Namespace(stage=stage))


@pytest.mark.parametrize("stage", ["vae", "generator", "distill"])
def test_whoever_chooses_nothing_changes_nothing(stage: str) -> None:
    assert ablated_config(chosen(stage), PRESET) == PRESET


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
