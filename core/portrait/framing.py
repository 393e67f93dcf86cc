"""Framing geometry: from a placement back to its framing, and dragging and zooming by hand."""

from dataclasses import dataclass, replace

from core.portrait.placement import PersonOutline, PhotoPlacement, place_photo
from core.profile import Fit, Framing
from core.video import VideoFormat

MAX_ZOOM = 8.0
"""How far one can go in; the most that a framing allows."""


def framing_from_placement(
    placement: PhotoPlacement, photo: tuple[int, int], format: VideoFormat, fit: Fit = "surround"
) -> Framing:
    """Return the framing under which a photo (width, height) lies as `placement` says."""
    width, height = photo
    choose = max if fit == "fill" else min
    whole = choose(format.width / width, format.height / height)
    x = (format.width / 2 - placement.left) / (width * placement.scale)
    y = (format.height / 2 - placement.top) / (height * placement.scale)
    zoom = min(MAX_ZOOM, max(1.0, placement.scale / whole))
    return Framing(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)), zoom, fit)


def webcam_framing(photo: tuple[int, int], person: PersonOutline, format: VideoFormat) -> Framing:
    """Return how a webcam would frame a person; photo (width, height)."""
    return framing_from_placement(place_photo(photo, person, format, None), photo, format)


@dataclass(frozen=True)
class FramedPhoto:
    """A photo in a frame, to be dragged and zoomed; sizes in pixels."""

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
        zoom = min(MAX_ZOOM, max(1.0, framing.zoom * factor))
        before, after = self._scale(framing), self._scale(replace(framing, zoom=zoom))
        ways = (
            (share - 0.5) * side * (1 / before - 1 / after) / photo
            for share, side, photo in zip((x, y), self._frame, self.photo, strict=True)
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
        """Return the middle where the photo still covers what it can; see `place_photo`."""
        half = self._frame[side] / (2 * self.photo[side] * scale)
        return 0.5 if half >= 0.5 else min(1 - half, max(half, middle))
