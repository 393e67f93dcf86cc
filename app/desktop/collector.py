"""Python's collector of garbage runs only where nothing of Qt is under way."""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY = 500
"""Milliseconds between two looks at what is due."""


class Collector(QObject):
    """Collects from Qt's event loop, in place of Python, which does so amid anything.

    Qt walks over all of a program's widgets, to colour them for one, and calls code of ours on the
    way. That makes objects, which may wake Python's collector: widgets that nobody holds any more
    would be deleted, Qt come to them next, and the program end with a segmentation fault.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(collect)
        self._timer.start()

    def close(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()


def collect() -> None:
    """Collect the oldest generation that is due, if any is."""
    counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
    due = [generation for generation, (count, most) in enumerate(counts) if count > most]
    if due:
        gc.collect(due[-1])
