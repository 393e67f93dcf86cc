"""Placement of a photo in a frame: as a framing says, or as a webcam would show the person."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.perception.face.topology import OVAL
from core.portrait.face_crop import FaceCrop, face_height
from core.portrait.region import Region
from core.profile import Framing
from core.video import VideoFormat

FACE_SHARE = 0.40
"""Height of the face in a frame without a framing of its own, as a share of the frame's."""

CLOSEST_FACE_SHARE = 0.48
"""The same at most, where the frame goes closer so that the body leaves it at the bottom."""

FACE_MIDDLE = 0.47
"""Where the middle of that face lies, as a share of the frame's height from the top."""

HEADROOM = 0.035
"""Share of the frame's height that stays free above the hair."""

CHIN_ROOM = 0.12
"""Share of the frame's height that stays below the chin, however close."""

CLOSENESS_STEPS = 24
"""How many scales between the usual and the closest are tried."""

BODY_ABOVE, SIDE_SHARE = 0.5, 0.01
"""Matte from which a pixel is the body's; the share of the photo's width that is its side."""

HEAD_WIDTH = 0.5
"""Half the width within which the top of the hair is looked for, face heights."""

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class PhotoPlacement:
    """Where the photo lies in the frame: frame = photo * scale + (left, top), pixels."""

    scale: float
    left: int
    top: int
    bars: bool = False
    """Whether pixels beyond the photo stay black (letterbox)."""

    def photo_region(self, width: int, height: int) -> Region:
        """Return where a photo of this size lies in the frame, or beyond it."""
        right, bottom = round(width * self.scale), round(height * self.scale)
        return Region(0, 0, right, bottom).shift(self.left, self.top)

    def crop_region(self, crop: FaceCrop) -> Region:
        """Return where a crop of the photo lies in the frame, or beyond it."""
        side = round(2 * crop.half * self.scale)
        left, top = (round((v - crop.half) * self.scale) for v in (crop.x, crop.y))
        return Region(left, top, left + side, top + side).shift(self.left, self.top)


class PersonOutline(NamedTuple):
    """What of a person decides how close the frame goes; pixels of the photo."""

    face: tuple[float, float, float]
    """x and y of its middle, and its height."""
    crown: float | None = None
    """Row in which the hair, or a hat, begins; None if it is not known."""
    exit: float | None = None
    """Topmost row in which one of the photo's sides cuts the body; None where none does."""

    @property
    def height(self) -> float:
        """Of the face."""
        return self.face[2]

    @property
    def chin(self) -> float:
        """Row of the chin; a body begins below it."""
        return self.face[1] + self.face[2] / 2


def outline(landmarks: Plane, matte: Plane) -> PersonOutline:
    """Return the outline of the person with landmarks (478, 2 or 3) and matte (h, w) 0..1."""
    (x, y), size = landmarks[list(OVAL), :2].mean(0).tolist(), face_height(landmarks)
    height, width = matte.shape
    body = matte > BODY_ABOVE
    left, right = max(0, round(x - HEAD_WIDTH * size)), max(1, round(x + HEAD_WIDTH * size))
    rows = np.flatnonzero(body[:, left:right].any(1))
    strip = max(1, round(SIDE_SHARE * width))
    cut = [
        _rows_from_bottom(np.asarray(side.any(1))) for side in (body[:, :strip], body[:, -strip:])
    ]
    leaves = max(float(height - max(cut)), y + size / 2) if max(cut) else None
    return PersonOutline((x, y, size), float(rows[0]) if len(rows) else None, leaves)


def _rows_from_bottom(flags: NDArray[np.bool_]) -> int:
    """Count the true ones at the end."""
    return len(flags) if flags.all() else int(np.argmin(flags[::-1]))


def place_photo(
    photo: tuple[int, int], person: PersonOutline, format: VideoFormat, framing: Framing | None
) -> PhotoPlacement:
    """Place a photo (width, height) in a frame: as the framing says, or as a webcam would."""
    width, height = photo
    if framing is None:
        scale = _webcam_scale(photo, person, format)
        left = format.width / 2 - person.face[0] * scale
        return _cover_frame(photo, format, scale, left, -_top_row(person, scale, format) * scale)
    choose = max if framing.fit == "fill" else min
    scale = choose(format.width / width, format.height / height) * framing.zoom
    left = format.width / 2 - framing.x * width * scale
    top = format.height / 2 - framing.y * height * scale
    return _cover_frame(photo, format, scale, left, top, framing.fit == "letterbox")


def _webcam_scale(
    photo: tuple[int, int], person: PersonOutline, format: VideoFormat
) -> float:  # fmt: skip
    """Return the scale at which the face has its usual size, or a larger one at which the body
    leaves the frame at the bottom rather than at the photo's sides."""
    size = person.face[2]
    usual = max(FACE_SHARE * format.height / size, format.height / photo[1])
    if person.exit is None:
        return usual
    closest = max(usual, _closest_scale(person, format))
    scales = np.geomspace(usual, closest, CLOSENESS_STEPS)
    for scale in scales.tolist():
        top = max(0.0, min(_top_row(person, scale, format), photo[1] - format.height / scale))
        if photo[0] * scale >= format.width or top + format.height / scale <= person.exit:
            return float(scale)
    return float(closest)


def _closest_scale(person: PersonOutline, format: VideoFormat) -> float:
    """Return the scale at which the whole head still has room, from hair to chin."""
    _, y, size = person.face
    most = CLOSEST_FACE_SHARE * format.height / size
    if person.crown is None:
        return most
    head = y + size / 2 - person.crown
    return min(most, (1 - HEADROOM - CHIN_ROOM) * format.height / max(head, size))


def _top_row(person: PersonOutline, scale: float, format: VideoFormat) -> float:
    """Return the photo's row at the top of the frame: the hair has room above it."""
    top = person.face[1] - FACE_MIDDLE * format.height / scale
    if person.crown is None:
        return top
    return min(top, person.crown - HEADROOM * format.height / scale)


def _cover_frame(
    photo: tuple[int, int], format: VideoFormat, scale: float, left: float, top: float,
    bars: bool = False,
) -> PhotoPlacement:  # fmt: skip
    """Shift the photo so that it covers the frame where it can and is centred where it cannot."""
    corner = []
    for size, room, at in zip(photo, (format.width, format.height), (left, top), strict=True):
        spare = room - size * scale
        corner.append(round(spare / 2 if spare >= 0 else min(0.0, max(spare, at))))
    return PhotoPlacement(scale, corner[0], corner[1], bars)
