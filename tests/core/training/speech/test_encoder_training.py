"""Scenes to train on are sound, and training that was stopped goes on where it was."""

from pathlib import Path

import numpy as np
import pytest
import torch

from core.checkpoint import BadCheckpoint
from core.perception.speech.config import FRAME_SAMPLES, SpeechConfig
from core.perception.speech.visemes import SILENCE
from core.tensors import load
from core.training.speech.acoustics import (
    NOISE_KINDS,
    draw_microphone_response,
    draw_noise,
    draw_room_response,
)
from core.training.speech.dataset import dataset_files, read_utterances
from core.training.speech.encoder_training import EncoderTraining, perturb_vocal_tract
from core.training.speech.mixtures import MIXTURE_SECONDS, MixtureSampler, level_utterance
from core.training.speech.voices import Segment, Utterance

SMALL = SpeechConfig(mel_bands=16, channels=3, width=8, gru_layers=1, feature_width=6)


@pytest.fixture(scope="module")
def stage() -> MixtureSampler:
    random = np.random.default_rng(0)
    samples = (random.standard_normal(16_000) * 0.1).astype(np.float32)
    segments = (Segment("m", 0.1, 0.3), Segment("aa", 0.3, 0.9))
    return MixtureSampler(
        [[level_utterance(Utterance(samples, segments, "arpabet"))]], seed=0, noise_bank_size=3
    )


def test_scenes_are_whole_frames_of_sound_in_range(stage: MixtureSampler) -> None:
    sound, wanted = stage.sample(4)
    assert sound.shape == (4, MIXTURE_SECONDS * 25 * FRAME_SAMPLES)
    assert sound.dtype == torch.float32
    assert sound.abs().max() <= 1
    assert sound.isfinite().all()
    assert wanted.visemes.shape == (4, MIXTURE_SECONDS * 25, 15)
    assert (wanted.opening[wanted.closures > 0] == 0).all()
    assert (wanted.opening[wanted.visemes[..., SILENCE] == 1] < 0.5).all()


def test_training_goes_on_where_it_was_stopped(stage: MixtureSampler, tmp_path: Path) -> None:
    out = tmp_path / "speech.safetensors"
    first = EncoderTraining(SMALL, out, "cpu")
    first.run(stage, minutes=1e-9, batch_size=1)
    assert first.step > 0
    second = EncoderTraining(SMALL, tmp_path / "second.safetensors", "cpu")
    second.resume(out)
    assert (second.step, second.seconds) == (first.step, first.seconds)
    for name, parameter in first.encoder.state_dict().items():
        assert torch.equal(second.encoder.state_dict()[name], parameter)
        assert torch.equal(second.ema[name], first.ema[name])
    second.run(stage, minutes=1e-9, batch_size=1)
    assert second.step == 2 * first.step
    written = load(tmp_path / "second.safetensors", SpeechConfig)
    assert written.about["step"] == str(second.step)


def test_there_is_nothing_to_go_on_from_at_first(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="no whole checkpoint"):
        EncoderTraining(SMALL, tmp_path / "new.safetensors", "cpu").resume(
            tmp_path / "none.safetensors"
        )


def test_a_throat_of_the_same_length_changes_nothing() -> None:
    mel = torch.rand(2, 5, 64)
    torch.testing.assert_close(
        perturb_vocal_tract(mel, torch.ones(2))[..., :-1], mel[..., :-1], atol=1e-4, rtol=0
    )
    peak = torch.zeros(1, 1, 64)
    peak[..., 30] = 1
    assert perturb_vocal_tract(peak, torch.tensor([1.15])).argmax() < 30


@pytest.mark.parametrize("kind", sorted(set(NOISE_KINDS)))
def test_backgrounds_have_power_one(kind: str) -> None:
    sound = draw_noise(kind, 4.0, np.random.default_rng(1))
    assert len(sound) == 64_000
    assert abs(float(np.mean(np.square(sound))) - 1) < 0.01


def test_a_room_is_never_early_and_a_microphone_never_silent() -> None:
    random = np.random.default_rng(2)
    response = np.fft.irfft(draw_room_response(16_001, random))
    assert np.abs(response).argmax() == 0
    assert draw_microphone_response(16_001, random).max() > 0.1


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"make it with python -m core\.training\.speech_cache"):
        dataset_files(tmp_path)
    with pytest.raises(FileNotFoundError):
        list(read_utterances(tmp_path / "espeak-0000.npz"))
