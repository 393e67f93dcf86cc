"""Builds a Debian package from the frozen folder: python packaging/linux/deb.py [--help]

Built on Debian 12 it installs on Debian 12 and 13 and Ubuntu 24.04: a frozen program wants the C
library it was built with, or a newer one. The program lies in /usr/lib/understudy; nothing starts
by itself, and removing the package leaves nothing but what people made in their homes.
"""

import argparse
import gzip
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from core.licences import version  # noqa: E402

ARCHITECTURE = "amd64"

DEPENDS = (
    "libc6 (>= 2.36)",
    "libegl1",
    "libgl1",
    "libdbus-1-3",
    "libfontconfig1",
    "libglib2.0-0 | libglib2.0-0t64",
    "libportaudio2",
    "libpulse0",
    "libxkbcommon0",
    "libxkbcommon-x11-0",
    "libx11-xcb1",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-shape0",
    "libxcb-sync1",
    "libxcb-xfixes0",
)
RECOMMENDS = ("v4l2loopback-dkms", "pulseaudio | pipewire-pulse")

CONTROL = """Package: understudy
Version: {version}
Architecture: {architecture}
Maintainer: Understudy <understudy@localhost>
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: {recommends}
Section: video
Priority: optional
Description: portrait that performs your voice, live, as a webcam
 Your voice goes in, a portrait performs it, and meeting programs see it as a
 webcam. Everything happens on this computer, without a large graphics card.
 .
 The window is understudy, the command line understudy-cli.
"""

AFTER = """#!/bin/sh
set -e
if command -v gtk-update-icon-cache >/dev/null; then
    gtk-update-icon-cache -q -t -f /usr/share/icons/hicolor || true
fi
if command -v update-desktop-database >/dev/null; then
    update-desktop-database -q || true
fi
"""
"""Run after installing and after removing; desktops without these tools need neither."""


def main(arguments: list[str]) -> int:
    chosen = parser().parse_args(arguments)
    if not (chosen.tree / "understudy").exists():
        sys.stderr.write(f"{chosen.tree} holds no understudy; run packaging/freeze.py first\n")
        return 1
    name = f"understudy_{chosen.version}_{ARCHITECTURE}.deb"
    stage = chosen.work / "deb"
    shutil.rmtree(stage, ignore_errors=True)
    lay_out(stage, chosen)
    chosen.out.mkdir(parents=True, exist_ok=True)
    build = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(stage)]
    return subprocess.run([*build, str(chosen.out / name)], check=False).returncode


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(description=__doc__)
    found.add_argument("--tree", type=Path, default=ROOT / "dist" / "understudy")
    found.add_argument("--work", type=Path, default=ROOT / "build", help="icons and licences")
    found.add_argument("--out", type=Path, default=ROOT / "dist")
    found.add_argument("--version", default=version())
    return found


def lay_out(stage: Path, chosen: argparse.Namespace) -> None:
    """Put every file where the installed system has it."""
    program, share = stage / "usr/lib/understudy", stage / "usr/share"
    shutil.copytree(chosen.tree, program, symlinks=True)
    commands = stage / "usr/bin"
    commands.mkdir(parents=True)
    for name in ("understudy", "understudy-cli"):
        (commands / name).symlink_to(f"../lib/understudy/{name}")
    _copy(HERE / "understudy.desktop", share / "applications")
    for metainfo in HERE.glob("*.metainfo.xml"):
        _copy(metainfo, share / "metainfo")
    shutil.copytree(chosen.work / "icons" / "hicolor", share / "icons" / "hicolor")
    papers = share / "doc" / "understudy"
    _copy(chosen.work / "licences.txt", papers).rename(papers / "copyright")
    news = (ROOT / "CHANGELOG.md").read_bytes()
    (papers / "changelog.gz").write_bytes(gzip.compress(news, mtime=0))
    _control(stage, chosen.version)
    _set_modes(stage)


def _control(stage: Path, number: str) -> None:
    """Write what dpkg reads."""
    size = sum(path.stat().st_size for path in stage.rglob("*") if path.is_file())
    folder = stage / "DEBIAN"
    folder.mkdir()
    text = CONTROL.format(
        version=number,
        architecture=ARCHITECTURE,
        kilobytes=size // 1024,
        depends=", ".join(DEPENDS),
        recommends=", ".join(RECOMMENDS),
    )
    (folder / "control").write_text(text, encoding="utf-8")
    for name in ("postinst", "postrm"):
        (folder / name).write_text(AFTER, encoding="utf-8")


def _set_modes(stage: Path) -> None:
    """Let everybody read, and only the owner write."""
    programs = {"understudy", "understudy-cli", "postinst", "postrm"}
    for path in (stage, *stage.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.name in programs else 0o644)


def _copy(file: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(file, folder))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
