"""Attributes of a portrait photo, skin tone and head pose, for metrics by subgroup.

The corpus says nothing about skin, glasses, beards or head coverings, so only what can be measured
is: lightness of the skin as it is lit, and how far the head is turned.
"""

import torch
from torch import Tensor

from core.training.likeness.face_embedding import head_pose

CHEEKS = (50, 280, 205, 425)
"""Landmarks with skin around them."""
CHEEK_RADIUS = 0.02
"""Half side of the square sampled there; a picture is -1 to 1."""
SKIN_TONES = ((41.0, "light"), (10.0, "medium"), (-90.0, "dark"))
"""Least typology angle of each, in degrees."""
TURNED_HEAD = 0.1
"""Offset of the nose's tip from the face's middle from which a head is turned, face widths."""


def photo_attributes(photo: Tensor, landmarks: Tensor) -> tuple[str, str]:
    """Classify a photo (3, h, w) in [-1, 1] with landmarks (478, 2 or 3)."""
    angle = typology_angle(cheek_colour(photo, landmarks))
    tone = next(name for least, name in SKIN_TONES if angle >= least)
    sideways = abs(float(head_pose(landmarks[..., :2])[1]))
    return f"skin {tone}", "head turned" if sideways >= TURNED_HEAD else "head straight"


def cheek_colour(photo: Tensor, landmarks: Tensor) -> Tensor:
    """Return the median colour of the cheeks, (3,) in 0..1."""
    side = photo.shape[-1]
    radius = max(1, round(CHEEK_RADIUS * side / 2))
    places = ((landmarks[list(CHEEKS), :2] + 1) / 2 * side).long().clamp(radius, side - 1 - radius)
    parts = [
        photo[:, y - radius : y + radius + 1, x - radius : x + radius + 1].flatten(1)
        for x, y in places.tolist()
    ]
    middle: Tensor = torch.cat(parts, 1).float().median(1).values
    return (middle + 1) / 2


def typology_angle(colour: Tensor) -> float:
    """Return the individual typology angle of an sRGB colour (3,), degrees (Chardon 1991).

    It is meant for skin under a standard light; here it is that of a photo, light and all.
    """
    linear = torch.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    to_xyz = colour.new_tensor(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    white = to_xyz.sum(1)
    ratio = to_xyz @ linear / white
    _, y, z = torch.where(ratio > 0.008856, ratio ** (1 / 3), 7.787 * ratio + 16 / 116).unbind()
    lightness, yellow = 116 * y - 16, 200 * (y - z)
    return float(torch.rad2deg(torch.atan2(lightness - 50, yellow.clamp(min=1e-6))))
