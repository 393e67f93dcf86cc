"""Folders that cannot be written and disks that are full are told before they cost a recording."""

import tempfile
from pathlib import Path

import pytest

from core.doctor.finding import State
from core.doctor.storage import MIB, Place, folder, places
from core.doctor.system import System
from tests.core.doctor.computers import computer, put


def place(path: Path) -> Place:
    return Place("Folder", path, least=50, enough=200)


@pytest.mark.parametrize(
    ("free", "state", "remedy"),
    [
        (10, State.FAILED, "Free 200 MiB on the disk that holds"),
        (100, State.WARNING, "Free 200 MiB on the disk that holds"),
        (5000, State.OK, ""),
    ],
)
def test_the_room_that_is_left_is_told(
    tmp_path: Path, free: int, state: State, remedy: str
) -> None:
    found = folder(computer(tmp_path), place(tmp_path), lambda path: free * MIB)
    assert found.state is state
    assert found.remedy.startswith(remedy)
    assert ("4.9 GiB" if free == 5000 else f"{free} MiB") in found.sentence


def test_a_folder_that_is_not_there_yet_is_judged_by_where_it_would_be(tmp_path: Path) -> None:
    asked: list[Path] = []

    def free(path: Path) -> int:
        asked.append(path)
        return 2**40

    found = folder(computer(tmp_path), place(tmp_path / "a/b/c"), free)
    assert (found.state, asked) == (State.OK, [tmp_path])
    assert list(tmp_path.glob("a*")) == []


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    file = put(tmp_path, "file")
    found = folder(computer(tmp_path), place(file / "folder"))
    assert found.state is State.FAILED
    assert "cannot be written (Not a directory)" in found.sentence
    assert f'sudo chown -R $USER "{file}"' in found.remedy
    windows = folder(computer(tmp_path, kind="win32"), place(file / "folder"))
    assert "Ransomware protection" in windows.remedy


def test_a_folder_elsewhere_is_private() -> None:
    found = folder(System(), place(Path("/proc/annas-disk")))
    assert found.private == ("/proc/annas-disk", "/proc")
    assert folder(System(), place(Path(tempfile.gettempdir()))).private == ()


def test_a_chosen_folder_for_recordings_is_tested(tmp_path: Path) -> None:
    assert places(tmp_path)[1].path == tmp_path
    assert places()[1].path.is_absolute()
