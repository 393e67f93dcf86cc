"""Folders for a while go with their program, however it ends."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from core.process.child import ROOT
from core.temporary import FRESH, PREFIX, TemporaryFolder, sweep

KEEPING = """
import sys
from core.temporary import TemporaryFolder
folder = TemporaryFolder()
(folder.path / "photo.png").touch()
print(folder.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where folders for a while are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def age(folder: Path) -> None:
    """Let the folder be made some time ago."""
    before = folder.stat().st_mtime - 2 * FRESH
    os.utime(folder, (before, before))


def test_it_is_there_and_goes() -> None:
    with TemporaryFolder() as folder:
        (folder.path / "a.png").touch()
    assert not folder.path.exists()
    folder.close()


def test_one_of_a_killed_program_goes_and_one_of_a_living_program_stays(place: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", KEEPING],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with program:
        assert program.stdout
        folder = Path(program.stdout.readline().strip())
        assert folder.parent == place
        age(folder)
        sweep()
        assert (folder / "photo.png").exists()
        program.kill()
    age(folder)
    sweep()
    assert not folder.exists()


def test_one_that_has_just_been_made_stays(place: Path) -> None:
    made = place / f"{PREFIX}x"
    made.mkdir()
    sweep()
    assert made.exists()
    age(made)
    sweep()
    assert not made.exists()


def test_what_is_not_ours_stays(place: Path) -> None:
    (place / "other").mkdir()
    if sys.platform != "win32":
        (place / f"{PREFIX}link").symlink_to(place / "other")
    sweep()
    assert (place / "other").exists()
