"""The sheets of a folder of photos: one for each place, and figures for each person."""

import argparse
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from core.benchmark.picture_faults import heard, measure
from core.portrait.analysis import LONGEST_SIDE
from core.portrait.analysis_cache import Findings, save_findings
from core.portrait.load import load_photo_with_digest
from tests.core.puppet.faces import Drawn


@pytest.fixture
def chosen(tmp_path: Path, ann: Drawn) -> argparse.Namespace:
    """A folder with Ann, somebody who cannot be read, and a second of a voice."""
    (tmp_path / "photos").mkdir()
    photo = tmp_path / "photos" / "ann.png"
    Image.fromarray(ann.photo).save(photo)
    findings = Findings(ann.landmarks, np.rint(255 * ann.matte).astype(np.uint8))
    save_findings(photo, load_photo_with_digest(photo, LONGEST_SIDE), findings)
    (tmp_path / "photos" / "bad.jpg").write_text("no picture")
    time = np.arange(24_000) / 16_000
    voice = 0.3 * np.sin(6 * time) * np.sin(900 * time)
    soundfile.write(tmp_path / "voice.wav", voice, 16_000)
    return argparse.Namespace(
        photos=photo.parent,
        out=tmp_path / "sheets",
        audio=tmp_path / "voice.wav",
        mic=False,
        language=None,
    )


def test_every_place_has_its_sheet_and_every_person_figures(
    chosen: argparse.Namespace, capsys: pytest.CaptureFixture[str]
) -> None:
    report = measure(chosen)
    names = {path.stem for path in chosen.out.iterdir()}
    assert names == {"sides", "blinks", "mouths", "crowns", "film", "green"}
    assert "bad.jpg is not a picture" in capsys.readouterr().out
    (section,) = report.sections
    assert section.title == "ann"
    assert {m.name for m in section.rows} >= {"psnr at rest", "specks", "seam"}
    with Image.open(chosen.out / "blinks.png") as sheet:
        assert np.asarray(sheet).std() > 5


def test_a_folder_without_people_is_told(chosen: argparse.Namespace) -> None:
    (chosen.photos / "ann.png").unlink()
    with pytest.raises(ValueError, match="no photo of a person"):
        measure(chosen)


def test_what_is_heard_has_a_frame_for_every_hop_after_the_look_ahead() -> None:
    track = heard(np.zeros(640 * 12, np.float32))
    assert track.opening.shape == (1, 10)
    assert track.visemes.shape == (1, 10, 15)
