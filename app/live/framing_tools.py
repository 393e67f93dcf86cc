"""What lies on the picture while it is framed: a zoom, ways back, and what the mouse does."""

import math

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSlider, QVBoxLayout

from app.parts.preview import Preview
from app.plain import Label
from core.portrait.framing import MAX_ZOOM

STEPS = 100
"""Steps of the slider for each doubling."""

EDGE = 12
"""Pixels between it and the picture's edge."""


class FramingTools(QFrame):
    """Lies over the upper edge of `preview` while that is held: below are messages and labels."""

    zoom_wanted = Signal(float)
    """How close: 1 shows the whole photo."""
    reset_wanted = Signal()
    undo_wanted = Signal()
    done = Signal()

    def __init__(self, preview: Preview) -> None:
        super().__init__(preview)
        self._preview = preview
        self.setObjectName("over")
        self._zoom = QSlider(Qt.Orientation.Horizontal)
        self._zoom.setRange(0, round(STEPS * math.log2(MAX_ZOOM)))
        self._zoom.setAccessibleName(self.tr("Zoom"))
        self._zoom.setMinimumWidth(140)
        self._zoom.valueChanged.connect(lambda value: self.zoom_wanted.emit(2 ** (value / STEPS)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 8)
        row = QHBoxLayout()
        row.addWidget(self._zoom, 1)
        for title, signal in (
            (self.tr("Undo"), self.undo_wanted),
            (self.tr("Reset"), self.reset_wanted),
            (self.tr("Done"), self.done),
        ):
            button = QPushButton(title)
            button.clicked.connect(signal)
            row.addWidget(button)
        layout.addWidget(Label(self.tr("Drag to move, scroll or pull a corner to zoom")))
        layout.addLayout(row)
        self.setVisible(False)
        preview.installEventFilter(self)

    def show_zoom(self, zoom: float) -> None:
        """Show how close it is."""
        with QSignalBlocker(self._zoom):
            self._zoom.setValue(round(STEPS * math.log2(max(1.0, zoom))))

    def hold(self, on: bool) -> None:
        """Be there, or not."""
        self.setVisible(on)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        area, size = self._preview.picture_area(), self.sizeHint()
        width = min(size.width(), round(area.width()) - 2 * EDGE)
        x = round(area.center().x() - width / 2)
        self.setGeometry(x, round(area.top()) + EDGE, width, size.height())
