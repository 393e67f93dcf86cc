"""A file is there whole, or as it was; nothing is left beside it."""

from pathlib import Path

import pytest

from core.atomic_file import atomic_write


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
