"""What an avatar model sees of a profile's photos."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.look import AS_PHOTO, Background
from core.neural.references import prepare_references
from core.portrait.analysis import LONGEST_SIDE
from core.portrait.analysis_cache import Findings, save_findings
from core.portrait.load import load_photo_with_digest
from core.profile import Profile
from tests.core.neural.small import CONFIG
from tests.core.puppet.faces import SMALL, Drawn, draw

assert CONFIG.vae.skip is not None
LAYERED = replace(CONFIG.vae, skip=replace(CONFIG.vae.skip, layered=True))


def _known(path: Path, drawn: Drawn) -> Path:
    """A photo beside which it is kept who is in it."""
    Image.fromarray(drawn.photo).save(path)
    levels = np.rint(255 * drawn.matte).astype(np.uint8)
    save_findings(
        path, load_photo_with_digest(path, LONGEST_SIDE), Findings(drawn.landmarks, levels)
    )
    return path


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    def look() -> None:
        raise AssertionError("everybody here is known")

    monkeypatch.setattr("core.perception.face.finder.FaceFinder", look)
    photos = _known(tmp_path / "1.png", draw()), _known(tmp_path / "2.png", draw(agape=True))
    return Profile("ann", "Ann", photos, "Drawn by a test.")


@pytest.mark.parametrize("layered", [False, True])
@pytest.mark.parametrize("background", [AS_PHOTO, Background("colour", "#00ff00")])
def test_known_people_sit_without_being_looked_for(
    profile: Profile, background: Background, layered: bool
) -> None:
    assert CONFIG.vae.skip is not None
    vae = replace(CONFIG.vae, skip=replace(CONFIG.vae.skip, layered=layered))
    frames = prepare_references(profile, SMALL, replace(CONFIG, vae=vae), background)
    assert frames.references.shape == (1, 2, 3, CONFIG.vae.size, CONFIG.vae.size)
    assert not (frames.references[0, 0] == frames.references[0, 1]).all()
    rows, columns, _ = frames.crops[0].shape
    assert rows - columns == round(columns * frames.crown / CONFIG.vae.size)
    assert [square.shape for square in frames.crops] == [(rows, columns, 3)] * 2
    apart = background.replaced or layered
    assert len(frames.mattes) == (2 if apart else 0)
    assert (frames.plate is not None) == apart


def test_the_first_photo_comes_once_more_with_its_mouth_open(profile: Profile) -> None:
    vae = replace(LAYERED, skip=replace(LAYERED.skip, opened=True))  # type: ignore[type-var]
    plain, opened = (
        prepare_references(profile, SMALL, replace(CONFIG, vae=each)) for each in (LAYERED, vae)
    )
    assert plain.eyes is None
    assert opened.eyes is not None
    assert torch.equal(opened.references[:, 1], plain.references[:, 1])
    sealed = (opened.references[:, 0] - plain.references[:, 0]).abs()
    assert sealed.mean() < 0.01  # whose lips met before
    assert opened.references.shape[1] == len(opened.crops) == len(opened.mattes) == 3
    assert np.array_equal(opened.mattes[2], opened.mattes[0])
    change = np.abs(opened.crops[2].astype(int) - opened.crops[0]).max(2)
    rows, columns = np.nonzero(change > 40)
    middle = len(change) / 2
    assert rows.min() > 0.8 * middle  # the mouth is below the middle of the face
    assert 0.6 < columns.mean() / middle < 1.4
    assert (change > 8).mean() < 0.15
    seen = (opened.references[0, 2] - opened.references[0, 0]).abs().amax(0)
    assert seen.max() > 0.1
    assert (seen > 0.1).float().mean() < 0.15


def test_a_crown_above_the_square_is_in_the_crop(profile: Profile) -> None:
    close = replace(CONFIG, crop_half_size=0.5)
    frames = prepare_references(profile, SMALL, close)
    assert frames.crown > 0
    assert not frames.mattes[0][0].any()
    columns = frames.crops[0].shape[1]
    above = round(columns * frames.crown / close.vae.size)
    assert frames.crops[0].shape[0] == columns + above
    x, y = frames.origin
    inside = frames.backdrop[max(0, y) : y + above + columns, max(0, x) : x + columns]
    shown = frames.crops[0][max(0, -y) :, max(0, -x) :][: inside.shape[0], : inside.shape[1]]
    alpha = frames.mattes[0][max(0, -y) :, max(0, -x) :][: inside.shape[0], : inside.shape[1]]
    assert np.abs(inside.astype(int) - shown)[alpha == 255].max() <= 1
