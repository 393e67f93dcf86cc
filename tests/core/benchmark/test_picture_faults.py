"""The sheets of a folder of photos: one for each place, and figures for each person."""

import argparse
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.benchmark import picture_faults
from core.benchmark.picture_faults import heard, measure
from tests.core.puppet.faces import Drawn


@pytest.fixture
def chosen(tmp_path: Path, ann: Drawn, monkeypatch: pytest.MonkeyPatch) -> argparse.Namespace:
    """A folder with Ann, somebody who cannot be read, and a second of a voice."""
    (tmp_path / "photos").mkdir()
    Image.fromarray(ann.photo).save(tmp_path / "photos" / "ann.png")
    (tmp_path / "photos" / "bad.jpg").write_text("no picture")
    seen = picture_faults.PortraitAnalysis(ann.photo, ann.matte, ann.landmarks)
    real = picture_faults.analyse
    monkeypatch.setattr(picture_faults, "analyse", lambda p: seen if p.title == "ann" else real(p))
    time = np.arange(24_000) / 16_000
    voice = (0.3 * np.sin(6 * time) * np.sin(900 * time)).astype(np.float32)
    monkeypatch.setattr(picture_faults, "sound", lambda _: voice)
    return argparse.Namespace(photos=tmp_path / "photos", out=tmp_path / "sheets")


def test_every_place_has_its_sheet_and_every_person_figures(
    chosen: argparse.Namespace, capsys: pytest.CaptureFixture[str]
) -> None:
    report = measure(chosen)
    names = {path.stem for path in chosen.out.iterdir()}
    assert names == {"sides", "blinks", "mouths", "crowns", "film", "green"}
    assert "bad.jpg is not a picture" in capsys.readouterr().out
    (section,) = report.sections
    assert section.title == "ann"
    assert {m.name for m in section.measurements} >= {"psnr at rest", "specks", "seam"}
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
