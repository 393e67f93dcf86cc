"""The program starts, tries itself, and can be its own child."""

import os
import signal
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


@pytest.fixture
def turkish(tmp_path: Path) -> dict[str, str]:
    """A place where the capital of i is not I."""
    made = tmp_path / "locales" / "tr_TR.UTF-8"
    made.parent.mkdir()
    try:
        subprocess.run(["localedef", "-i", "tr_TR", "-f", "UTF-8", str(made)], capture_output=True)
    except FileNotFoundError:
        pytest.skip("no locale can be made here")
    if not made.exists():
        pytest.skip("this system does not know Turkish")
    return {"LOCPATH": str(made.parent), "LC_ALL": "tr_TR.UTF-8"}


def test_the_window_opens_in_turkish(
    tmp_path: Path, photo: Path, turkish: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Folders(tmp_path / "understudy" / "profiles").save(Profile("", "Ann", (photo,), "me"))
    for name, value in turkish.items():
        monkeypatch.setenv(name, value)
    done = start(tmp_path, "--self-test", "--engine", "testcard")
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such descriptors")
def test_closed_streams_are_no_obstacle(tmp_path: Path, photo: Path) -> None:
    Folders(tmp_path / "understudy" / "profiles").save(Profile("", "Ann", (photo,), "me"))
    words = [sys.executable, "-m", "app", "--self-test", "--engine", "testcard"]
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', *words],
        cwd=ROOT, env=surroundings(tmp_path), timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="displays have names on Linux only")
def test_a_display_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    around = {**surroundings(tmp_path), "DISPLAY": ":7777"}
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        around.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-m", "app"],
        cwd=ROOT, env=around, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("No window can be opened: the display :7777 cannot be reached")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_the_program_ends_in_order_when_the_system_asks(tmp_path: Path, name: str) -> None:
    words = [sys.executable, "-m", "app"]
    program = subprocess.Popen(words, cwd=ROOT, env=surroundings(tmp_path), stderr=subprocess.PIPE)
    try:
        until(lambda: start(tmp_path, "--tell", "show").returncode == 0)
        program.send_signal(getattr(signal, name))
        _, told = program.communicate(timeout=30)
        assert program.returncode == 0
        assert b"Error" not in told
        assert (tmp_path / "understudy" / "settings.json").exists()
    finally:
        program.kill()
        program.wait()
