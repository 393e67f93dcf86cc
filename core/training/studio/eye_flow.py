"""Where what is seen of eyes lies in references: eyeballs, and the skin of lids, shut or open."""

from typing import NamedTuple

import torch
from torch import Tensor

from core.puppet.displacement import smoothstep
from core.puppet.eyelid_warp import EyeCoordinates, eye_coordinates, warp_eyes
from core.puppet.rig import Rig

REGION = 1.1
"""Half widths of an eye beyond which nothing of it moves."""
FOLDED = 0.1
"""How much further open, of 1, a reference's lids may be: what is folded away in it is not seen."""


class SeenEyes(NamedTuple):
    """What n pictures show around their eyes, in references."""

    places: Tensor
    """(n, h, w, 2) of the photo, before lids and gaze move them, window units"""
    seen: Tensor
    """(n, h, w) whether a reference shows the same there"""


class Lids(NamedTuple):
    """How both eyes of n pictures are."""

    blink: Tensor
    """(n, 2) 0 as in the photo, 1 shut"""
    gaze: Tensor
    """(n, 2) as in `warp_eyes`"""


def follow_eyes(rig: Rig, at: Tensor, frames: Lids, references: Lids) -> SeenEyes:
    """Find what frames show at `at` (n, h, w, 2) of their photos in references; they are paired.

    The skin of a lid slides with its edge; what is unfolded by closing is seen in a reference whose
    lids are as far closed. A ball turns behind it.
    """
    eyes = eye_coordinates(rig.eyes, at[:, None].expand(-1, 2, -1, -1, -1))
    top, low, still, shut, _ = eyes.edges.unbind(2)
    before, after = (
        top + lids.blink[..., None, None] * (shut - top) for lids in (frames, references)
    )
    skin, unfolded = eyes.v < before, eyes.v > top
    slide = (after - before) * ((eyes.v - still) / (top - still)).clamp(0, 1)
    further = (frames.blink - references.blink > FOLDED)[..., None, None]
    skin_seen = torch.where(unfolded, ~further, eyes.v + slide < top)
    turned = _turned(rig, eyes, frames) - _turned(rig, eyes, references)
    down = rig.eyes.down[:, :, None, None]
    ball_seen = eyes.v + (turned * down).sum(-1) > after
    move = torch.where(skin[..., None], slide[..., None] * down, turned)
    within = smoothstep(eyes.u.abs(), REGION, 1.0)
    places = at + (within[..., None] * move).sum(1)
    ball = (eyes.v >= before) & (eyes.v < low)
    unseen = (skin & ~skin_seen) | (ball & ~ball_seen)
    return SeenEyes(places, ~(unseen & (within > 0)).any(1))


def _turned(rig: Rig, eyes: EyeCoordinates, lids: Lids) -> Tensor:
    """Return how far balls have turned from where they are in the photo, (n, 2, h, w, 2)."""
    away: Tensor = warp_eyes(rig.eyes, eyes, lids.blink, lids.gaze, 1.0).ball_source - eyes.position
    return away
