"""Takes a photo with a webcam."""

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.parts.preview import Preview
from app.parts.sentences import began, told
from app.plain import Label
from core.free_name import free_name
from core.portrait.webcam import OpenWebcam, WebcamName, list_webcams, open_webcam
from core.video import Frame, Picture

LOOK = 33
"""Milliseconds between two looks for a new picture."""

PATIENCE = 3.0
"""Seconds that a webcam may take to let go."""


class Watch:
    """Reads a webcam on a thread of its own until ended; `latest` and `error` are for looking."""

    def __init__(self, open_: OpenWebcam, index: int) -> None:
        self.latest: Picture | None = None
        self.error = ""
        self._ended = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(open_, index), name="webcam", daemon=True
        )
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join(PATIENCE)

    def _run(self, open_: OpenWebcam, index: int) -> None:
        try:
            with closing(open_(index)) as webcam:
                while not self._ended.is_set():
                    self.latest = webcam.read()
        except Exception as error:  # noqa: BLE001 - whatever a driver does is told in the dialog
            self.error = str(error) or type(error).__name__


class WebcamDialog(QDialog):
    """Shows a webcam as in a mirror; `photo` is the file of the picture taken."""

    def __init__(
        self,
        folder: Path,
        parent: QWidget | None = None,
        find: Callable[[], Sequence[WebcamName]] = list_webcams,
        open_: OpenWebcam = open_webcam,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Take a photo"))
        self.photo: Path | None = None
        self._folder, self._open = folder, open_
        self._watch: Watch | None = None
        self._picture: Picture | None = None
        self._preview = Preview(self.tr("One moment: the webcam is waking up…"))
        self._preview.mirror(True)
        self._hint = Label(
            self.tr("Look into the camera, mouth closed, with light from the front.")
        )
        self._hint.setWordWrap(True)
        self._names, self._shoot = QComboBox(), QPushButton(self.tr("&Take photo"))
        self._names.setAccessibleName(self.tr("Webcam"))
        self._shoot.setDefault(True)
        self._shoot.setEnabled(False)
        self._shoot.clicked.connect(self._take)
        self._timer = QTimer(self, interval=LOOK)
        self._timer.timeout.connect(self._look)
        for name in find():
            self._names.addItem(name.title, name.index)
        self._names.currentIndexChanged.connect(self._begin)
        self._lay_out()
        self._begin()

    @property
    def message(self) -> str:
        return self._hint.text()

    def done(self, result: int) -> None:
        self._timer.stop()
        if self._watch:
            self._watch.end()
            self._watch = None
        super().done(result)

    def _begin(self) -> None:
        if self._watch:
            self._watch.end()
        self._shoot.setEnabled(False)
        index = self._names.currentData()
        if index is None:
            self._preview.clear(self.tr("No webcam found. Plug one in, and open this again."))
            return
        self._watch = Watch(self._open, int(index))
        self._timer.start()

    def _look(self) -> None:
        if self._watch is None:
            return
        if self._watch.error:
            self._timer.stop()
            self._preview.clear(began(told(self._watch.error)))
            self._shoot.setEnabled(False)
        elif self._watch.latest is not None and self._watch.latest is not self._picture:
            self._picture = self._watch.latest
            self._preview.show_frame(Frame(self._picture, 0))
            self._shoot.setEnabled(True)

    def _take(self) -> None:
        assert self._picture is not None
        self.photo = free_name(self._folder / "webcam.png")
        Image.fromarray(self._picture).save(self.photo, "PNG")
        self.accept()

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self._shoot, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(12)
        layout.addWidget(self._names)
        layout.addWidget(self._preview, 1)
        layout.addWidget(self._hint)
        layout.addWidget(buttons)
        self._names.setVisible(self._names.count() > 1)
        self.resize(640, 480)
