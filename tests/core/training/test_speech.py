"""Scenes to train on are sound, and training that was stopped goes on where it was."""

from pathlib import Path

import numpy as np
import pytest
import torch

from core.checkpoint import BadCheckpoint
from core.perception.hearing import FRAME, SpeechConfig
from core.perception.visemes import SILENCE
from core.tensors import load
from core.training.speech import Trainer, warp
from core.training.speech_cache import files, read
from core.training.speech_noise import KINDS, microphone, noise, room
from core.training.speech_scenes import SECONDS, Stage, line
from core.training.speech_voices import Segment, Utterance

SMALL = SpeechConfig(bands=16, channels=3, width=8, layers=1, features=6)


@pytest.fixture(scope="module")
def stage() -> Stage:
    random = np.random.default_rng(0)
    samples = (random.standard_normal(16_000) * 0.1).astype(np.float32)
    segments = (Segment("m", 0.1, 0.3), Segment("aa", 0.3, 0.9))
    return Stage([[line(Utterance(samples, segments, "arpabet"))]], seed=0, bank=3)


def test_scenes_are_whole_frames_of_sound_in_range(stage: Stage) -> None:
    sound, wanted = stage.draw(4)
    assert sound.shape == (4, SECONDS * 25 * FRAME)
    assert sound.dtype == torch.float32
    assert sound.abs().max() <= 1
    assert sound.isfinite().all()
    assert wanted.visemes.shape == (4, SECONDS * 25, 15)
    assert (wanted.opening[wanted.closed > 0] == 0).all()
    assert (wanted.opening[wanted.visemes[..., SILENCE] == 1] < 0.5).all()


def test_training_goes_on_where_it_was_stopped(stage: Stage, tmp_path: Path) -> None:
    out = tmp_path / "speech.safetensors"
    first = Trainer(SMALL, out, "cpu")
    first.run(stage, minutes=1e-9, batch=1)
    assert first.step > 0
    second = Trainer(SMALL, tmp_path / "second.safetensors", "cpu")
    second.resume(out)
    assert (second.step, second.spent) == (first.step, first.spent)
    for name, parameter in first.encoder.state_dict().items():
        assert torch.equal(second.encoder.state_dict()[name], parameter)
        assert torch.equal(second.average[name], first.average[name])
    second.run(stage, minutes=1e-9, batch=1)
    assert second.step == 2 * first.step
    written = load(tmp_path / "second.safetensors", SpeechConfig)
    assert written.about["step"] == str(second.step)


def test_there_is_nothing_to_go_on_from_at_first(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="no whole checkpoint"):
        Trainer(SMALL, tmp_path / "new.safetensors", "cpu").resume(tmp_path / "none.safetensors")


def test_a_throat_of_the_same_length_changes_nothing() -> None:
    mel = torch.rand(2, 5, 64)
    torch.testing.assert_close(warp(mel, torch.ones(2))[..., :-1], mel[..., :-1], atol=1e-4, rtol=0)
    peak = torch.zeros(1, 1, 64)
    peak[..., 30] = 1
    assert warp(peak, torch.tensor([1.15])).argmax() < 30


@pytest.mark.parametrize("kind", sorted(set(KINDS)))
def test_backgrounds_have_power_one(kind: str) -> None:
    sound = noise(kind, 4.0, np.random.default_rng(1))
    assert len(sound) == 64_000
    assert abs(float(np.mean(np.square(sound))) - 1) < 0.01


def test_a_room_is_never_early_and_a_microphone_never_silent() -> None:
    random = np.random.default_rng(2)
    response = np.fft.irfft(room(16_001, random))
    assert np.abs(response).argmax() == 0
    assert microphone(16_001, random).max() > 0.1


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"make it with python -m core\.training\.speech_cache"):
        files(tmp_path)
    with pytest.raises(FileNotFoundError):
        list(read(tmp_path / "espeak-0000.npz"))
