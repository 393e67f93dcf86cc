"""The program tries itself: ten frames on the screen, or an error and why."""

import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.window import Window
from core.live.figures import Figures
from core.live.session import Phase, Status

FRAMES = 10
PATIENCE = 120
"""Seconds until the first frames must have come."""


def watch(window: Window) -> None:
    """Start the scene, and end the program with code 0 once enough frames have been sent."""

    def end(code: int, word: str) -> None:
        sys.stdout.write(f"self-test: {word}\n")
        sys.stdout.flush()
        window.close()
        QApplication.exit(code)

    def on_figures(figures: Figures) -> None:
        if figures.frames >= FRAMES:
            end(0, str(figures))

    def on_status(status: Status) -> None:
        if status.phase is Phase.FAILED:
            end(1, str(status.error))

    def begin() -> None:
        window.start()
        if window.studio.session is None:
            end(1, window.message)

    window.bridge.figures_ready.connect(on_figures)
    window.bridge.status_changed.connect(on_status)
    QTimer.singleShot(1000 * PATIENCE, window, lambda: end(1, "no frames came in time"))
    QTimer.singleShot(0, window, begin)
