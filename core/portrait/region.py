"""Integer rectangles of pixels."""

from typing import NamedTuple

from core.video import VideoFormat


class Region(NamedTuple):
    """A rectangle of pixels; the right and the bottom edge are no longer part of it."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def full_frame(cls, format: VideoFormat) -> "Region":
        """Return all of a frame."""
        return cls(0, 0, format.width, format.height)

    @property
    def size(self) -> tuple[int, int]:
        return self.right - self.left, self.bottom - self.top

    @property
    def empty(self) -> bool:
        return self.left >= self.right or self.top >= self.bottom

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def intersect(self, other: "Region") -> "Region":
        """Return the intersection, possibly empty."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Region(left, top, max(left, right), max(top, bottom))

    def shift(self, x: int, y: int) -> "Region":
        return Region(self.left + x, self.top + y, self.right + x, self.bottom + y)
