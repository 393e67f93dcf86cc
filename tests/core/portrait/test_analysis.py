"""A person who has been looked at once is known, wherever the folder goes."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.perception.face.finder import Face
from core.portrait.analysis import analyse, analyse_cached
from core.portrait.load import BadPhoto
from core.profile import Profile, findings_beside
from core.video import Picture

LOOKS: list[Picture] = []


class Finder:
    """Finds a face whose place is the photo's first colour, and counts how often it is asked."""

    def face(self, picture: Picture) -> Face:
        LOOKS.append(picture)
        landmarks = np.full((478, 3), picture[0, 0, 0] / 7, np.float32)
        return Face((0.0, 0.0, 1.0, 1.0), landmarks, 1.0)

    def matte(self, picture: Picture, face: Face) -> NDArray[np.float32]:
        return picture[..., 0].astype(np.float32) / np.float32(255)


@pytest.fixture(autouse=True)
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Picture]:
    """Every photo that was looked at."""
    LOOKS.clear()
    monkeypatch.setattr("core.perception.face.finder.FaceFinder", Finder)
    return LOOKS


@pytest.fixture
def ann(tmp_path: Path) -> Profile:
    """Kept by a store, in a folder of her own."""
    home = tmp_path / "ann"
    home.mkdir()
    return Profile("ann", "Ann", (_photo(home / "1.png", 50),), "Drawn.", home=home)


def _photo(path: Path, colour: int) -> Path:
    pixels = np.random.default_rng(1).integers(0, 256, (90, 70, 3), np.uint8)
    pixels[0, 0] = colour
    Image.fromarray(pixels).save(path)
    return path


def _moved(profile: Profile, name: str) -> Profile:
    """The same folder elsewhere: nothing of it is remembered."""
    home = profile.references[0].parent
    there = home.with_name(name)
    shutil.copytree(home, there)
    references = tuple(there / path.name for path in profile.references)
    return replace(profile, references=references, home=profile.home and there)


def test_a_person_who_was_looked_at_is_known_at_the_next_start(
    ann: Profile, looks: list[Picture]
) -> None:
    first = analyse(ann)
    again = analyse(_moved(ann, "again"))
    assert len(looks) == 1
    for there, here in zip(again, first, strict=True):
        np.testing.assert_array_equal(there, here, strict=True)
    assert first.landmarks[0, 0] == np.float32(50 / 7)
    np.testing.assert_allclose(first.matte, first.photo[..., 0] / 255, atol=0.002)


def test_the_last_ones_are_remembered(ann: Profile) -> None:
    assert analyse(ann) is analyse(ann)


def test_another_photo_is_looked_at_and_kept_in_the_place_of_the_old_one(
    ann: Profile, looks: list[Picture]
) -> None:
    analyse(ann)
    changed = _moved(ann, "changed")
    _photo(changed.references[0], 90)
    assert analyse(changed).landmarks[0, 0] == np.float32(90 / 7)
    assert analyse(_moved(changed, "again")).landmarks[0, 0] == np.float32(90 / 7)
    assert len(looks) == 2


@pytest.mark.parametrize("keep", [0, 31, 500])
def test_damaged_findings_are_found_anew(ann: Profile, looks: list[Picture], keep: int) -> None:
    first = analyse(ann)
    spoilt = _moved(ann, "spoilt")
    file = findings_beside(spoilt.references[0])
    file.write_bytes(file.read_bytes()[:keep])
    np.testing.assert_array_equal(analyse(spoilt).matte, first.matte)
    assert len(looks) == 2
    analyse(_moved(spoilt, "mended"))
    assert len(looks) == 2


def test_every_photo_has_findings_of_its_own(ann: Profile, looks: list[Picture]) -> None:
    assert ann.home is not None
    both = replace(ann, references=(*ann.references, _photo(ann.home / "2.png", 120)))
    assert analyse(both, 1).landmarks[0, 0] == np.float32(120 / 7)
    again = _moved(both, "again")
    assert analyse(again, 0).landmarks[0, 0] == np.float32(50 / 7)
    assert analyse(again, 1).landmarks[0, 0] == np.float32(120 / 7)
    assert len(looks) == 2


def test_without_a_network_only_what_is_kept_is_known(
    ann: Profile, looks: list[Picture], tmp_path: Path
) -> None:
    assert analyse_cached(ann, 0) is None
    assert not looks
    first = analyse(ann)
    again = analyse_cached(ann, 0)
    assert again is not None
    np.testing.assert_array_equal(again.landmarks, first.landmarks)
    gone = replace(ann, references=(*ann.references, tmp_path / "gone.png"))
    assert analyse_cached(gone, 1) is None
    assert len(looks) == 1


def test_nothing_is_written_beside_a_photo_that_no_store_keeps(
    ann: Profile, tmp_path: Path, looks: list[Picture]
) -> None:
    elsewhere = _photo(tmp_path / "mine.png", 70)
    for profile in (replace(ann, home=None), replace(ann, references=(elsewhere,))):
        assert analyse(profile).photo.shape == (90, 70, 3)
        assert not findings_beside(profile.references[0]).exists()
    assert len(looks) == 2


def test_what_lies_beside_a_draft_is_used_and_left(ann: Profile, looks: list[Picture]) -> None:
    analyse(ann)
    analyse(replace(_moved(ann, "draft"), home=None))
    assert len(looks) == 1


def test_where_nothing_can_be_written_the_person_opens_all_the_same(ann: Profile) -> None:
    findings_beside(ann.references[0]).mkdir()
    assert analyse(ann).landmarks.shape == (478, 3)
    assert ann.home is not None
    assert len(list(ann.home.iterdir())) == 2


def test_a_photo_that_is_gone_is_said_so(ann: Profile) -> None:
    ann.references[0].unlink()
    with pytest.raises(BadPhoto, match="not there any more"):
        analyse(ann)


KNOWN = """
import sys
from core.portrait.analysis import analyse, analyse_cached
from plugins.profiles import open_built_in

people = open_built_in().profiles()[0]
assert len(people) == 6
assert all(analyse(person).landmarks.shape == (478, 3) for person in people)
print([name for name in ("torch", "core.perception.face.finder") if name in sys.modules])
"""


def test_whoever_comes_with_the_program_is_opened_without_a_network() -> None:
    run = [sys.executable, "-c", KNOWN]
    answer = subprocess.run(run, capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout.strip() == "[]"
