"""Mixtures are sound in range, and training that was stopped resumes where it was."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.checkpoint import BadCheckpoint
from core.perception.speech.config import FRAME_SAMPLES, SpeechConfig
from core.perception.speech.encoder_torch import SpeechEncoder
from core.perception.speech.visemes import SILENCE
from core.record import to_json
from core.tensors import fill, load
from core.training.speech.acoustics import (
    NOISE_KINDS,
    draw_microphone_response,
    draw_noise,
    draw_room_response,
)
from core.training.speech.dataset import dataset_files, read_utterances
from core.training.speech.encoder_training import (
    BPTT_FRAMES,
    MixtureWindows,
    SpeechStage,
    export_speech,
    perturb_vocal_tract,
    train_speech,
)
from core.training.speech.mixtures import MIXTURE_SECONDS, MixtureSampler, level_utterance
from core.training.speech.voices import Segment, Utterance
from core.training.trainer.sharded_checkpoint import write_checkpoint
from core.training.trainer.train_config import TrainConfig
from core.training.trainer.training_state import CHECKPOINT, TrainingState, load_training

SMALL = SpeechConfig(mel_bands=16, channels=3, width=8, gru_layers=1, feature_width=6)


@pytest.fixture(scope="module")
def mixtures() -> MixtureSampler:
    random = np.random.default_rng(0)
    samples = (random.standard_normal(16_000) * 0.1).astype(np.float32)
    segments = (Segment("m", 0.1, 0.3), Segment("aa", 0.3, 0.9))
    return MixtureSampler(
        [[level_utterance(Utterance(samples, segments, "arpabet"))]], seed=0, noise_bank_size=3
    )


def test_mixtures_are_whole_frames_of_sound_in_range(mixtures: MixtureSampler) -> None:
    sound, targets = mixtures.sample(4)
    assert sound.shape == (4, MIXTURE_SECONDS * 25 * FRAME_SAMPLES)
    assert sound.dtype == torch.float32
    assert sound.abs().max() <= 1
    assert sound.isfinite().all()
    assert targets.visemes.shape == (4, MIXTURE_SECONDS * 25, 15)
    assert (targets.opening[targets.closures > 0] == 0).all()
    assert (targets.opening[targets.visemes[..., SILENCE] == 1] < 0.5).all()


def config(folder: Path, **changes: Any) -> TrainConfig:
    return TrainConfig("speech", folder, minutes=1e-9, batch_size=1, **changes)


def test_windows_of_a_mixture_come_in_order_and_then_those_of_the_next(
    mixtures: MixtureSampler,
) -> None:
    windows = MixtureWindows(mixtures, "cpu")
    drawn = [windows.next_batch(1, BPTT_FRAMES) for _ in range(5)]
    assert [window.start for window in drawn] == [0, 100, 200, 300, 0]
    assert drawn[0].samples is drawn[3].samples
    assert drawn[4].samples is not drawn[0].samples


def test_window_by_window_the_encoder_says_what_it_says_of_all_at_once(
    mixtures: MixtureSampler,
) -> None:
    torch.manual_seed(0)
    training, windows = SpeechStage(SpeechEncoder(SMALL)), MixtureWindows(mixtures, "cpu")
    random, mels, said = np.random.default_rng(0), [], []
    for _ in range(4):
        window = windows.next_batch(1, BPTT_FRAMES)
        (batch,) = training.micro_batches(window, random)
        if window.start == 0:
            first = batch.state
        training.losses(batch)
        mels.append(batch.mel)
        said.append(training.network.forward_mel(batch.mel, batch.state)[0].opening)
    whole, _ = training.network.forward_mel(torch.cat(mels, 1), first)
    torch.testing.assert_close(torch.cat(said, 1), whole.opening)


def test_training_goes_on_where_it_was_stopped(mixtures: MixtureSampler, tmp_path: Path) -> None:
    seeds: list[int] = []

    def open_mixtures(seed: int) -> MixtureSampler:
        seeds.append(seed)
        return mixtures

    first = train_speech(config(tmp_path / "one"), open_mixtures, SMALL)
    assert first.state.steps > 0
    kept, _ = load_training(tmp_path / "one")
    again = config(tmp_path / "two", resume_from=tmp_path / "one")
    second = train_speech(again, open_mixtures)
    assert second.state.steps == 2 * first.state.steps
    assert second.state.seconds > first.state.seconds
    assert seeds == [0, first.state.steps], "not the same mixtures again"
    for name, tensor in first.optimization.ema.state_dict().items():
        assert torch.equal(kept[f"ema/{name}"], tensor)
    export_speech(tmp_path / "two", tmp_path / "speech.safetensors", {"recipe": "a test"})
    written = load(tmp_path / "speech.safetensors", SpeechConfig)
    assert written.config == SMALL
    assert written.about["steps"] == str(second.state.steps)
    fill(SpeechEncoder(SMALL), written, tmp_path)


def test_there_is_nothing_to_go_on_from_at_first(mixtures: MixtureSampler, tmp_path: Path) -> None:
    resumed = config(tmp_path, resume_from=tmp_path / "none")
    with pytest.raises(BadCheckpoint, match="no whole checkpoint"):
        train_speech(resumed, lambda _: mixtures)


def test_another_stage_s_training_is_refused(mixtures: MixtureSampler, tmp_path: Path) -> None:
    about = to_json(TrainingState("vae"))
    write_checkpoint(tmp_path / CHECKPOINT, {"ema/x": torch.ones(1)}, about)
    with pytest.raises(BadCheckpoint, match="expected one of speech"):
        train_speech(config(tmp_path / "new", resume_from=tmp_path), lambda _: mixtures)


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
    with pytest.raises(ValueError, match=r"make it with python -m core\.training\.speech\.dataset"):
        dataset_files(tmp_path)
    with pytest.raises(FileNotFoundError):
        list(read_utterances(tmp_path / "espeak-0000.npz"))
