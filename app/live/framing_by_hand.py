"""Framing by hand on the live picture."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QImageIOHandler, QImageReader
from PySide6.QtWidgets import QPushButton

from app.live.framing_tools import FramingTools
from app.parts.preview import Preview
from app.people.list import People
from core.portrait.framing import FramedPhoto
from core.profile import Framing
from core.video import VideoFormat


class LiveFraming(QObject):
    """While its button is down, the picture is dragged and zoomed for the person who is chosen.

    `shown` returns how they are framed now where nobody has said so yet, None where this engine
    cannot tell.
    """

    def __init__(
        self,
        preview: Preview,
        button: QPushButton,
        tools: FramingTools,
        people: People,
        shown: Callable[[], Framing | None],
        format: Callable[[], VideoFormat],
    ) -> None:
        super().__init__(preview)
        self._preview, self._tools, self._people = preview, tools, people
        self._before: Framing | None = None
        self._shown, self._format = shown, format
        button.toggled.connect(self._hold)
        preview.moved.connect(self._move)
        preview.zoomed.connect(self._zoom)
        for reset in (preview.reset_wanted, tools.reset_wanted):
            reset.connect(lambda: people.frame(None))
        tools.undo_wanted.connect(lambda: people.frame(self._before))
        tools.zoom_wanted.connect(self._zoom_to)
        tools.done.connect(lambda: button.setChecked(False))
        people.chosen.connect(self._show)

    def _hold(self, on: bool) -> None:
        self._preview.hold(on)
        self._tools.hold(on)
        if on:
            profile = self._people.profile()
            self._before = profile.framing if profile else None
            self._preview.setFocus()
            self._show()
        else:
            self._people.write_framings()

    def _move(self, dx: float, dy: float) -> None:
        if (start := self._start()) is not None:
            photo, framing = start
            side = -1 if self._preview.mirrored else 1
            self._people.frame(photo.moved(framing, side * dx, dy))

    def _zoom(self, factor: float, x: float, y: float) -> None:
        if (start := self._start()) is not None:
            photo, framing = start
            at = 1 - x if self._preview.mirrored else x
            self._people.frame(photo.zoomed(framing, factor, at, y))

    def _zoom_to(self, zoom: float) -> None:
        if (start := self._start()) is not None:
            photo, framing = start
            self._people.frame(photo.zoomed(framing, zoom / framing.zoom))

    def _show(self) -> None:
        if self._preview.held and (start := self._start()):
            self._tools.show_zoom(start[1].zoom)

    def _start(self) -> tuple[FramedPhoto, Framing] | None:
        profile = self._people.profile()
        if profile is None:
            return None
        framing, size = profile.framing or self._shown(), photo_size(profile.references[0])
        return (FramedPhoto(size, self._format()), framing) if framing and all(size) else None


def photo_size(path: Path) -> tuple[int, int]:
    """Return a photo's width and height as it is held; (0, 0) where it cannot be read."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid():
        return 0, 0
    turned = reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90
    return (size.height(), size.width()) if turned else (size.width(), size.height())
