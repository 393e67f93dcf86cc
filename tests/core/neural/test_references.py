"""What an avatar model sees of a profile's photos."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.look import AS_PHOTO, Background
from core.neural.references import prepare_references
from core.portrait.analysis import LONGEST_SIDE
from core.portrait.analysis_cache import Findings, save_findings
from core.portrait.load import load_photo_with_digest
from core.profile import Profile
from tests.core.neural.small import CONFIG
from tests.core.puppet.faces import SMALL, Drawn, draw


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


@pytest.mark.parametrize("background", [AS_PHOTO, Background("colour", "#00ff00")])
def test_known_people_sit_without_being_looked_for(
    profile: Profile, background: Background
) -> None:
    frames = prepare_references(profile, SMALL, CONFIG, background)
    assert frames.references.shape == (1, 2, 3, CONFIG.vae.size, CONFIG.vae.size)
    assert not (frames.references[0, 0] == frames.references[0, 1]).all()
    assert [square.shape for square in frames.crops] == [(frames.side, frames.side, 3)] * 2
    assert len(frames.mattes) == (2 if background.replaced else 0)
