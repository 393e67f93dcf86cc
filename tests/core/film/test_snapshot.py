"""A picture on the disk says what it is."""

import errno
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.film.snapshot import SnapshotError, save, sentence

PICTURE = np.arange(90 * 160 * 3, dtype=np.uint8).reshape(90, 160, 3)


def test_the_picture_is_whole_and_says_that_it_is_ai_generated(tmp_path: Path) -> None:
    path = save(PICTURE, tmp_path / "films" / "shot.png")
    with Image.open(path) as file:
        assert (np.asarray(file) == PICTURE).all()
        assert file.info["Title"] == "AI-generated picture"
        assert "animated by Understudy" in file.info["Comment"]
    assert [p.name for p in path.parent.iterdir()] == ["shot.png"]


def test_two_in_one_second_are_two_files(tmp_path: Path) -> None:
    names = [save(PICTURE, tmp_path / "shot.png").name for _ in range(3)]
    assert names == ["shot.png", "shot 2.png", "shot 3.png"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "film").write_text("a file")
    with pytest.raises(SnapshotError, match="choose another folder"):
        save(PICTURE, tmp_path / "film" / "shot.png")


def test_a_full_disk_is_told() -> None:
    told = sentence(Path("films/shot.png"), OSError(errno.ENOSPC, "No space left on device"))
    assert told == "shot.png was not saved in films: the disk is full; free some space"
