"""What is kept of those who come with the program is made by one command."""

import shutil
from pathlib import Path

import numpy as np

from core.portrait.analysis import LONGEST_SIDE
from core.portrait.analysis_cache import load_findings
from core.portrait.load import load_photo_with_digest
from core.profile import findings_beside
from core.training.analyse_cast import analyse

MIRA = Path(__file__).parents[3] / "plugins" / "cast" / "mira" / "1.jpg"


def test_what_is_found_replaces_what_was_kept(tmp_path: Path) -> None:
    path = tmp_path / "1.jpg"
    shutil.copyfile(MIRA, path)
    findings_beside(path).write_bytes(b"of another finder")
    analyse(path)
    photo = load_photo_with_digest(path, LONGEST_SIDE)
    found, ships = load_findings(path, photo), load_findings(MIRA, photo)
    assert found is not None
    assert ships is not None
    np.testing.assert_allclose(found.landmarks, ships.landmarks, atol=0.5)
