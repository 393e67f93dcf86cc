"""The Debian package: what lies where, who may write it, and what it depends on."""

import shutil
import subprocess
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import pytest

from core.process.child import ROOT

DEB = run_path(str(ROOT / "packaging" / "linux" / "deb.py"))


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """A folder as packaging/freeze.py leaves it, with the smallest of programs."""
    inside = tmp_path / "dist" / "_internal"
    inside.mkdir(parents=True)
    for name in ("understudy", "understudy-cli", "_internal/libpart.so"):
        (tmp_path / "dist" / name).write_text("#!/bin/sh\necho it runs\n")
        (tmp_path / "dist" / name).chmod(0o777)
    icon = tmp_path / "build" / "icons" / "hicolor" / "16x16" / "apps" / "understudy.png"
    icon.parent.mkdir(parents=True)
    icon.touch()
    (tmp_path / "build" / "licences.txt").write_text("numpy: BSD\n")
    return tmp_path


@pytest.fixture
def stage(frozen: Path) -> Path:
    chosen = SimpleNamespace(tree=frozen / "dist", work=frozen / "build", version="1.2.3")
    DEB["lay_out"](frozen / "stage", chosen)
    return frozen / "stage"


def test_commands_desktop_icon_and_licences_are_where_systems_look(stage: Path) -> None:
    assert (stage / "usr/bin/understudy").readlink() == Path("../lib/understudy/understudy")
    assert (stage / "usr/bin/understudy-cli").resolve().is_file()
    share = stage / "usr/share"
    assert (share / "applications/understudy.desktop").is_file()
    assert len(list((share / "metainfo").glob("*.metainfo.xml"))) == 1
    assert (share / "icons/hicolor/16x16/apps/understudy.png").is_file()
    assert (share / "doc/understudy/copyright").read_text() == "numpy: BSD\n"


def test_only_the_owner_may_write_and_only_programs_run(stage: Path) -> None:
    for path in stage.rglob("*"):
        if not path.is_symlink():
            assert path.stat().st_mode & 0o022 == 0
    program = stage / "usr/lib/understudy"
    assert (program / "understudy").stat().st_mode & 0o111
    assert not (program / "_internal/libpart.so").stat().st_mode & 0o111


def test_it_depends_on_what_the_window_needs_and_recommends_a_camera(stage: Path) -> None:
    control = (stage / "DEBIAN/control").read_text()
    assert "Version: 1.2.3\n" in control
    assert "libxcb-cursor0" in control.partition("Depends: ")[2].partition("\n")[0]
    assert "v4l2loopback-dkms" in control.partition("Recommends: ")[2].partition("\n")[0]


def test_every_library_that_the_starter_wants_for_x11_is_a_dependency() -> None:
    start = run_path(str(ROOT / "start.py"))
    wanted = {**start["QT"], **start["X11"]}.values()
    depends = " ".join(DEB["DEPENDS"])
    assert [name for name in wanted if name not in depends and name != "libxcb-glx0"] == []


def test_nothing_starts_by_itself(stage: Path) -> None:
    places = {path.relative_to(stage).parts[0] for path in stage.rglob("*")}
    assert places == {"usr", "DEBIAN"}  # no /etc, so no autostart, and no services
    assert not list(stage.rglob("*.service"))


def test_without_a_frozen_program_the_way_to_one_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert DEB["main"](["--tree", str(tmp_path)]) == 1
    assert "run packaging/freeze.py first" in capsys.readouterr().err


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="dpkg is not here")
def test_dpkg_builds_and_reads_it(frozen: Path) -> None:
    words = ["--tree", frozen / "dist", "--work", frozen / "build", "--out", frozen]
    assert DEB["main"]([*map(str, words), "--version", "1.2.3"]) == 0
    package = frozen / "understudy_1.2.3_amd64.deb"
    told = subprocess.run(["dpkg-deb", "--field", package, "Package"], capture_output=True)
    assert told.stdout == b"understudy\n"
