"""How dragging and zooming change which part of a photo is shown. No widgets."""

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtGui import QImageIOHandler, QImageReader

from core.profile import Framing
from core.video import VideoFormat

CLOSEST = 8.0
"""How far one can go in; the most that a framing allows."""


@dataclass(frozen=True)
class Shape:
    """A photo and the frame it is shown in; pixels."""

    photo: tuple[int, int]
    format: VideoFormat

    def moved(self, framing: Framing, dx: float, dy: float) -> Framing:
        """Return the framing after the picture was dragged by these shares of the frame."""
        scale = self._scale(framing)
        x = framing.x - dx * self.format.width / (self.photo[0] * scale)
        y = framing.y - dy * self.format.height / (self.photo[1] * scale)
        return replace(framing, x=self._kept(x, 0, scale), y=self._kept(y, 1, scale))

    def zoomed(self, framing: Framing, factor: float, x: float = 0.5, y: float = 0.5) -> Framing:
        """Return the framing after going closer by `factor` to a place, shares of the frame."""
        zoom = min(CLOSEST, max(1.0, framing.zoom * factor))
        before, after = self._scale(framing), self._scale(replace(framing, zoom=zoom))
        ways = (
            (place - 0.5) * side * (1 / before - 1 / after) / photo
            for place, side, photo in zip((x, y), self._frame, self.photo, strict=True)
        )
        dx, dy = ways
        return replace(
            framing,
            zoom=zoom,
            x=self._kept(framing.x + dx, 0, after),
            y=self._kept(framing.y + dy, 1, after),
        )

    @property
    def _frame(self) -> tuple[int, int]:
        return self.format.width, self.format.height

    def _scale(self, framing: Framing) -> float:
        choose = max if framing.fit == "fill" else min
        ratios = (side / photo for side, photo in zip(self._frame, self.photo, strict=True))
        return float(choose(ratios) * framing.zoom)

    def _kept(self, middle: float, side: int, scale: float) -> float:
        """Return the middle where the photo still covers what it can; see `scene.place`."""
        half = self._frame[side] / (2 * self.photo[side] * scale)
        return 0.5 if half >= 0.5 else min(1 - half, max(half, middle))


def photo_size(path: Path) -> tuple[int, int]:
    """Return a photo's width and height as it is held; (0, 0) where it cannot be read."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid():
        return 0, 0
    turned = reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90
    return (size.height(), size.width()) if turned else (size.width(), size.height())
