"""The trainer's command line."""

from pathlib import Path

import pytest

from core.checkpoint import BadCheckpoint
from core.model.avatar import AVATAR_PRESETS, AvatarConfig
from core.training.__main__ import (
    FILMS,
    STUDIO,
    ClipOpener,
    clip_opener,
    default_opener,
    main,
)
from core.training.films.film_clips import open_clips as open_films
from core.training.studio.clip_sampler import photos_alone
from core.training.studio.stock import open_clips as open_studio
from core.training.trainer.clip_batch import ClipSource
from tests.core.training.avatar.moving import Colours

HERE = "tests.core.training.avatar.test_main:open_clips"


def open_clips(stock: Path, device: str, seed: int, shape: AvatarConfig) -> ClipSource:
    """Open nothing: what is asked for is told."""
    assert (device, seed, shape) == ("cpu", 3, AVATAR_PRESETS["lite"])
    raise BlockingIOError(stock.name)


def test_clips_are_opened_by_name_for_the_device_and_the_seed(tmp_path: Path) -> None:
    words = f"vae --stock faces --clips {HERE} --minutes 1 --seed 3 --out {tmp_path}"
    with pytest.raises(BlockingIOError, match="faces"):
        main(words.split())


def open_photos(stock: Path, device: str, seed: int, shape: AvatarConfig) -> ClipSource:
    """Open nothing: what is asked for is told."""
    assert (device, seed) == ("cpu", 3)
    assert shape == photos_alone(AVATAR_PRESETS["lite"]) != AVATAR_PRESETS["lite"]
    raise BlockingIOError(stock.name)


def test_the_generator_learns_from_clips_without_the_opened_photo(tmp_path: Path) -> None:
    assert AVATAR_PRESETS["lite"].vae.opened
    clips = HERE.replace("open_clips", "open_photos")
    words = f"generator --stock faces --clips {clips} --minutes 1 --seed 3 --out {tmp_path}"
    with pytest.raises(BlockingIOError, match="faces"):
        main(words.split())
    paper = AVATAR_PRESETS["paper"]
    assert photos_alone(paper) == paper  # which moves no pixels, so opens no photo


def test_a_name_that_opens_nothing_is_refused_with_words() -> None:
    with pytest.raises(ValueError, match="expected module:function"):
        clip_opener("core.training.none:nothing")
    with pytest.raises(ValueError, match="opens nothing"):
        clip_opener("core.training:nothing")


def test_clips_come_from_the_studio_if_nobody_says_otherwise(tmp_path: Path) -> None:
    studio: ClipOpener = open_studio
    assert clip_opener(STUDIO) is studio
    with pytest.raises(BadCheckpoint, match=r"portraits\.safetensors"):
        studio(tmp_path, "cpu", 0, AVATAR_PRESETS["lite"])


def test_films_that_were_prepared_are_known_by_themselves(tmp_path: Path) -> None:
    assert default_opener(tmp_path) == STUDIO
    (tmp_path / "film.json").write_text("{}")
    assert default_opener(tmp_path) == FILMS
    films: ClipOpener = open_films
    assert clip_opener(FILMS) is films


def test_films_are_prepared_by_command(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no film in"):
        main(["prepare", str(tmp_path), "--out", str(tmp_path / "out")])


def test_the_speech_encoder_is_trained_by_the_same_command(tmp_path: Path) -> None:
    words = f"speech --stock {tmp_path} --minutes 1 --out {tmp_path / 'speech'}"
    with pytest.raises(ValueError, match="no synthetic speech"):
        main(words.split())
    with pytest.raises(BadCheckpoint, match="no whole checkpoint"):
        main([*words.split(), "--resume", str(tmp_path)])


def test_only_what_was_trained_is_exported(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="no whole checkpoint"):
        main(["export", "--resume", str(tmp_path), "--out", str(tmp_path / "a.safetensors")])


def test_the_tests_own_clips_are_clips() -> None:
    clips: ClipSource = Colours()
    assert clips.next_batch(1, 5).frames.shape == (1, 5, 3, 32, 32)
