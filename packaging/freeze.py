"""Freezes the program into dist/understudy: python packaging/freeze.py [--neural]

Without PyTorch, unless --neural is given. Draws the icons, collects the licences and writes the
version that Windows shows before; everything lies in build/. On Linux the folder is made smaller,
by OpenCV's library as `linux/opencv.py` has built it among other things.
"""

import os
import shutil
import subprocess
import sys
from importlib.metadata import version as installed
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.licences import version  # noqa: E402

BUILD, DIST = ROOT / "build", ROOT / "dist"

VERSION = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("ProductName", "Understudy"),
      StringStruct("FileDescription", "Understudy"),
      StringStruct("FileVersion", "{text}"),
      StringStruct("ProductVersion", "{text}"),
    ])]),
    VarFileInfo([VarStruct("Translation", [0x0409, 1200])]),
  ],
)
"""
"""What Windows shows as a program's properties, in PyInstaller's notation."""


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--neural"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    freeze(arguments)
    return 0


def freeze(edition: list[str]) -> None:
    """Build the folder dist/understudy.

    Raises:
        CalledProcessError: one of the steps failed, and has said why.
    """
    shutil.rmtree(BUILD / "understudy", ignore_errors=True)  # PyInstaller trusts times of files
    BUILD.mkdir(exist_ok=True)
    (BUILD / "version.txt").write_text(windows_version(version()), encoding="utf-8")
    _python("packaging/icons.py", str(BUILD / "icons"))
    _python("packaging/licences.py", str(BUILD / "licences.txt"), *edition)
    folders = ["--distpath", str(DIST), "--workpath", str(BUILD)]
    command = ["-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *folders]
    _python(*command, "packaging/understudy.spec", *(["--", *edition] if edition else []))
    if sys.platform == "linux":
        (DIST / "understudy" / "understudy-cli").symlink_to("understudy")
        inside = DIST / "understudy" / "_internal"
        _python("packaging/licences.py", "--add", str(BUILD / "licences.txt"), str(inside))
        shutil.copy(BUILD / "licences.txt", inside / "core")
        for library in (BUILD / "opencv" / installed("opencv-python-headless")).glob("*.so"):
            shutil.copy(library, inside / "cv2")
        _python("packaging/linux/slim.py", str(DIST / "understudy"))


def windows_version(text: str) -> str:
    """Return the version resource of version `text`, "1.2.3"."""
    numbers = [int(part) if part.isdigit() else 0 for part in text.split(".")]
    return VERSION.format(numbers=tuple([*numbers, 0, 0, 0, 0][:4]), text=text)


def _python(*words: str) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
