"""No window is larger than its screen, nor stands beside it."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

TITLE = 32
"""Points that the system's own title bar may take; unknown until the window is shown."""


def keep_on_screen(window: QWidget) -> None:
    """Make a window that has not been shown yet as small as the screen asks, and put it there."""
    within = window.screen().availableGeometry().adjusted(0, TITLE, 0, 0)
    window.setGeometry(inside(window.geometry(), within, moved=window.pos().isNull()))


def inside(wanted: QRect, within: QRect, moved: bool = False) -> QRect:
    """Return `wanted` cut and moved so that it lies in `within`; in its middle if it may be."""
    size = wanted.size().boundedTo(within.size())
    place = QRect(wanted.topLeft(), size)
    if moved:
        place.moveCenter(within.center())
    place.moveLeft(max(within.left(), min(place.left(), within.right() - size.width() + 1)))
    place.moveTop(max(within.top(), min(place.top(), within.bottom() - size.height() + 1)))
    return place
