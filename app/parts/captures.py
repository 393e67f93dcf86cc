"""Pictures kept of what is live, and the folder where they and the films go."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QObject,
    QStandardPaths,
    QThreadPool,
    QUrl,
    Signal,
)

from app.plain import Html, html
from core.film.snapshot import SnapshotError, save
from core.video import Frame


class Captures(QObject):
    """Saves the newest picture aside, and says where it is."""

    kept = Signal(Path)
    failed = Signal(object)
    """Why nothing was kept, or what it lacks: a sentence, of which Qt's own text would be all that
    is left."""

    def __init__(self, folder: Callable[[], Path], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._helper = QThreadPool(self)
        self._helper.setMaxThreadCount(1)  # of two pictures of one second, the first has the name

    def keep(self, frame: Frame | None) -> None:
        """Save the picture; returns at once."""
        if frame is None:
            return
        path = self._folder() / f"{named(datetime.now())}.png"
        picture = frame.picture

        def write() -> None:
            remarks: list[str] = []
            try:
                self.kept.emit(save(picture, path, remarks.append))
            except SnapshotError as error:
                remarks.append(str(error))
            for remark in remarks:
                self.failed.emit(remark)

        self._helper.start(write)

    def end(self, patience: float) -> None:
        """Wait for what is being saved."""
        self._helper.waitForDone(round(patience * 1000))


def chosen_folder(recordings: Path) -> Path:
    """Return the folder of the settings, or the system's folder for films."""
    if recordings != Path():
        return recordings
    films = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
    return Path(films or Path.home())


def named(now: datetime) -> str:
    return now.strftime("understudy %Y-%m-%d %H.%M.%S")


def found_at(words: str, path: Path) -> Html:
    """Return a sentence in HTML with the file's name in place of {0}, and a link to its folder."""
    folder = QUrl.fromLocalFile(str(path.parent)).toString()
    show = QCoreApplication.translate("Captures", "Show in folder")
    link = '<a href="{1}" style="color: white">{2}</a>'
    return html(f"{words} {link}", path.name, folder, show)
