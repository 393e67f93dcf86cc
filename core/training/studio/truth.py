"""Where each place of a frame is seen in a reference, exactly, and what lies where in a frame."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from core.puppet.arrays import mapped
from core.puppet.batch import TorchBrush, window_grid
from core.puppet.curve import look_up
from core.puppet.eyes import framed
from core.puppet.field import smoothstep
from core.puppet.layers import Portrait
from core.puppet.lips import SPAN
from core.puppet.motion import Fields, Motion, unposed, unshaped
from core.puppet.paint import Places, eye_shares, places
from core.puppet.rig import Rig

ROUNDS = 6
"""Of the fixed-point iteration that turns a way back round."""
BEHIND, BEFORE = 0.02, 0.98
"""Cover up to which one sees the background, and from which on the person."""
EYE = (1.2, 0.07)
"""Half an eye's opening with its lashes: in half widths of the eye, and in face heights."""
MOUTH = (1.35, 0.15)
"""The same of the mouth with its lips."""


class Seen(NamedTuple):
    """n pictures, and all that tells where their pixels come from."""

    portrait: Portrait
    """Its `rig` is (n, ...) but for the fields; see `core.puppet.motion.fields`."""
    led: Fields
    motion: Motion
    views: Tensor
    """(n, 4) middle and halves of what is seen, window units"""

    def at(self, size: int) -> tuple[Tensor, Places]:
        """Return the places (n, size, size, 2) in the window, and where they come from."""
        grid = viewed(self.views, size)
        return grid, places(self.portrait.rig, self.led, grid)

    def cover(self, at: Tensor) -> Tensor:
        """Return how much (n, h, w) places (n, h, w, 2) of the photo are the person's."""
        return TorchBrush(1.0).sample(self.portrait.person, at)[:, 3]


def viewed(views: Tensor, size: int) -> Tensor:
    """Return the places (n, size, size, 2) of the pixels of squares (n, 4)."""
    grid = window_grid(size).to(views)
    return views[:, None, None, :2] + views[:, None, None, 2:] * grid


def truth(frames: Seen, photos: Seen, size: int) -> tuple[Tensor, Tensor]:
    """Return flow (n, t, r, 2, size, size) and where it is known (n, t, r, size, size).

    frames: n * t pictures; photos: n * r of the same portraits.
    """
    n = len(frames.portrait.rig.fields)
    t, r = len(frames.views) // n, len(photos.views) // n
    frames = _crossed(frames, n, t, r, inner=True)
    photos = _crossed(photos, n, t, r, inner=False)
    grid, at = frames.at(size)
    upper, lower = _sides(frames.portrait.rig, at)
    person = frames.cover((at.upper + at.lower) / 2)
    found = torch.where(
        (upper | ~lower)[..., None],
        _forward(photos, photos.led.upper, at.upper),
        _forward(photos, photos.led.lower, at.lower),
    )
    found = torch.where(person[..., None] > 0.5, found, grid)
    middle, half = photos.views[:, None, None, :2], photos.views[:, None, None, 2:]
    there = (found - middle) / half
    back = places(photos.portrait.rig, photos.led, found)
    hidden = photos.cover((back.upper + back.lower) / 2)
    plain = (upper | lower) & (_eyes(frames.portrait.rig, at.upper, *EYE) <= 0)
    known = torch.where(person > BEFORE, plain, (person < BEHIND) & (hidden < BEHIND))
    known &= (there.abs() < 1).all(-1)
    flow = there - window_grid(size).to(there)
    shape = (n, t, r, size, size)
    return flow.permute(0, 3, 1, 2).reshape(*shape[:3], 2, *shape[3:]), known.view(shape)


def marks(seen: Seen, size: int) -> tuple[Tensor, Tensor]:
    """Return where mouth and eyes are in pictures, (n, 1, size, size) 0..1 each."""
    _, at = seen.at(size)
    rig = seen.portrait.rig
    u, v = _mouth_frame(rig, (at.upper + at.lower) / 2)
    away = (u / MOUTH[0]) ** 2 + (v / (MOUTH[1] * rig.height[:, None, None])) ** 2
    both = at.upper[:, None].expand(-1, 2, -1, -1, -1)
    eyes = eye_shares(rig, *framed(rig.eyes, both)).amax(1)
    return smoothstep(away, 1.3, 0.8)[:, None], eyes[:, None]


def _crossed(seen: Seen, n: int, t: int, r: int, inner: bool) -> Seen:
    """Repeat pictures so that every frame of a clip meets every reference of it."""
    count = t if inner else r
    index = torch.arange(n * count, device=seen.views.device).view(n, count)
    index = (index[:, :, None] if inner else index[:, None]).expand(n, t, r).flatten()

    def chosen(part: Any) -> Any:
        return mapped(part, lambda tensor: tensor[index])

    rig, small = seen.portrait.rig, seen.portrait.rig.height
    # Places need neither of these, which are large.
    rig = rig._replace(landmarks=small, landmark_moves=small, fields=small, body=small)
    portrait = seen.portrait._replace(rig=chosen(rig))
    return Seen(portrait, chosen(seen.led), chosen(seen.motion), seen.views[index])


def _sides(rig: Rig, at: Places) -> tuple[Tensor, Tensor]:
    """Return (n, h, w) whether places show what is above, and what is below the lips' seam."""
    sides = []
    for place, edges in zip((at.upper, at.lower), rig.lips.edges.unbind(1), strict=True):
        u, v = _mouth_frame(rig, place)
        sides.append((v, look_up(edges, u.flatten(1), SPAN).view_as(v)))
    (above, upper), (below, lower) = sides
    return above <= upper, below >= lower


def _mouth_frame(rig: Rig, at: Tensor) -> tuple[Tensor, Tensor]:
    """Return u and v (n, h, w) of places (n, h, w, 2); see `Lips`."""
    away = at - rig.lips.middle[:, None, None]
    across, down = rig.lips.across[:, None, None], rig.lips.down[:, None, None]
    return (away * across).sum(-1) / across.square().sum(-1), (away * down).sum(-1)


def _eyes(rig: Rig, at: Tensor, wide: float, high: float) -> Tensor:
    """Return above 0 where places (n, h, w, 2) of the photo are in an eye's opening."""
    away = at[:, None] - rig.eyes.middle[:, :, None, None]
    across, down = rig.eyes.across[:, :, None, None], rig.eyes.down[:, :, None, None]
    u = (away * across).sum(-1) / across.square().sum(-1)
    v = (away * down).sum(-1) / rig.height[:, None, None, None]
    inside: Tensor = (1 - (u / wide) ** 2 - (v / high) ** 2).amax(1)
    return inside


def _forward(seen: Seen, side: Tensor, photo: Tensor) -> Tensor:
    """Return where places (n, h, w, 2) of the photo have moved to, the inverse of `places`."""
    rig, posed = seen.portrait.rig, photo
    for _ in range(ROUNDS):
        posed = posed + photo - unshaped(rig, side, posed)
    moved = posed
    for _ in range(ROUNDS):
        moved = moved + posed - unposed(seen.led, moved)
    return moved
