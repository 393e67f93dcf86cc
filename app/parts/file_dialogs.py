"""Dialogs for files, which open where one of their kind was chosen last, in this window's life."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

Place = QStandardPaths.StandardLocation


def open_file(around: QWidget, title: str, kinds: str, place: Place, own: Path) -> Path | None:
    """Ask for one file; `own` is what is chosen now, if anything. None if nobody chose."""
    name, _ = QFileDialog.getOpenFileName(around, title, begin(place, own), kinds)
    return noted(place, name)


def open_files(around: QWidget, title: str, kinds: str, place: Place) -> tuple[Path, ...]:
    """Ask for some files; none if nobody chose."""
    names, _ = QFileDialog.getOpenFileNames(around, title, begin(place), kinds)
    return tuple(path for name in names if (path := noted(place, name)))


def save_file(around: QWidget, title: str, kinds: str, place: Place, name: str) -> Path | None:
    """Ask where to save a file called `name`; None if nobody chose."""
    name, _ = QFileDialog.getSaveFileName(around, title, str(Path(begin(place), name)), kinds)
    return noted(place, name)


def begin(place: Place, own: Path = Path()) -> str:
    """Return where a dialog opens: at one's own, where it was last, or in the system's folder."""
    if own.is_file():
        return str(own)
    last = QApplication.instance().property(key(place))  # type: ignore[union-attr]
    return str(last or QStandardPaths.writableLocation(place))


def noted(place: Place, name: str) -> Path | None:
    """Remember where a file was chosen; return it."""
    if not name:
        return None
    QApplication.instance().setProperty(key(place), str(Path(name).parent))  # type: ignore[union-attr]
    return Path(name)


def key(place: Place) -> str:
    """Return the name under which the application keeps the last folder."""
    return f"last folder, {place.name}"
