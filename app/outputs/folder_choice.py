"""Where recordings and snapshots go."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QFontMetrics
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from app.parts.captures import chosen_folder
from app.parts.sentences import told
from app.plain import Label, tip, warn
from core.sentence import system_words


class FolderChoice(QWidget):
    """The folder's name, and buttons to choose another and to look into it."""

    changed = Signal()

    def __init__(
        self,
        open: Callable[[Path], object] | None = None,
        warn: Callable[[QWidget, str, str], None] = warn,
    ) -> None:
        """`open` shows a folder; `warn` says what is wrong."""
        super().__init__()
        self._open, self._warn = open or open_folder, warn
        self._folder = Path()
        self._name = Label()
        self._name.setMinimumWidth(1)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._name.setAccessibleDescription(self.tr("Folder for recordings"))
        choose, show = QPushButton(self.tr("Choose…")), QPushButton(self.tr("Open folder"))
        choose.setAccessibleName(self.tr("Choose the folder for recordings"))
        show.setAccessibleName(self.tr("Open the folder with recordings"))
        choose.clicked.connect(self._choose)
        show.clicked.connect(self._show)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._name, 1)
        layout.addWidget(choose)
        layout.addWidget(show)
        self.take(Path())

    @property
    def folder(self) -> Path:
        """Empty means the system's folder for films."""
        return self._folder

    def take(self, folder: Path) -> None:
        self._folder = folder
        text = str(chosen_folder(folder))
        tip(self._name, text)
        room = 40 * self.fontMetrics().averageCharWidth()
        metrics = QFontMetrics(self.font())
        self._name.setText(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room))

    def _show(self) -> None:
        folder = chosen_folder(self._folder)
        try:
            self._open(folder)
        except OSError as error:
            words = self.tr("{folder} cannot be made ({reason}); choose another folder")
            why = words.format(folder=folder, reason=told(system_words(error)))
            self._warn(self, self.tr("Folder for recordings"), why)

    def _choose(self) -> None:
        name = QFileDialog.getExistingDirectory(
            self, self.tr("Folder for recordings"), str(chosen_folder(self._folder))
        )
        if name:
            self.take(Path(name))
            self.changed.emit()


def open_folder(folder: Path) -> bool:
    """Show a folder in the system's file manager; False if there is none that does.

    Raises:
        OSError: the folder is not there, and cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
