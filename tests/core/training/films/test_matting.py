"""Mattes and plates of films, from drawn pictures and a real one to the clips that show them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from core.perception.face.finder import FaceFinder
from core.perception.speech.encoder_torch import load_speech_encoder
from core.training.films.face_tracking import face_segments
from core.training.films.film_clips import FilmClips, open_clips
from core.training.films.matting import MATTE_EVERY, make_plate, matte_segment
from core.training.films.preprocess import Preparation, Tools, prepare
from core.training.films.segment_files import read_films
from core.training.studio.clip_renderer import ClipTensors
from tests.core.neural.small import CONFIG
from tests.core.training.films.making import STEP, PatchFinder, film

SHAPE = replace(
    CONFIG,
    vae=replace(CONFIG.vae, size=128),
    generator=replace(CONFIG.generator, grid=8),
)
PORTRAIT = Path(__file__).parents[4] / "plugins" / "cast" / "leo" / "1.jpg"
GREY = 90 / 127.5 - 1
"""What is behind who is drawn."""
OFF = 0.08
"""By which a code may change a colour, of -1..1."""


def prepared(folder: Path, place: Callable[[int], tuple[int, int]]) -> Preparation:
    """Return the preparation of a film of 60 pictures."""
    (folder / "films").mkdir()
    sound = np.random.default_rng(0).normal(0, 0.1, 60 * STEP).astype(np.float32)
    film(folder / "films" / "a.mp4", 60, place, sound)
    return Preparation(folder / "films", folder / "out", SHAPE, "ours, agreed")


def clips(preparation: Preparation) -> FilmClips:
    prepare(preparation, Tools(PatchFinder(), load_speech_encoder()))
    return open_clips(preparation.out, "cpu", 0, SHAPE)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> ClipTensors:
    """Clips of somebody who goes from left to right."""
    wanted = prepared(tmp_path_factory.mktemp("walk"), lambda i: (136 + i * 4 // 5, 110))
    return clips(wanted).next_batch(4, 9)


def person(pictures: Tensor, reach: int = 0) -> Tensor:
    """Return where pictures (..., 3, h, w) show the patch: less, or more, of it by `reach`."""
    red = (pictures[..., 0, :, :] - pictures[..., 1, :, :] > 0.6).float().flatten(0, -3)[:, None]
    side = 2 * abs(reach) + 1
    pooled = torch.nn.functional.max_pool2d(red if reach > 0 else -red, side, 1, abs(reach))
    return (pooled.abs() > 0.5).view(*pictures.shape[:-3], *pictures.shape[-2:])


def test_a_references_alpha_covers_the_person_and_not_the_background(walk: ClipTensors) -> None:
    alphas = walk.alphas[:, :, 0]
    inside, outside = person(walk.references, -3), ~person(walk.references, 6)
    assert inside.any()
    assert outside.any()
    assert alphas[inside].min() > 0.95
    assert alphas[outside].max() < 0.05


def test_the_plate_shows_the_background_and_nobody(walk: ClipTensors) -> None:
    assert (walk.plate - GREY).abs().max() < OFF


def test_outside_of_the_person_a_clip_is_its_plate(walk: ClipTensors) -> None:
    away = (walk.frames - walk.plate[:, None]).abs().amax(2)
    assert away[~person(walk.frames, 6)].max() < OFF
    assert away[person(walk.frames, -2)].min() > 0.5


def test_a_reference_that_stands_still_before_the_plate_is_itself(walk: ClipTensors) -> None:
    matting = walk.matting
    shown = torch.lerp(matting.plate[:, None], walk.references, matting.alphas)
    assert (shown - walk.references).abs().max() < 3 * OFF
    assert (shown - walk.references).abs().mean() < 0.01


def test_who_never_moves_is_inpainted_and_smaller_clips_are_so_too(tmp_path: Path) -> None:
    source = clips(prepared(tmp_path, lambda _: (160, 110)))
    small = source.next_batch(1, 5, 32)
    assert small.plate.shape == (1, 3, 32, 32)
    assert small.alphas.shape == (1, 3, 1, 32, 32)
    assert (small.plate - GREY).abs().max() < OFF
    assert 0.05 < float(small.alphas.mean()) < 0.5


def test_references_are_pictures_that_have_mattes(tmp_path: Path) -> None:
    source = clips(prepared(tmp_path, lambda i: (140 + i // 2, 110)))
    plans = source.draw(20, 9)
    assert {index for plan in plans for _, index in plan.photos} == {
        0,
        MATTE_EVERY,
        2 * MATTE_EVERY,
    }
    landmarks = source.next_batch(8, 5).reference_landmarks.mean((2, 3))
    assert len(set(landmarks.flatten().tolist())) == 3


def test_films_of_an_older_version_are_refused_until_they_are_prepared_again(
    tmp_path: Path,
) -> None:
    wanted = prepared(tmp_path, lambda _: (160, 110))
    clips(wanted)
    record = tmp_path / "out" / "a_mp4.json"
    record.write_text(record.read_text().replace(f'"matte_every": {MATTE_EVERY}', '"older": 1'))
    with pytest.raises(ValueError, match=r"without mattes of who is seen; prepare them again"):
        read_films(wanted.out)
    assert len(clips(wanted).next_batch(1, 5).alphas) == 1


def test_a_plate_is_the_mean_of_what_is_seen_beside_the_person() -> None:
    dark, light = (np.full((40, 40, 3), level, np.uint8) for level in (80, 100))
    left, right = np.zeros((40, 40), np.float32), np.zeros((40, 40), np.float32)
    left[:, :10] = right[:, 30:] = 1
    dark[:, :10] = light[:, 30:] = 255
    plate = make_plate([dark, light], [left, right], 2.0)
    assert (plate[:, 13:27] == 90).all()
    assert (plate[:, :12] == 100).all()
    assert (plate[:, 28:] == 80).all()


def test_where_the_person_hides_everything_the_plate_is_what_is_seen() -> None:
    pictures = [np.full((8, 8, 3), level, np.uint8) for level in (10, 30)]
    assert (make_plate(pictures, [np.ones((8, 8), np.float32)] * 2, 1.0) == 20).all()


def test_a_real_person_is_cut_out_and_gone_from_the_plate() -> None:
    with Image.open(PORTRAIT) as photo:
        small = np.asarray(photo.convert("RGB").resize((640, 360)))
    finder = FaceFinder()
    face = finder.face(small)
    (segment,) = face_segments([face.landmarks] * 25, 1.25, 0.15)
    pictures = [small] * 25
    crops = [segment.window.extract(picture, 96) for picture in pictures]
    mattes, plate = matte_segment(segment, pictures, crops, finder)
    assert len(mattes) == 2
    inside = mattes[0] > 128
    assert inside[48, 48]
    assert not inside[:8, :8].any()
    assert 0.2 < inside.mean() < 0.7
    away = np.abs(crops[0].astype(int) - plate).max(-1)
    beside = cv2.dilate(inside.astype(np.uint8), np.ones((13, 13), np.uint8)) == 0
    assert away[beside].max() <= 2
    assert np.median(away[inside]) > 40
