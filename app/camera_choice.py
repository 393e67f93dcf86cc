"""Which virtual camera shows the picture, if any."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.camera.devices import CameraError, choose, find


class CameraChoice(QWidget):
    """A list of the cameras there are, off by default, and the way to one where there is none."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._cameras = QComboBox()
        self._cameras.setAccessibleName("Virtual camera")
        self._cameras.currentIndexChanged.connect(self.changed)
        again = QPushButton("Look again")
        again.setAccessibleName("Look again for virtual cameras")
        again.clicked.connect(lambda: self.look(self.name()))
        self._help = QLabel('<a href="help">No camera found. How to get one</a>')
        self._help.linkActivated.connect(self._explain)
        row = QHBoxLayout()
        row.addWidget(self._cameras, 1)
        row.addWidget(again)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self._help)

    def look(self, chosen: str) -> None:
        """List the virtual cameras there are now, and say how to get one if there is none."""
        self._cameras.clear()
        self._cameras.addItem("Off", "")
        for device in find():
            self._cameras.addItem(device.title, device.name)
        self._help.setVisible(self._cameras.count() == 1)
        self._cameras.setCurrentIndex(max(0, self._cameras.findData(chosen)))

    def name(self) -> str:
        """Return the device's name; empty means none."""
        return str(self._cameras.currentData() or "")

    def title(self) -> str:
        """Return what people read."""
        return self._cameras.currentText()

    def _explain(self) -> None:
        box = QMessageBox(QMessageBox.Icon.Information, "Virtual camera", remedy(), parent=self)
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.exec()


def remedy() -> str:
    """Say what is in the way of a virtual camera."""
    try:
        return f"{choose(None).title} is there now; look again."
    except CameraError as error:
        text = str(error)
        return f"{text[:1].upper()}{text[1:]}."
