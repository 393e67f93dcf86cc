"""Buttons with icons in the colour of their letters; the icons are Lucide's (app/icons/LICENSE)."""

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QPushButton, QWidget

from app.plain import tip

FOLDER = Path(__file__).parents[1] / "icons"

SIZE, GAP = 16, 5
"""Pixels of an icon on a button, and between it and the words, which styles leave out."""


class IconButton(QPushButton):
    """A button with an icon; one without a text says in a tooltip what it does."""

    def __init__(self, icon: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._gap = GAP if text else 0
        self.setIconSize(QSize(SIZE + self._gap, SIZE))
        self.show_icon(icon)

    def show_icon(self, name: str, colour: str = "") -> None:
        """Show another icon, in its own `colour` or that of the letters."""
        self._icon, self._colour = name, colour
        self._draw()

    def call(self, name: str) -> None:
        """Name what a button without a text does."""
        self.setAccessibleName(name)
        tip(self, name)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._draw()

    def _draw(self) -> None:
        group, role = QPalette.ColorGroup, QPalette.ColorRole.ButtonText
        found = QIcon()
        for mode, of in ((QIcon.Mode.Normal, group.Active), (QIcon.Mode.Disabled, group.Disabled)):
            own = self._colour and mode is QIcon.Mode.Normal
            colour = QColor(self._colour) if own else self.palette().color(of, role)
            for ratio in (1.0, 2.0):
                icon = drawn(self._icon, colour.name(), SIZE, ratio, self._gap)
                found.addPixmap(icon, mode)
        self.setIcon(found)


@cache
def drawn(name: str, colour: str, size: int, ratio: float, gap: int = 0) -> QPixmap:
    """Return an icon, `size` points wide with a `gap` behind, sharp on a screen of this ratio."""
    source = (FOLDER / f"{name}.svg").read_text("utf-8").replace("currentColor", colour)
    side = round(size * ratio)
    pixmap = QPixmap(side + round(gap * ratio), side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
