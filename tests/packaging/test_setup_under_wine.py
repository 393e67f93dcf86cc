"""Setup installs, upgrades, gives up and removes as people on Windows would see it, under Wine."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path
from typing import NamedTuple

import pytest
from PySide6.QtWidgets import QApplication

from core.process.child import ROOT

BUILD = run_path(str(ROOT / "packaging" / "windows" / "build.py"))
TARGET = os.environ.get("SETUP_TARGET", "amd64-unicode")
"""What Wine can run; x86-unicode, as a release is, where it has its 32-bit part as well."""

KEY = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Understudy"
GIVEN_UP = 2
PATIENCE = 600
"""Seconds, on a machine that others keep busy."""

PROGRAM = r"""Unicode true
Target ${TARGET}
SilentInstall silent
RequestExecutionLevel user
OutFile "${OUT}"
Name "understudy"
!include "FileFunc.nsh"
!include "LogicLib.nsh"
Section
  ${GetParameters} $0
  ${If} $0 == "--tell quit"
    FileOpen $1 "$TEMP\told-to-quit" w
    FileClose $1
  ${Else}
    Delete "$TEMP\told-to-quit"
    FileOpen $1 "$TEMP\runs" w
    FileClose $1
    ${Do}
      Sleep 100
      ${If} $0 != "--deaf"
      ${AndIf} ${FileExists} "$TEMP\told-to-quit"
        ${Break}
      ${EndIf}
    ${LoopWhile} ${FileExists} "$TEMP\runs"
    Delete "$TEMP\runs"
  ${EndIf}
SectionEnd
"""
"""In Understudy's place: runs until it is told to quit, or, deaf, until its mark is gone."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(2 * PATIENCE),
    pytest.mark.skipif(not shutil.which("makensis"), reason="makensis is not here"),
    pytest.mark.skipif(not shutil.which("wineserver"), reason="Wine is not here"),
]


class Windows(NamedTuple):
    """A Wine with one person in it."""

    prefix: Path

    @property
    def person(self) -> Path:
        (home,) = (p for p in (self.prefix / "drive_c" / "users").iterdir() if p.name != "Public")
        return home

    @property
    def mark(self) -> Path:
        """What the stand-in keeps while it runs."""
        return self.person / "Temp" / "runs"

    @property
    def data(self) -> Path:
        return self.person / "AppData" / "Local" / "understudy"

    @property
    def shortcut(self) -> Path:
        menu = "AppData/Roaming/Microsoft/Windows/Start Menu/Programs"
        return self.person / menu / "Understudy.lnk"

    def start(self, *words: object) -> "subprocess.Popen[bytes]":
        command = ["wine", *map(str, words)]
        return subprocess.Popen(
            command, env=self.surroundings(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def run(self, *words: object) -> int:
        return self.start(*words).wait(PATIENCE)

    def remove(self, place: Path, *words: str) -> None:
        """Let the uninstaller end, which goes on as a copy of itself."""
        self.run(place / "uninstall.exe", "/S", *words)
        self.serve("--wait")

    def registered(self, name: str) -> str:
        """Return what the list of installed programs says, or "" where it says nothing."""
        told = subprocess.run(
            ["wine", "reg", "query", KEY, "/v", name],
            env=self.surroundings(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        return told.stdout.decode().partition("REG_")[2].partition("    ")[2].strip()

    def serve(self, word: str) -> None:
        """Tell what serves all programs something."""
        command = ["wineserver", word]
        subprocess.run(command, env=self.surroundings(), timeout=PATIENCE, check=False)

    def surroundings(self) -> dict[str, str]:
        chosen = {"WINEPREFIX": str(self.prefix), "WINEDEBUG": "-all"}
        return {**os.environ, **chosen, "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe="}


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    made = Windows(tmp_path_factory.mktemp("wine"))
    made.run("wineboot", "--init")
    yield made
    made.serve("--kill")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("program")
    script, built = folder / "program.nsi", folder / "program.exe"
    script.write_text(PROGRAM)
    defined = [f"-DOUT={built}", f"-DTARGET={TARGET}"]
    subprocess.run(["makensis", "-V1", *defined, str(script)], check=True)
    return built


@pytest.fixture(scope="module")
def setups(
    qapp: QApplication, program: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Setups of three versions, whose parts have their version as name and content. What is in the
    third cannot be written: to Windows the names of a file and a folder are the same."""
    folder = tmp_path_factory.mktemp("setups")
    run_path(str(ROOT / "packaging" / "icons.py"))["write"](folder / "icons")
    (folder / "licences.txt").write_text("numpy: BSD\n")
    return {number: compiled(folder, program, number) for number in ("1.0.0", "2.0.0", "3.0.0")}


def compiled(folder: Path, program: Path, number: str) -> Path:
    tree, setup = folder / number, folder / f"Setup-{number}.exe"
    (tree / "_internal" / "deep").mkdir(parents=True)
    for name in ("understudy.exe", "understudy-cli.exe"):
        shutil.copy(program, tree / name)
    for name in ("deep/part", f"part-{number}", *(["Deep"] if number == "3.0.0" else [])):
        (tree / "_internal" / name).write_text(number)
    words = ["--tree", tree, "--icon", folder / "icons" / "understudy.ico", "--out", setup]
    words += ["--licences", folder / "licences.txt", "--version", number, "--target", TARGET]
    assert BUILD["main"](list(map(str, words))) == 0
    return setup


@pytest.fixture
def place(windows: Windows, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder of the program's that is not there yet; afterwards nothing is installed."""
    yield windows.prefix / "drive_c" / "place" / "Understudy"
    windows.mark.unlink(missing_ok=True)
    windows.run("reg", "delete", KEY, "/f")
    shutil.rmtree(windows.prefix / "drive_c" / "place", ignore_errors=True)
    shutil.rmtree(windows.data, ignore_errors=True)
    windows.shortcut.unlink(missing_ok=True)


def install(windows: Windows, setup: Path, folder: str = r"C:\place\Understudy") -> int:
    return windows.run(setup, "/S", f"/D={folder}")


def files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def shipped(number: str) -> set[str]:
    programs = {"understudy.exe", "understudy-cli.exe", "uninstall.exe"}
    return {*programs, "_internal/deep/part", f"_internal/part-{number}"}


def started(windows: Windows, program_file: Path, *words: str) -> "subprocess.Popen[bytes]":
    program = windows.start(program_file, *words)
    while not windows.mark.exists():
        assert program.poll() is None
        time.sleep(0.1)
    return program


def test_it_installs_registers_and_is_removed_but_for_what_people_made(
    windows: Windows, setups: dict[str, Path], place: Path
) -> None:
    assert install(windows, setups["1.0.0"]) == 0
    assert files(place) == shipped("1.0.0")
    assert windows.shortcut.exists()
    assert windows.registered("DisplayVersion") == "1.0.0"
    assert windows.registered("InstallLocation") == r"C:\place\Understudy"
    windows.data.mkdir()
    (windows.data / "person.json").touch()
    windows.remove(place)
    assert not place.exists()
    assert not windows.shortcut.exists()
    assert not windows.registered("DisplayVersion")
    assert (windows.data / "person.json").exists()


def test_people_go_where_that_is_asked_for(
    windows: Windows, setups: dict[str, Path], place: Path
) -> None:
    install(windows, setups["1.0.0"])
    windows.data.mkdir()
    (windows.data / "person.json").touch()
    windows.remove(place, "/REMOVEDATA")
    assert not place.exists()
    assert not windows.data.exists()


def test_what_others_put_beside_the_program_outlives_it(
    windows: Windows, setups: dict[str, Path], place: Path
) -> None:
    install(windows, setups["1.0.0"])
    (place / "diary.txt").touch()
    windows.remove(place)
    assert files(place) == {"diary.txt"}


def test_an_upgrade_leaves_nothing_of_the_old_version(
    windows: Windows, setups: dict[str, Path], place: Path
) -> None:
    install(windows, setups["1.0.0"])
    assert install(windows, setups["2.0.0"]) == 0
    assert files(place) == shipped("2.0.0")
    assert (place / "_internal" / "deep" / "part").read_text() == "2.0.0"
    assert windows.registered("DisplayVersion") == "2.0.0"


def test_an_upgrade_goes_where_the_program_is(
    windows: Windows, setups: dict[str, Path], place: Path
) -> None:
    install(windows, setups["1.0.0"])
    assert windows.run(setups["2.0.0"], "/S") == 0
    assert files(place) == shipped("2.0.0")


@pytest.mark.parametrize("lost", ["understudy.exe", "_internal", "understudy-cli.exe"])
def test_what_somebody_has_damaged_is_mended_by_another_setup(
    windows: Windows, setups: dict[str, Path], place: Path, lost: str
) -> None:
    install(windows, setups["1.0.0"])
    remove = shutil.rmtree if lost == "_internal" else Path.unlink
    remove(place / lost)
    assert windows.run(setups["2.0.0"], "/S") == 0
    assert files(place) == shipped("2.0.0")


def test_a_program_that_runs_is_asked_to_end(
    windows: Windows, setups: dict[str, Path], place: Path
) -> None:
    install(windows, setups["1.0.0"])
    program = started(windows, place / "understudy.exe")
    assert install(windows, setups["2.0.0"]) == 0
    assert program.wait(PATIENCE) == 0
    assert files(place) == shipped("2.0.0")


@pytest.mark.parametrize("name", ["understudy.exe", "understudy-cli.exe"])
def test_one_that_does_not_end_stays_as_it_is(
    windows: Windows, setups: dict[str, Path], place: Path, name: str
) -> None:
    install(windows, setups["1.0.0"])
    program = started(windows, place / name, "--deaf")
    assert windows.start(setups["2.0.0"], "/S", r"/D=C:\place\Understudy").wait(PATIENCE) == 2
    assert files(place) == shipped("1.0.0")
    assert windows.registered("DisplayVersion") == "1.0.0"
    assert program.poll() is None
    windows.mark.unlink()
    program.wait(PATIENCE)


def test_what_cannot_be_moved_aside_stays(
    windows: Windows, setups: dict[str, Path], place: Path
) -> None:
    install(windows, setups["1.0.0"])
    (place / "before").touch()
    assert install(windows, setups["2.0.0"]) == GIVEN_UP
    assert files(place) == {*shipped("1.0.0"), "before"}
    assert windows.registered("DisplayVersion") == "1.0.0"


@pytest.mark.parametrize("name", ["diary.txt", "uninstall.exe"])
def test_a_folder_of_somebody_else_is_refused(
    windows: Windows, setups: dict[str, Path], place: Path, name: str
) -> None:
    place.mkdir(parents=True)
    (place / name).touch()
    assert install(windows, setups["1.0.0"]) == GIVEN_UP
    assert files(place) == {name}
    assert not windows.registered("DisplayVersion")


def test_what_cannot_be_written_is_put_back(
    windows: Windows, setups: dict[str, Path], place: Path
) -> None:
    install(windows, setups["1.0.0"])
    assert install(windows, setups["3.0.0"]) == GIVEN_UP
    assert files(place) == shipped("1.0.0")
    assert (place / "_internal" / "deep" / "part").read_text() == "1.0.0"
    assert windows.registered("DisplayVersion") == "1.0.0"


def test_a_first_try_that_fails_leaves_nothing(
    windows: Windows, setups: dict[str, Path], place: Path
) -> None:
    assert install(windows, setups["3.0.0"]) == GIVEN_UP
    assert not files(place)
    assert install(windows, setups["1.0.0"]) == 0
