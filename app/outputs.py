"""Where the picture goes, and how it is marked."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QWidget,
)

from core.badge import PLACES, BadgeOptions
from core.camera.devices import CameraError, choose, find


class Outputs(QWidget):
    """The virtual camera, off by default, and the visible mark, on by default."""

    def __init__(self) -> None:
        super().__init__()
        self._camera = QComboBox()
        self._camera.setAccessibleName("Virtual camera")
        again = QPushButton("Look again")
        again.clicked.connect(lambda: self.look(self.camera()))
        self._marked = QCheckBox("Show “AI-generated” in the picture")
        self._place = QComboBox()
        self._place.setAccessibleName("Place of the mark")
        for place in PLACES:
            self._place.addItem(place.capitalize(), place)
        self._marked.toggled.connect(self._place.setEnabled)
        row = QHBoxLayout()
        row.addWidget(self._camera, 1)
        row.addWidget(again)
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._help = QLabel('<a href="help">No camera found. How to get one</a>')
        self._help.linkActivated.connect(self._explain)
        layout.addRow("Camera", row)
        layout.addRow("", self._help)
        layout.addRow("", self._marked)
        layout.addRow("Place", self._place)

    def look(self, chosen: str) -> None:
        """List the virtual cameras there are now, and say how to get one if there is none."""
        self._camera.clear()
        self._camera.addItem("Off", "")
        for device in find():
            self._camera.addItem(device.title, device.name)
        self._help.setVisible(self._camera.count() == 1)
        self._camera.setCurrentIndex(max(0, self._camera.findData(chosen)))

    def camera(self) -> str:
        return str(self._camera.currentData() or "")

    def mark(self) -> bool:
        return self._marked.isChecked()

    def place(self) -> str:
        return str(self._place.currentData())

    def badge(self) -> BadgeOptions | None:
        return BadgeOptions(self.place()) if self.mark() else None

    def set_mark(self, on: bool, place: str) -> None:
        self._marked.setChecked(on)
        self._place.setEnabled(on)
        self._place.setCurrentIndex(max(0, self._place.findData(place)))

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
