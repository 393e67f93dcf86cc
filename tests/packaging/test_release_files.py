"""The files of a release agree with the project and with each other."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from core.process.child import ROOT

PACKAGING = ROOT / "packaging"
DESKTOP = PACKAGING / "linux" / "understudy.desktop"
(METAINFO,) = (PACKAGING / "linux").glob("*.metainfo.xml")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def test_all_name_the_project_s_version() -> None:
    release = ElementTree.parse(METAINFO).find("releases/release")
    assert release is not None
    assert release.get("version") == VERSION
    for manifest in (PACKAGING / "winget").glob("*.yaml"):
        assert f"PackageVersion: {VERSION}\n" in manifest.read_text("utf-8")


def test_the_desktop_entry_starts_what_is_installed() -> None:
    entry = DESKTOP.read_text("utf-8")
    assert re.search(r"^Exec=understudy$", entry, re.MULTILINE)
    assert re.search(r"^Icon=understudy$", entry, re.MULTILINE)
    assert ElementTree.parse(METAINFO).findtext("launchable") == DESKTOP.name


def test_flatpak_and_appstream_name_one_program() -> None:
    manifest = METAINFO.with_name(METAINFO.name.replace(".metainfo.xml", ".yml"))
    name = ElementTree.parse(METAINFO).findtext("id")
    assert f"id: {name}\n" in manifest.read_text("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="flatpak-builder is on Linux")
def test_flatpak_s_commands_find_what_freezing_leaves(tmp_path: Path) -> None:
    manifest = METAINFO.with_name(METAINFO.name.replace(".metainfo.xml", ".yml"))
    told = manifest.read_text("utf-8").partition("build-commands:\n")[2]
    sources, app = tmp_path / "sources", tmp_path / "app"
    for folder in ("understudy", "hicolor/16x16"):
        (sources / folder).mkdir(parents=True)
    for name in ("understudy/understudy", "licences.txt", DESKTOP.name, METAINFO.name):
        (sources / name).touch()
    commands = told.partition("    sources:")[0].replace("      - ", "")
    subprocess.run(["sh", "-ec", commands.replace("/app/", f"{app}/")], cwd=sources, check=True)
    assert (app / "bin" / "understudy").resolve().is_file()
    assert (app / "share" / "icons" / "hicolor" / "16x16").is_dir()
    assert (app / "share" / "metainfo" / METAINFO.name).is_file()


@pytest.mark.parametrize(
    ("program", "words", "file"),
    [
        ("desktop-file-validate", (), DESKTOP),
        ("appstreamcli", ("validate", "--no-net"), METAINFO),
    ],
    ids=["desktop", "appstream"],
)
def test_their_validators_find_nothing(program: str, words: tuple[str, ...], file: Path) -> None:
    if not shutil.which(program):
        pytest.skip(f"{program} is not here")
    done = subprocess.run([program, *words, file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_process_that_is_started_by_name_is_frozen() -> None:
    spec = (PACKAGING / "understudy.spec").read_text("utf-8")
    sources = [file for room in ("app", "core", "plugins") for file in (ROOT / room).rglob("*.py")]
    started = {
        name
        for file in sources
        for name in re.findall(r'\bcommand\("([\w.]+)"\)', file.read_text("utf-8"))
    }
    assert started
    assert [name for name in sorted(started) if f'"{name}"' not in spec] == []
