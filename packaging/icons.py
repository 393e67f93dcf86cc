"""Draws the program's mark for installers: python packaging/icons.py FOLDER

Writes hicolor/SIZExSIZE/apps/understudy.png for Linux and understudy.ico for Windows.
"""

import os
import sys
from pathlib import Path

from PIL import Image
from PySide6.QtGui import QGuiApplication

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.desktop.icon import SIZES, drawn


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _application = QGuiApplication([])
    write(Path(arguments[0]))
    return 0


def write(folder: Path) -> None:
    """Draw every size; an application has to be there."""
    pictures = []
    for size in (*SIZES, 512):
        path = folder / "hicolor" / f"{size}x{size}" / "apps" / "understudy.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not drawn(size).save(str(path)):
            raise OSError(f"{path} cannot be written; give yourself the right to")
        with Image.open(path) as picture:
            pictures.append(picture.copy())
    *small, _large = pictures  # an .ico ends at 256
    small[-1].save(folder / "understudy.ico", append_images=small[:-1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
