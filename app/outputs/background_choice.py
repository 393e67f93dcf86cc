"""What is seen behind the person: tiles beside the picture; can be changed while live."""

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImageReader, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QColorDialog,
    QHBoxLayout,
    QToolButton,
    QWidget,
)

from app.parts.file_dialogs import Place, open_file
from app.parts.preview import checks
from app.plain import tip
from core.look import AS_PHOTO, KINDS, Background, BackgroundKind

TILE = QSize(64, 36)
"""Pixels of a tile's picture."""

CORNER, SOFT = 6, 9
"""Pixels of its corners, and to how many a blurred one is reduced."""

HEAD = 0.3
"""Share of what is cut away that lies above: heads are in the upper half."""


class BackgroundChoice(QWidget):
    """One of five kinds; colour and picture stay known where another kind is chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._kind: BackgroundKind = KINDS[0]
        self._colour, self._picture = AS_PHOTO.colour, Path()
        self._person = QPixmap()
        self._tiles = {kind: QToolButton() for kind in KINDS}
        group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for kind, title, words in self._titles():
            tile = self._tiles[kind]
            tile.setText(title)
            tile.setAccessibleName(words)
            tip(tile, words)
            tile.setCheckable(True)
            tile.setIconSize(TILE)
            tile.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            tile.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            tile.setObjectName("tile")
            tile.clicked.connect(lambda _, kind=kind: self._choose(kind))
            group.addButton(tile)
            layout.addWidget(tile)
        self._draw()

    def background(self) -> Background:
        """Return what is chosen."""
        return Background(self._kind, self._colour, self._picture)

    def show_background(self, background: Background) -> None:
        self._colour, self._picture = background.colour, background.picture
        self._kind = background.kind
        self._draw()

    def show_person(self, picture: QPixmap) -> None:
        """Let the tiles show what they do to this picture."""
        if picture.cacheKey() != self._person.cacheKey():
            self._person = picture
            self._draw()

    def take_colour(self, colour: QColor) -> None:
        """Put this colour behind the person."""
        self._colour, self._kind = colour.name(), "colour"
        self._tell()

    def take_picture(self, path: Path) -> None:
        """Put this picture behind the person."""
        self._picture, self._kind = path.absolute(), "picture"
        self._tell()

    def _choose(self, kind: BackgroundKind) -> None:
        if kind == "colour":
            self._ask_colour()
        elif kind == "picture":
            self._ask_picture()
        else:
            self._kind = kind
            self._tell()
        self._draw()  # where nothing was chosen, the tiles go back to what is

    def _ask_colour(self) -> None:
        colour = QColorDialog.getColor(QColor(self._colour), self, self.tr("Background colour"))
        if colour.isValid():
            self.take_colour(colour)

    def _ask_picture(self) -> None:
        path = open_file(
            self,
            self.tr("Background picture"),
            self.tr("Pictures (*.jpg *.jpeg *.png *.webp *.avif *.bmp *.tif *.tiff)"),
            Place.PicturesLocation,
            self._picture,
        )
        if path:
            self.take_picture(path)

    def _tell(self) -> None:
        self._draw()
        self.changed.emit()

    def _draw(self) -> None:
        self._tiles[self._kind].setChecked(True)
        soft = blurred(self._person)
        colour = QPixmap(TILE)
        colour.fill(QColor(self._colour))
        pictures = {
            "photo": self._person,
            "blurred": soft,
            "colour": colour,
            "picture": read(self._picture) if self._picture != Path() else QPixmap(),
            "transparent": chequered(),
        }
        for kind, tile in self._tiles.items():
            tile.setIcon(QIcon(tiled(pictures[kind], self.devicePixelRatioF())))

    def _titles(self) -> tuple[tuple[BackgroundKind, str, str], ...]:
        return (
            ("photo", self.tr("Original"), self.tr("Background: as in the photo")),
            ("blurred", self.tr("Blurred"), self.tr("Background: the photo's, blurred")),
            ("colour", self.tr("Colour…"), self.tr("Background: a solid colour")),
            ("picture", self.tr("Image…"), self.tr("Background: an image of your own")),
            (
                "transparent",
                self.tr("None"),
                self.tr("Background: transparent on the OBS page, black everywhere else"),
            ),
        )


def chequered() -> QPixmap:
    """Return what is seen where nothing is."""
    tile = QPixmap(TILE)
    painter = QPainter(tile)
    painter.fillRect(tile.rect(), checks())
    painter.end()
    return tile


def blurred(picture: QPixmap) -> QPixmap:
    """Return `picture` out of focus; an empty one stays empty."""
    if picture.isNull():
        return picture
    aspect = Qt.AspectRatioMode.IgnoreAspectRatio
    smooth = Qt.TransformationMode.SmoothTransformation
    small = picture.scaled(SOFT, SOFT, aspect, smooth)
    return small.scaled(picture.size(), aspect, smooth)


def read(path: Path) -> QPixmap:
    """Return a picture, small; an empty one where it cannot be read."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    if (size := reader.size()).isValid():
        reader.setScaledSize(size.scaled(TILE * 2, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    return QPixmap.fromImage(reader.read())


def tiled(picture: QPixmap, ratio: float) -> QPixmap:
    """Return the middle of `picture` in a tile with round corners, grey where there is none."""
    tile = QPixmap(TILE * ratio)
    tile.setDevicePixelRatio(ratio)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    area, corners = QRectF(0, 0, TILE.width(), TILE.height()), QPainterPath()
    corners.addRoundedRect(area, CORNER, CORNER)
    painter.fillPath(corners, QColor(128, 136, 150, 90))
    painter.setClipPath(corners)
    if not picture.isNull():
        cut = QRectF(picture.rect())
        cut.setHeight(min(cut.height(), cut.width() * TILE.height() / TILE.width()))
        cut.moveTop((picture.height() - cut.height()) * HEAD)
        painter.drawPixmap(area, picture, cut)
    painter.end()
    return tile
