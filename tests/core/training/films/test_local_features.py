"""From films heard by a local wav2vec 2.0 to a stream that hears by it."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
import torch

from core.checkpoint import BadCheckpoint
from core.model.audio_encoders.encoder_choice import (
    ENCODER_FOLDER,
    fingerprint,
    open_audio_encoder,
    open_local_encoder,
)
from core.model.audio_encoders.wav2vec import HOP
from core.model.avatar import AvatarConfig, load_avatar, prepare_for_inference
from core.neural.neural_stream import NeuralStream
from core.perception.speech.config import FRAME_SAMPLES
from core.perception.speech.encoder_torch import load_speech_encoder
from core.training.avatar.generator import GeneratorRecipe
from core.training.avatar.stock_audio import fit_audio
from core.training.avatar.train_avatar import export_avatar, train_avatar
from core.training.avatar.vae import VaeRecipe
from core.training.films.film_clips import open_clips
from core.training.films.local_features import encode_features, open_local_features
from core.training.films.preprocess import Preparation, Tools, prepare
from core.training.films.segment_files import read_films
from core.training.trainer.clip_batch import LengthPhase
from core.training.trainer.optimization import OptimizationConfig
from core.training.trainer.train_config import TrainConfig
from tests.core.model.audio_encoders.small_wav2vec import GROUP, write_random
from tests.core.neural.small import CONFIG, FORMAT, reference_frames
from tests.core.training.avatar.moving import Ticks
from tests.core.training.films.making import STEP, PatchFinder, film

CPU = torch.device("cpu")
OPTIMIZATION = OptimizationConfig(learning_rate=3e-3, warmup_steps=2)


def prepared(folder: Path, encoder: Path | None, name: str = "one") -> Path:
    """Prepare a film that a local encoder hears, or ours; return the stock."""
    (folder / "films").mkdir(parents=True, exist_ok=True)
    sound = np.random.default_rng(0).normal(0, 0.1, 40 * STEP).astype(np.float32)
    film(folder / "films" / f"{name}.mp4", 40, lambda i: (150 + i // 10, 110), sound)
    local = open_local_features(encoder, "cpu") if encoder else None
    speech, finder = load_speech_encoder(), PatchFinder()
    films = Preparation(folder / "films", folder / "stock", CONFIG, "drawn by a test")
    prepare(films, Tools(finder, speech, local))
    return folder / "stock"


def trained(folder: Path, stock: Path, config: AvatarConfig) -> Path:
    """Train a VAE and a generator on a stock for a moment; return the generator's folder."""
    vae = TrainConfig("vae", folder / "vae", minutes=0.02, batch_size=1, log_every=100)
    lengths = (LengthPhase(0.0, 9),)
    clips = open_clips(stock, "cpu", 0, config)
    train_avatar(vae, clips, OPTIMIZATION, VaeRecipe(clip_lengths=lengths), CONFIG, clock=Ticks())
    out = folder / "generator"
    generator = replace(vae, stage="generator", output_dir=out, resume_from=vae.output_dir)
    recipe = GeneratorRecipe(lip_weight=0.0, clip_lengths=lengths)
    train_avatar(generator, clips, OPTIMIZATION, recipe, config, clock=Ticks())
    return out


@pytest.mark.timeout(600)
def test_a_model_learns_and_performs_by_a_local_encoder(tmp_path: Path) -> None:
    folder = write_random(tmp_path / "encoder", prefix="hubert.")
    stock = prepared(tmp_path, folder)
    config = fit_audio(CONFIG, stock, begins=True)
    audio = config.generator.audio
    assert (audio.encoder, audio.feature_size) == (fingerprint(folder), GROUP.hidden_size)
    clip = open_clips(stock, "cpu", 0, config).next_batch(1, 9)
    assert clip.speech.features.shape == (1, 9, GROUP.hidden_size)
    assert clip.speech.visemes.shape == (1, 9, 15)

    weights = tmp_path / "models" / "avatar.safetensors"
    export_avatar(trained(tmp_path, stock, config), weights, {"recipe": "a test"})
    copytree(folder, weights.parent / ENCODER_FOLDER)
    avatar = prepare_for_inference(load_avatar(weights), CPU)
    assert avatar.config == config
    encoder = open_audio_encoder(avatar.config.generator.audio, weights, CPU)
    with closing(NeuralStream(avatar, encoder, reference_frames(), FORMAT)) as stream:
        assert stream.hop == HOP
        frames = [frame for _ in range(3) for frame in stream.step(np.zeros(HOP, np.float32))]
    assert [frame.sample for frame in frames] == [640 * n for n in range(10)]


def test_features_of_a_film_are_those_of_a_stream(tmp_path: Path) -> None:
    encoder = open_local_encoder(write_random(tmp_path / "encoder"), CPU)
    sound = np.random.default_rng(1).normal(0, 0.1, 30 * FRAME_SAMPLES).astype(np.float32)
    features = encode_features(encoder, sound, 34)
    assert features.shape == (34, GROUP.hidden_size)
    state, parts = encoder.initial_state(1), []
    padded = np.concatenate([sound, np.zeros(10 * FRAME_SAMPLES, np.float32)])
    for hop in padded.reshape(-1, HOP):
        part, state = encoder.encode(torch.from_numpy(hop)[None], state)
        parts.append(part[0])
    streamed = torch.cat(parts)[encoder.lag :]
    torch.testing.assert_close(features[:34], streamed[:34], rtol=1e-4, atol=1e-4)


def test_a_model_refuses_another_encoder_than_its_own(tmp_path: Path) -> None:
    right, wrong = (write_random(tmp_path / str(seed), seed) for seed in (0, 1))
    audio = replace(CONFIG.generator.audio, encoder=fingerprint(right))
    weights = tmp_path / "models" / "avatar.safetensors"
    with pytest.raises(BadCheckpoint, match=r"put its config\.json and model\.safetensors there"):
        open_audio_encoder(audio, weights, CPU)
    copytree(wrong, weights.parent / ENCODER_FOLDER)
    with pytest.raises(BadCheckpoint, match=f"trained with the audio encoder {fingerprint(right)}"):
        open_audio_encoder(audio, weights, CPU)


def test_a_generator_goes_on_only_with_what_it_hears_by(tmp_path: Path) -> None:
    stock = prepared(tmp_path, write_random(tmp_path / "encoder"))
    config = fit_audio(CONFIG, stock, begins=True)
    assert fit_audio(config, stock, begins=False) == config
    for other, where in ((CONFIG, stock), (config, tmp_path / "studio")):
        with pytest.raises(ValueError, match="prepare a stock with that one"):
            fit_audio(other, where, begins=False)
    again = fit_audio(config, tmp_path / "studio", begins=True).generator.audio
    assert (again.encoder, again.feature_size) == ("", 128), "the studio is heard by our encoder"


def test_films_that_different_encoders_heard_are_not_mixed(tmp_path: Path) -> None:
    prepared(tmp_path, None, "one")
    with pytest.raises(ValueError, match="different encoders heard"):
        read_films(prepared(tmp_path, write_random(tmp_path / "encoder"), "two"))


def test_models_of_our_own_encoder_need_no_folder(tmp_path: Path) -> None:
    encoder = open_audio_encoder(CONFIG.generator.audio, tmp_path / "avatar.safetensors", CPU)
    assert encoder.feature_size == 128
