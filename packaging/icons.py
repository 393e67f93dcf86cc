"""Draws the program's mark for installers: python packaging/icons.py FOLDER

Writes hicolor/SIZExSIZE/apps/understudy.png for Linux; for Windows understudy.ico, and setup.bmp,
which stands beside Setup's last page.
"""

import os
import sys
from pathlib import Path

from PIL import Image
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.desktop.icon import SIZES, drawn

SIDE, SIDE_MARK = (328, 628), 192
"""Pixels, twice as many as a screen of 96 dpi shows."""
SIDE_GROUND = QColor("#e6e3fb")


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
    if not side().save(str(folder / "setup.bmp")):
        raise OSError(f"{folder} cannot be written to; give yourself the right to")


def side() -> QImage:
    """Return the mark on a high plain ground, without transparency, which Setup does not know."""
    picture = QImage(*SIDE, QImage.Format.Format_RGB888)
    picture.fill(SIDE_GROUND)
    painter = QPainter(picture)
    margin = (SIDE[0] - SIDE_MARK) // 2
    painter.drawPixmap(margin, margin, drawn(SIDE_MARK))
    painter.end()
    return picture


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
