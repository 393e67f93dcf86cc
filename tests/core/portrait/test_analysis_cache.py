"""What is kept of a photo comes back exactly, or not at all."""

import os
from pathlib import Path

import numpy as np
import pytest

from core.perception.face.topology import LANDMARK_COUNT
from core.perception.face.weights import WEIGHTS, weights_fingerprint
from core.portrait.analysis_cache import Findings, load_findings, save_findings
from core.portrait.load import Photo
from core.profile import findings_beside

SHAPE = (48, 36)
PHOTO = Photo(np.zeros((*SHAPE, 3), np.uint8), b"this photo")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "1.jpg"


@pytest.fixture
def findings() -> Findings:
    random = np.random.default_rng(3)
    landmarks = random.normal(20, 9, (LANDMARK_COUNT, 3)).astype(np.float32)
    return Findings(landmarks, random.integers(0, 256, SHAPE, np.uint8))


def test_what_is_kept_comes_back_exactly(path: Path, findings: Findings) -> None:
    save_findings(path, PHOTO, findings)
    back = load_findings(path, PHOTO)
    assert back is not None
    for there, here in zip(back, findings, strict=True):
        np.testing.assert_array_equal(there, here, strict=True)
    assert [file.name for file in path.parent.iterdir()] == [findings_beside(path).name]


def test_where_nothing_is_kept_nothing_comes(path: Path) -> None:
    assert load_findings(path, PHOTO) is None
    findings_beside(path).mkdir()
    assert load_findings(path, PHOTO) is None
    findings_beside(path).rmdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(findings_beside(path))
        assert load_findings(path, PHOTO) is None


def test_findings_are_of_one_photo_and_no_other(path: Path, findings: Findings) -> None:
    save_findings(path, PHOTO, findings)
    assert load_findings(path, PHOTO._replace(digest=b"that photo")) is None


def test_findings_are_of_a_photo_as_large_as_it_was_read(path: Path, findings: Findings) -> None:
    save_findings(path, PHOTO, findings)
    turned = PHOTO.picture.transpose(1, 0, 2)
    assert load_findings(path, PHOTO._replace(picture=turned)) is None


def test_findings_are_of_one_finder_and_no_other(path: Path, findings: Findings) -> None:
    trained, retrained = path.with_name("a"), path.with_name("b")
    trained.write_bytes(b"one set of weights")
    retrained.write_bytes(b"one set of weightz")
    assert (
        len(
            {
                weights_fingerprint(trained),
                weights_fingerprint(retrained),
                weights_fingerprint(WEIGHTS),
            }
        )
        == 3
    )
    save_findings(path, PHOTO, findings, trained)
    assert load_findings(path, PHOTO, trained) is not None
    assert load_findings(path, PHOTO, retrained) is None
    assert load_findings(path, PHOTO) is None
    assert load_findings(path, PHOTO, path.with_name("gone")) is None


def test_damaged_and_cut_off_findings_are_none(path: Path, findings: Findings) -> None:
    finder = path.with_name("finder")
    finder.write_bytes(b"small")
    save_findings(path, PHOTO, findings, finder)
    file = findings_beside(path)
    whole = file.read_bytes()
    for place in range(0, len(whole), 97):
        damaged = bytearray(whole)
        damaged[place] ^= 16
        for spoilt in (bytes(damaged), whole[:place], whole[:place] + b"\0" + whole[place:]):
            file.write_bytes(spoilt)
            assert load_findings(path, PHOTO, finder) is None
    file.write_bytes(whole)
    assert load_findings(path, PHOTO, finder) is not None


def test_a_matte_of_another_size_is_none(path: Path, findings: Findings) -> None:
    save_findings(path, PHOTO, findings._replace(matte=findings.matte[1:]))
    assert load_findings(path, PHOTO) is None


def test_what_cannot_be_written_leaves_nothing_behind(path: Path, findings: Findings) -> None:
    findings_beside(path).mkdir()
    with pytest.raises(OSError, match=r"directory|denied"):
        save_findings(path, PHOTO, findings)
    assert [file.name for file in path.parent.iterdir()] == [findings_beside(path).name]


@pytest.mark.parametrize("place", [np.nan, np.inf, 1e30])
def test_landmarks_that_are_nowhere_are_none(path: Path, findings: Findings, place: float) -> None:
    findings.landmarks[3, 1] = place
    save_findings(path, PHOTO, findings)
    assert load_findings(path, PHOTO) is None


def test_findings_that_unpack_without_end_are_none(path: Path, findings: Findings) -> None:
    save_findings(path, PHOTO, findings._replace(matte=np.zeros((30_000, 1000), np.uint8)))
    assert load_findings(path, PHOTO) is None
