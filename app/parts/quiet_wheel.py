"""The wheel scrolls the page; what can be chosen takes it only while it has the focus."""

from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget

T = TypeVar("T", bound=QWidget)


class _QuietWheel(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.Wheel or not isinstance(watched, QWidget):
            return False
        if watched.hasFocus():
            return False
        event.ignore()  # so that whatever lies around it scrolls
        return True


def quiet(box: T) -> T:
    """Let the wheel leave this list or number alone until it is clicked, or reached by Tab."""
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.installEventFilter(_QuietWheel(box))
    return box
