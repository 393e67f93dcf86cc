"""The visible mark in the picture: whether, where and how large, as it will be seen."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QCoreApplication, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.parts.preview import to_image
from app.parts.quiet_wheel import quiet
from app.plain import add_row, confirm
from core.engine.badge import PLACES, Badge, BadgeOptions
from core.video import Picture, VideoFormat

translate = QCoreApplication.translate

SIZES = (0.025, BadgeOptions.size, 0.05, 0.075)
"""What can be chosen: heights of the letters as shares of the picture's."""

SHOWN = VideoFormat(640, 360)
PREVIEW = QSize(272, 153)
"""Pixels on the screen."""


class BadgeChoice(QWidget):
    """On by default; whoever turns it off is asked once whether they mean it."""

    changed = Signal()

    def __init__(self, ask: Callable[[QWidget], bool] | None = None) -> None:
        """`ask` returns whether the mark shall really go."""
        super().__init__()
        self._ask = ask or really
        self._on = QCheckBox(self.tr("Show “AI-generated” in the picture"))
        self.places, self.sizes = quiet(QComboBox()), quiet(QComboBox())
        self._sample = Sample()
        for place, title in zip(PLACES, self._place_titles(), strict=True):
            self.places.addItem(title, place)
        for size, title in zip(SIZES, self._size_titles(), strict=True):
            self.sizes.addItem(title, size)
        self.places.setAccessibleName(self.tr("Position of the label"))
        self.sizes.setAccessibleName(self.tr("Text size of the label"))
        self._sample.setAccessibleName(self.tr("How the label will look"))
        self._lay_out()
        self.set_mark(True, PLACES[0], BadgeOptions.size)
        self._on.toggled.connect(self._switch)
        for box in (self.places, self.sizes):
            box.currentIndexChanged.connect(self._show)
            box.currentIndexChanged.connect(self.changed)

    @property
    def on(self) -> bool:
        return self._on.isChecked()

    @property
    def place(self) -> str:
        return str(self.places.currentData())

    @property
    def size_chosen(self) -> float:
        """Height of the letters as a share of the picture's."""
        return float(self.sizes.currentData())

    def badge(self) -> BadgeOptions | None:
        return BadgeOptions(self.place, self.size_chosen, words()) if self.on else None

    def turn(self, on: bool) -> None:
        """Show the label or not, as if it had been chosen here; asks before it goes."""
        self._on.setChecked(on)

    def set_mark(self, on: bool, place: str, size: float) -> None:
        """Choose these, without a question; a size that is not offered gives the nearest."""
        with QSignalBlocker(self._on):
            self._on.setChecked(on)
        self.places.setCurrentIndex(max(0, self.places.findData(place)))
        nearest = min(range(len(SIZES)), key=lambda at: abs(SIZES[at] - size))
        self.sizes.setCurrentIndex(nearest)
        self._show()

    def _switch(self, on: bool) -> None:
        if not on and not self._ask(self):
            with QSignalBlocker(self._on):
                self._on.setChecked(True)
            return
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        for box in (self.places, self.sizes):
            box.setEnabled(self.on)
        self._sample.show_badge(self.badge())

    def _place_titles(self) -> tuple[str, ...]:
        return (
            self.tr("Bottom right"),
            self.tr("Bottom left"),
            self.tr("Top right"),
            self.tr("Top left"),
        )

    def _size_titles(self) -> tuple[str, ...]:
        return self.tr("Small"), self.tr("Medium"), self.tr("Large"), self.tr("Very large")

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(6)  # not the wider one of what it is put into
        form.addRow(self._on)
        add_row(form, self.tr("Pos&ition"), self.places)
        add_row(form, self.tr("T&ext size"), self.sizes)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        side = QVBoxLayout()
        side.addLayout(form)
        side.addStretch(1)
        layout.addLayout(side, 1)
        layout.addWidget(self._sample, 0, Qt.AlignmentFlag.AlignTop)


class Sample(QWidget):
    """A small picture of somebody, with the mark as it will be."""

    def __init__(self) -> None:
        super().__init__()
        self._options: BadgeOptions | None = None
        self._pixmap: QPixmap | None = None
        self.setFixedSize(PREVIEW)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_badge(self, options: BadgeOptions | None) -> None:
        self._options, self._pixmap = options, None
        self.update()

    def pixmap(self) -> QPixmap:
        """Return what is shown; drawn when it is first needed."""
        if self._pixmap is None:
            picture = somebody()
            if self._options:
                Badge(SHOWN, self._options).apply(picture)
            self._pixmap = QPixmap.fromImage(to_image(picture))
        return self._pixmap

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(self.rect(), self.pixmap())


def words() -> str:
    """Return what the mark says, in the language spoken."""
    return translate("BadgeChoice", "AI-generated")


def somebody() -> Picture:
    """Return head and shoulders, drawn, of nobody."""
    y, x = np.mgrid[: SHOWN.height, : SHOWN.width] / SHOWN.height
    middle = SHOWN.width / SHOWN.height / 2
    picture = np.empty((SHOWN.height, SHOWN.width, 3))
    picture[:] = np.stack([150 - 50 * y, 160 - 50 * y, 178 - 50 * y], axis=-1)
    shoulders = ((x - middle) / 0.46) ** 2 + ((y - 1.08) / 0.42) ** 2 < 1
    head = ((x - middle) / 0.2) ** 2 + ((y - 0.43) / 0.27) ** 2 < 1
    picture[shoulders] = (74, 92, 134)
    picture[head] = (226, 188, 160)
    return picture.astype(np.uint8)


def really(parent: QWidget) -> bool:
    """Ask whether the mark shall go, and say why it matters."""
    return confirm(
        parent,
        translate("BadgeChoice", "Remove the AI label?"),
        (
            translate("BadgeChoice", "Others won't see that the picture is AI-generated."),
            translate(
                "BadgeChoice",
                "People may think it's a real camera image. In many places the law asks that such "
                "pictures say what they are; then you have to say it yourself, first.",
            ),
        ),
        translate("BadgeChoice", "&Keep the label"),
        translate("BadgeChoice", "Re&move"),
    )
