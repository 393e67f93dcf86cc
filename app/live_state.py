"""Whether anything is live, as transport, tray and the mark on the window show it."""

from enum import Enum

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication


class LiveState(Enum):
    """What people should know at a glance."""

    STOPPED = QT_TRANSLATE_NOOP("LiveState", "Not live")
    STARTING = QT_TRANSLATE_NOOP("LiveState", "Starting…")
    PREVIEW = QT_TRANSLATE_NOOP("LiveState", "Preview")
    """It performs, and nobody but this window sees or hears it."""
    LIVE = QT_TRANSLATE_NOOP("LiveState", "Live")
    PAUSED = QT_TRANSLATE_NOOP("LiveState", "Paused")
    STOPPING = QT_TRANSLATE_NOOP("LiveState", "Stopping…")
    FAILED = QT_TRANSLATE_NOOP("LiveState", "Stopped by an error")

    @property
    def on(self) -> bool:
        return self in (LiveState.PREVIEW, LiveState.LIVE, LiveState.PAUSED)


def title(state: LiveState) -> str:
    """Return what people read for it."""
    return QCoreApplication.translate("LiveState", str(state.value))
