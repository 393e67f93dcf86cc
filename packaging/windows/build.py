"""Compiles Setup.exe from the frozen folder: python packaging/windows/build.py [--help]

makensis is on Debian (`apt install nsis`) and Windows. With --sign every program and library in
the folder is signed first (Smart App Control blocks any that is not), then Setup and uninstaller.
"""

import argparse
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.licences import version

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SIGNED = {".exe", ".dll", ".pyd"}


def main(arguments: list[str]) -> int:
    options = parser()
    chosen = options.parse_args(arguments)
    if chosen.camera and not chosen.camera_licence:
        options.error("--camera needs --camera-licence: people are shown whose driver it is")
    if not (chosen.tree / "understudy.exe").exists():
        sys.stderr.write(f"{chosen.tree} holds no understudy.exe; freeze the program on Windows\n")
        return 1
    if not shutil.which("makensis"):
        sys.stderr.write("makensis is missing; on Debian: sudo apt install nsis\n")
        return 1
    if chosen.sign:
        sign(chosen.tree, chosen.sign)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    return subprocess.run(command(chosen), check=False).returncode


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(description=__doc__)
    found.add_argument("--tree", type=Path, default=ROOT / "dist" / "understudy")
    found.add_argument("--icon", type=Path, default=ROOT / "build" / "icons" / "understudy.ico")
    found.add_argument("--licences", type=Path, default=ROOT / "build" / "licences.txt")
    found.add_argument("--out", type=Path, default=ROOT / "dist" / "UnderstudySetup.exe")
    found.add_argument("--version", default=version())
    found.add_argument("--target", default="", help="amd64-unicode, for a Setup of 64 bits")
    found.add_argument("--sign", default="", help="command that signs the files named after it")
    found.add_argument("--camera", type=Path, help="a camera driver's .dll to be offered")
    found.add_argument("--camera-licence", type=Path, help="its licence; needed with --camera")
    return found


def sign(tree: Path, words: str) -> None:
    """Sign every program and library in the folder.

    Raises:
        CalledProcessError: one cannot be signed.
    """
    files = sorted(path for path in tree.rglob("*") if path.suffix.lower() in SIGNED)
    for path in files:
        subprocess.run([*shlex.split(words), str(path)], check=True)


def command(chosen: argparse.Namespace) -> list[str]:
    """Return what compiles Setup.exe."""
    defined = {
        "VERSION": chosen.version,
        "TREE": chosen.tree.resolve(),
        "ICON": chosen.icon.resolve(),
        "SIDE": chosen.icon.with_name("setup.bmp").resolve(),
        "LICENCES": chosen.licences.resolve(),
        "OUT": chosen.out.resolve(),
    }
    if chosen.target:
        defined["TARGET"] = chosen.target
    if chosen.sign:
        defined["SIGN"] = chosen.sign
    if chosen.camera:
        driver, licence = chosen.camera.resolve(), chosen.camera_licence.resolve()
        defined |= {"CAMERA": driver, "CAMERA_LICENCE": licence}
    words = [f"-D{name}={value}" for name, value in defined.items()]
    return ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *words, str(HERE / "understudy.nsi")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
