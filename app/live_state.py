"""Whether anything is live, as stage, tray and the mark on the window show it."""

from enum import Enum

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication


class LiveState(Enum):
    """What people should know at a glance."""

    STOPPED = QT_TRANSLATE_NOOP("LiveState", "Not live")
    STARTING = QT_TRANSLATE_NOOP("LiveState", "Starting…")
    LIVE = QT_TRANSLATE_NOOP("LiveState", "Live")
    PAUSED = QT_TRANSLATE_NOOP("LiveState", "Paused")
    STOPPING = QT_TRANSLATE_NOOP("LiveState", "Stopping…")
    FAILED = QT_TRANSLATE_NOOP("LiveState", "Failed")

    @property
    def on(self) -> bool:
        return self in (LiveState.LIVE, LiveState.PAUSED)


def title(state: LiveState) -> str:
    """Return what people read for it."""
    return QCoreApplication.translate("LiveState", str(state.value))


HINTS = {
    LiveState.STOPPED: QT_TRANSLATE_NOOP(
        "LiveState", "Choose a person and a voice, then press Start."
    ),
    LiveState.STARTING: QT_TRANSLATE_NOOP("LiveState", "One moment: the person is getting ready…"),
    LiveState.STOPPING: QT_TRANSLATE_NOOP("LiveState", "Stopping…"),
    LiveState.FAILED: QT_TRANSLATE_NOOP(
        "LiveState", "This did not work; the line below says why, and what helps."
    ),
}
"""What stands in place of a picture."""


def hint(state: LiveState) -> str:
    """Return what stands in place of a picture."""
    return QCoreApplication.translate("LiveState", str(HINTS[state]))
