"""Latents that were encoded once: they are those that a step would encode."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from core.model.vae.causal_vae import CausalVideoVae
from core.training.avatar.generator import GeneratorRecipe, GeneratorStage
from core.training.avatar.train_avatar import train_avatar
from core.training.avatar.vae import VaeRecipe
from core.training.films.film_clips import FilmClips, SegmentFile
from core.training.films.latent_cache import (
    CachedClips,
    LatentCache,
    SegmentLatents,
    cached_clips,
    encode_segment,
)
from core.training.films.segment_files import (
    SegmentMatting,
    read_segment_pictures,
    save_segment,
)
from core.training.studio.speech_stock import AlignedSpeech
from core.training.trainer.clip_batch import LengthPhase
from core.training.trainer.optimization import OptimizationConfig
from core.training.trainer.train_config import TrainConfig
from tests.core.neural.small import CONFIG, avatar
from tests.core.training.avatar.moving import Colours

SIDE, PICTURES, MATTE_EVERY = 32, 46, 8
"""46 pictures are 12 whole latents, and one more that is left out."""


@pytest.fixture
def segment(tmp_path: Path) -> SegmentFile:
    random = np.random.default_rng(0)
    fields = torch.rand(PICTURES, CONFIG.generator.audio.feature_size)
    speech = AlignedSpeech(
        torch.eye(15)[torch.arange(PICTURES) % 15], fields[:, 0], fields[:, 0], fields
    )
    path = tmp_path / "film-0000.safetensors"
    pictures = list(random.integers(0, 256, (PICTURES, SIDE, SIDE, 3)).astype(np.uint8))
    mattes = [np.full((SIDE, SIDE), 255, np.uint8)] * len(range(0, PICTURES, MATTE_EVERY))
    matting = SegmentMatting(mattes, pictures[0])
    save_segment(path, pictures, matting, torch.rand(PICTURES, 478, 2), speech)
    return SegmentFile(path, PICTURES, "ann", MATTE_EVERY)


@pytest.fixture
def vae() -> CausalVideoVae:
    return avatar().vae


def frames_of(segment: SegmentFile, first: int, count: int) -> torch.Tensor:
    pictures = torch.from_numpy(read_segment_pictures(segment.path, first, count))
    return pictures.permute(0, 3, 1, 2)[None].float() / 127.5 - 1


def test_a_segment_in_pieces_is_the_segment_as_a_whole(
    segment: SegmentFile, vae: CausalVideoVae
) -> None:
    found = encode_segment(vae, segment)
    whole = vae.encode(frames_of(segment, 0, 45))[0].mean[0]
    assert_close(found.stream, whole, atol=1e-4, rtol=1e-4)
    for number in (0, 1, 9, 11):
        photo = vae.encode(frames_of(segment, 4 * number, 1))[0].mean[0, 0]
        assert_close(found.alone[number], photo, atol=1e-4, rtol=1e-4)


def test_a_clip_begins_as_a_stream_does_and_goes_on_with_it(
    segment: SegmentFile, vae: CausalVideoVae, tmp_path: Path
) -> None:
    clips = CachedClips(FilmClips([segment], 4, "cpu", 3), LatentCache(tmp_path / "kept", vae), 4)
    known = encode_segment(vae, segment)
    clip = clips.next_batch(8, 13)
    assert clip.latents.shape[:2] == (8, 4)
    assert clip.landmarks.shape == (8, 13, 478, 2)
    assert clip.speech.features.shape[:2] == (8, 13)
    for latents in clip.latents:
        away = (known.alone - latents[0]).flatten(1).norm(dim=1)
        begin = int(away.argmin())
        assert_close(latents[0], known.alone[begin], atol=1e-2, rtol=1e-2)
        assert_close(latents[1:], known.stream[begin + 1 : begin + 4], atol=1e-2, rtol=1e-2)
    for photo in clip.references.flatten(0, 1):
        assert (known.alone - photo).abs().flatten(1).amax(1).min() < 1e-2


def test_what_is_kept_is_read_unless_another_encoder_made_it(
    segment: SegmentFile, vae: CausalVideoVae, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = LatentCache(tmp_path, vae)  # beside the films
    first = cache.latents(segment)
    with monkeypatch.context() as patch:
        patch.setattr(vae, "encode", None)
        again = LatentCache(tmp_path, vae).latents(segment)
    assert torch.equal(again.stream, first.stream)
    other = LatentCache(tmp_path, avatar(seed=5).vae)
    renewed = other.latents(segment)
    assert not torch.allclose(renewed.stream, first.stream, atol=1e-2)
    cache.path(segment).write_bytes(b"damaged")
    assert torch.equal(other.latents(segment).stream, renewed.stream)


def test_what_is_older_than_a_segment_that_was_prepared_again_is_not_kept(
    segment: SegmentFile, vae: CausalVideoVae, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = LatentCache(tmp_path, vae)
    first = cache.latents(segment)
    written = cache.path(segment).stat().st_mtime
    os.utime(segment.path, (written + 1, written + 1))
    monkeypatch.setattr(
        "core.training.films.latent_cache.encode_segment",
        lambda *_: SegmentLatents(*(part + 1 for part in first)),
    )
    assert_close(cache.latents(segment).stream, first.stream + 1, atol=1e-2, rtol=1e-2)


def test_a_generators_batch_is_the_same_from_pictures_and_from_the_cache(
    segment: SegmentFile, vae: CausalVideoVae, tmp_path: Path
) -> None:
    model = avatar()
    stage = GeneratorStage(model, GeneratorRecipe(lip_weight=0.0))
    alone = SegmentFile(segment.path, 13, "ann", 8)  # every clip begins at the segment's begin
    pictures: Any = FilmClips([alone], 4, "cpu", 3).next_batch(1, 13)
    kept: Any = CachedClips(
        FilmClips([alone], 4, "cpu", 3), LatentCache(tmp_path / "k", model.vae), 4
    )
    clip = kept.next_batch(1, 13)
    exact = stage.encode(pictures)
    found = stage.encode(clip)
    assert_close(found.latents, exact.latents, atol=1e-2, rtol=1e-2)
    assert stage.count_frames(clip) == stage.count_frames(pictures) == 13
    assert not stage.sample_images(stage.network, clip)


def test_a_training_goes_from_films_by_the_cache_and_clips_of_the_studio_are_refused(
    segment: SegmentFile, tmp_path: Path
) -> None:
    learning = OptimizationConfig(warmup_steps=1)
    vae = VaeRecipe(clip_lengths=(LengthPhase(0.0, 5),))
    config = TrainConfig("vae", tmp_path / "vae", minutes=0.001, total_steps=1, batch_size=1)
    films = FilmClips([segment], 4, "cpu", 0, FilmClips([segment], 4, "cpu", 1))
    train_avatar(config, films, learning, vae, CONFIG)
    drawing = TrainConfig(
        "generator",
        tmp_path / "generator",
        minutes=0.001,
        total_steps=1,
        resume_from=config.output_dir,
        batch_size=2,
        latent_cache=tmp_path / "latents",
    )
    recipe = GeneratorRecipe(lip_weight=0.1, clip_lengths=(LengthPhase(0.0, 13),))
    assert train_avatar(drawing, films, learning, recipe).state.steps == 1
    assert (tmp_path / "latents" / "film-0000.latents.safetensors").exists()
    with pytest.raises(ValueError, match="latents of Colours cannot be kept"):
        cached_clips(Colours(), avatar().vae, tmp_path)
