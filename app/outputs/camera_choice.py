"""Which virtual camera shows the picture, if any."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.parts.quiet_wheel import quiet
from app.parts.sentences import began, reason, told
from app.plain import Label, explain, html
from core.camera.devices import CameraError, Device, choose, find

POLL = 2000
"""Milliseconds between two looks for what was plugged or unplugged."""


class CameraChoice(QWidget):
    """A list of the cameras there are, off by default, and the way to one where there is none."""

    changed = Signal()

    def __init__(self, search: Callable[[], list[Device]] = find) -> None:
        super().__init__()
        self._search = search
        self._found: list[Device] | None = None
        self._poll = QTimer(self, interval=POLL)
        self._poll.timeout.connect(self.follow)
        self._poll.start()
        self._cameras = quiet(QComboBox())
        self._cameras.setAccessibleName(self.tr("Virtual camera"))
        self._cameras.currentIndexChanged.connect(self.changed)
        again = QPushButton(self.tr("Refresh"))
        again.setAccessibleName(self.tr("Refresh the list of virtual cameras"))
        again.clicked.connect(lambda: self.look(self.name()))
        self._help = Label(
            html(self.tr('<a href="help">No virtual camera found. How to get one</a>'))
        )
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
        self._fill(self._search(), chosen)

    def follow(self) -> None:
        """Take in what was plugged or unplugged; what is chosen stays chosen."""
        if self.isVisible() and (found := self._search()) != self._found:
            self._fill(found, self.name())

    def _fill(self, found: list[Device], chosen: str) -> None:
        self._found = found
        before = self.name()
        with QSignalBlocker(self._cameras):
            self._cameras.clear()
            self._cameras.addItem(self.tr("Off"), "")
            for device in found:
                self._cameras.addItem(told(device.title), device.name)
            if self._cameras.findData(chosen) < 0:
                text = self.tr("{0} (not found)").replace("{0}", chosen)
                self._cameras.addItem(text, chosen)
            self._cameras.setCurrentIndex(self._cameras.findData(chosen))
        self._help.setVisible(not found)
        if self.name() != before:
            self.changed.emit()

    def name(self) -> str:
        """Return the device's name; empty means none."""
        return str(self._cameras.currentData() or "")

    def title(self) -> str:
        """Return what people read."""
        return self._cameras.currentText()

    def _explain(self) -> None:
        explain(self, self.tr("Virtual camera"), remedy())


def remedy() -> str:
    """Say what is in the way of a virtual camera."""
    try:
        words = QCoreApplication.translate("CameraChoice", "{0} is there now; press Refresh.")
        return words.replace("{0}", told(choose(None).title))
    except CameraError as error:
        return f"{began(reason(error))}."
