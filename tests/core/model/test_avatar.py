"""A whole avatar model, in and out of its file."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.checkpoint import BadCheckpoint
from core.model.avatar import AVATAR_PRESETS, Avatar, AvatarConfig, load_avatar, save_avatar
from core.model.cost import count_parameters
from core.tensors import save
from tests.core.neural.small import CONFIG, avatar

ABOUT = {"data": "none", "recipe": "random", "quality": "none"}


def test_a_model_survives_its_file_bit_for_bit(tmp_path: Path) -> None:
    model = avatar().half().float()  # what half precision can say
    model.mean.fill_(0.5)
    save_avatar(tmp_path / "a.safetensors", model, ABOUT)
    again = load_avatar(tmp_path / "a.safetensors")
    assert again.config == model.config
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name]), name


def test_missing_and_unknown_weights_are_refused(tmp_path: Path) -> None:
    path, weights = tmp_path / "a.safetensors", dict(avatar().state_dict())
    save(path, {**weights, "more": torch.zeros(1)}, CONFIG, ABOUT)
    with pytest.raises(BadCheckpoint, match="weights do not fit"):
        load_avatar(path)
    del weights["mean"]
    save(path, weights, CONFIG, ABOUT)
    with pytest.raises(BadCheckpoint, match="weights do not fit"):
        load_avatar(path)


def test_a_pickle_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    torch.save({"weights": torch.zeros(1)}, path)
    with pytest.raises(BadCheckpoint):
        load_avatar(path)


def test_denormalising_undoes_normalising() -> None:
    model = avatar()
    model.mean.normal_()
    model.std.uniform_(0.5, 2)
    latents = torch.randn(2, 3, 8, 2, 2)
    torch.testing.assert_close(model.denormalize(model.normalize(latents)), latents)


def test_a_vae_and_a_generator_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="expected the same"):
        AvatarConfig(CONFIG.vae, replace(CONFIG.generator, latent_channels=4))


def test_a_vae_and_a_generator_of_other_frames_per_latent_are_refused() -> None:
    audio = replace(CONFIG.generator.audio, frames_per_latent=2)
    with pytest.raises(ValueError, match="spans 4 frames, one of the generator the sound of 2"):
        AvatarConfig(CONFIG.vae, replace(CONFIG.generator, audio=audio))


@pytest.mark.parametrize("gain", [0.5, 3.0, float("nan")])
def test_a_gain_that_tears_lips_or_shuts_them_is_refused(gain: float) -> None:
    with pytest.raises(ValueError, match="lip gain"):
        replace(CONFIG, lip_gain=gain)


def test_both_presets_fit_and_lite_is_small() -> None:
    with torch.device("meta"):
        sizes = {name: count_parameters(Avatar(config)) for name, config in AVATAR_PRESETS.items()}
    assert sizes["lite"] <= 20_000_000
    assert sizes["paper"] > 500_000_000
