"""What is seen behind the person; can be changed while live."""

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QColorDialog,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from app.plain import Label, add_row
from core.look import AS_PHOTO, KINDS, Background

SWATCH = 16
"""Pixels of the colour shown on its button."""


class BackgroundChoice(QWidget):
    """A list of kinds, and the colour or the picture that belongs to the one chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._colour, self._picture = AS_PHOTO.colour, Path()
        self._kinds = QComboBox()
        self._kinds.setAccessibleName(self.tr("Background"))
        for kind, title in self._titles():
            self._kinds.addItem(title, kind)
        self._kinds.currentIndexChanged.connect(self._choose)
        self._kind = KINDS[0]
        self._detail, self._name = QPushButton(), Label()
        self._detail.clicked.connect(self._ask)
        row = QHBoxLayout()
        row.addWidget(self._kinds, 1)
        row.addWidget(self._detail)
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        add_row(layout, self.tr("Behind &you"), row)
        add_row(layout, "", self._name)
        label = layout.labelForField(row)
        if isinstance(label, QLabel):
            label.setBuddy(self._kinds)
        self._draw()

    def background(self) -> Background:
        """Return what is chosen; colour and picture stay known where another kind is."""
        return Background(self._kind, self._colour, self._picture)

    def show_background(self, background: Background) -> None:
        self._colour, self._picture = background.colour, background.picture
        self._kind = background.kind
        self._draw()

    def take_colour(self, colour: QColor) -> None:
        """Put this colour behind the person."""
        self._colour, self._kind = colour.name(), "colour"
        self._tell()

    def take_picture(self, path: Path) -> None:
        """Put this picture behind the person."""
        self._picture, self._kind = path.absolute(), "picture"
        self._tell()

    def _choose(self) -> None:
        kind = next(kind for kind in KINDS if kind == self._kinds.currentData())
        if kind == "picture" and self._picture == Path():
            self._ask_picture()
            self._draw()  # nothing chosen: the list goes back to what is
            return
        self._kind = kind
        self._tell()

    def _ask(self) -> None:
        self._ask_colour() if self._kind == "colour" else self._ask_picture()

    def _ask_colour(self) -> None:
        colour = QColorDialog.getColor(QColor(self._colour), self, self.tr("Background colour"))
        if colour.isValid():
            self.take_colour(colour)

    def _ask_picture(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Background picture"),
            str(self._picture.parent) if self._picture != Path() else "",
            self.tr("Pictures (*.jpg *.jpeg *.png *.webp *.avif *.bmp *.tif *.tiff)"),
        )
        if name:
            self.take_picture(Path(name))

    def _tell(self) -> None:
        self._draw()
        self.changed.emit()

    def _draw(self) -> None:
        with QSignalBlocker(self._kinds):
            self._kinds.setCurrentIndex(self._kinds.findData(self._kind))
        colour, picture = self._kind == "colour", self._kind == "picture"
        self._detail.setVisible(colour or picture)
        self._detail.setText(self.tr("Colour…") if colour else self.tr("Choose…"))
        names = {True: self.tr("Choose the background's colour")}
        self._detail.setAccessibleName(
            names.get(colour, self.tr("Choose the background's picture"))
        )
        self._detail.setIcon(swatch(self._colour) if colour else QIcon())
        self._name.setText(self._picture.name)
        self._name.setVisible(picture)

    def _titles(self) -> tuple[tuple[str, str], ...]:
        return (
            ("photo", self.tr("As in the photo")),
            ("blurred", self.tr("The photo's, blurred")),
            ("colour", self.tr("A colour")),
            ("picture", self.tr("A picture of your own")),
        )


def swatch(colour: str) -> QIcon:
    pixmap = QPixmap(SWATCH, SWATCH)
    pixmap.fill(QColor(colour))
    return QIcon(pixmap)
