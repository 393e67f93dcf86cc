"""From where the photo lies in the frame back to the framing that puts it there."""

from core.portrait.placement import Placement, place
from core.profile import Framing
from core.video import VideoFormat

CLOSEST = 8.0


def framing_of(
    placement: Placement, photo: tuple[int, int], format: VideoFormat, fit: str = "surround"
) -> Framing:
    """Return the framing under which a photo (width, height) lies as `placement` says."""
    width, height = photo
    choose = max if fit == "fill" else min
    whole = choose(format.width / width, format.height / height)
    x = (format.width / 2 - placement.left) / (width * placement.scale)
    y = (format.height / 2 - placement.top) / (height * placement.scale)
    zoom = min(CLOSEST, max(1.0, placement.scale / whole))
    return Framing(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)), zoom, fit)


def webcam(
    photo: tuple[int, int], face: tuple[float, float, float], format: VideoFormat
) -> Framing:
    """Return how a webcam would frame a face (x, y of its middle, height; pixels of the photo)."""
    return framing_of(place(photo, face, format, None), photo, format)
