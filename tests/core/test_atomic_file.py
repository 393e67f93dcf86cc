"""A file is there whole, or as it was; nothing is left beside it."""

import os
from pathlib import Path

import pytest

from core.atomic_file import atomic_write, sweep


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("old")
    return tmp_path / "a.txt"


def names(path: Path) -> list[str]:
    return [file.name for file in path.parent.iterdir()]


def test_what_was_written_takes_the_files_place(path: Path) -> None:
    with atomic_write(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert names(path) == ["a.txt"]


def test_a_write_that_breaks_off_changes_nothing(path: Path) -> None:
    def broken_off() -> None:
        with atomic_write(path) as part:
            part.write_text("ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert path.read_text() == "old"
    assert names(path) == ["a.txt"]


def test_a_folder_in_the_way_is_an_error_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "b" / "full").mkdir(parents=True)
    with pytest.raises(OSError, match="b"), atomic_write(tmp_path / "b") as part:
        part.write_text("new")
    assert names(tmp_path / "b") == ["b"]


def test_two_who_write_the_same_file_do_not_mix(path: Path) -> None:
    with atomic_write(path) as one, atomic_write(path) as other:
        one.write_text("one")
        other.write_text("other")
    assert path.read_text() == "one"
    assert names(path) == ["a.txt"]


def test_what_a_killed_program_was_writing_goes_after_a_while(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    with atomic_write(path) as part:
        part.write_text("whole")
        (tmp_path / "movie.part").write_text("another program's")
        rest = tmp_path / f"settings.json.{'0' * 32}.part"
        rest.write_text("half")
    sweep(tmp_path)
    assert rest.exists()  # somebody may be writing it
    for old in (rest, tmp_path / "movie.part", path):
        os.utime(old, (0, 0))
    sweep(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["movie.part", "settings.json"]
    sweep(tmp_path / "gone")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_what_is_private_is_so_from_its_first_byte_on(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "a", private=True) as part:
        assert part.stat().st_mode & 0o777 == 0o600
        part.write_text("secret")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
