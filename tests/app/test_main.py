"""The program starts, tries itself, and can be its own child."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import main
from core.process.child import ROOT
from core.profile import Profile
from plugins.profiles import Folders
from tests.fakes import until


def surroundings(home: Path) -> dict[str, str]:
    homes = {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "LOCALAPPDATA": home}
    return {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        **{name: str(path) for name, path in homes.items()},
    }


def start(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT, env=surroundings(home), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_the_self_test_shows_ten_frames_and_ends(tmp_path: Path, photo: Path) -> None:
    Folders(tmp_path / "understudy" / "profiles").save(Profile("", "Ann", (photo,), "me"))
    done = start(tmp_path, "--self-test", "--engine", "testcard")
    assert done.returncode == 0, done.stderr
    assert "self-test: " in done.stdout
    assert "frames/s" in done.stdout


def test_the_self_test_tells_what_is_wrong(tmp_path: Path, photo: Path) -> None:
    Folders(tmp_path / "understudy" / "profiles").save(Profile("", "Ann", (photo,), "me"))
    done = start(tmp_path, "--self-test", "--engine", "steam")
    assert done.returncode == 1, done.stderr
    assert "self-test: there is no engine 'steam'" in done.stdout


def test_the_program_can_be_one_of_its_children() -> None:
    with pytest.raises(ModuleNotFoundError):
        main(["--child", "no.such.child"])


def test_a_second_start_hands_its_word_to_the_first(tmp_path: Path) -> None:
    assert start(tmp_path, "--tell", "show").returncode == 1
    command = [sys.executable, "-m", "app"]
    first = subprocess.Popen(command, cwd=ROOT, env=surroundings(tmp_path))
    try:
        until(lambda: start(tmp_path, "--tell", "show").returncode == 0, limit=30)
        assert start(tmp_path).returncode == 0
        assert start(tmp_path, "--tell", "quit").returncode == 0
        assert first.wait(30) == 0
    finally:
        first.kill()
        first.wait()
