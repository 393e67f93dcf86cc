"""Ground truth of rendered frames: exact optical flow to the references, and part masks."""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from core.perception.face.topology import EYE_LIDS, LEFT_IRIS, RIGHT_IRIS
from core.puppet.arrays import tree_map
from core.puppet.batch_painting import TorchRaster, crop_grid
from core.puppet.curve import interpolate
from core.puppet.displacement import smoothstep
from core.puppet.eyelid_warp import to_eye_frame
from core.puppet.lip_seam import SEAM_SPAN
from core.puppet.motion import BackwardWarp, Motion, undo_expression, undo_pose
from core.puppet.paint import (
    SourcePositions,
    eye_masks,
    interior_displacements,
    interior_texture,
    mouth_coordinates,
    mouth_places,
    source_positions,
)
from core.puppet.portrait_layers import LayeredPortrait
from core.puppet.rig import Rig
from core.training.studio.eye_flow import Lids, follow_eyes

FIXED_POINT_ROUNDS = 6
"""Rounds of the fixed-point iteration that inverts a motion."""
BACKGROUND_MAX, FOREGROUND_MIN = 0.02, 0.98
"""Matte up to which a pixel is background, and from which on the person."""
SURROUNDINGS = 0.1
"""Share of a picture's side by which the person's flow is continued around them: an outline that
moves needs flow on both of its sides."""
MOUTH_SIZE = (1.35, 0.15)
"""Half the mouth with its lips: in half widths of the mouth, and in face heights."""
OTHER_LAYER = 0.3
"""Share of what is seen between lips that may be of another layer in a reference: of teeth that a
frame shows, where the reference shows the tongue."""


class PictureViews(NamedTuple):
    """Geometry of n rendered pictures: portrait, motion and view."""

    portrait: LayeredPortrait
    """Its `rig` is (n, ...) but for the fields; see `core.puppet.motion.fields`."""
    fields: BackwardWarp
    motion: Motion
    views: Tensor
    """(n, 4) centre and half sides of the square, window units"""

    def photo_places(self, size: int) -> tuple[Tensor, SourcePositions]:
        """Return the pixels' places (n, size, size, 2) in the window, and in the photo."""
        grid = view_grid(self.views, size)
        return grid, source_positions(self.portrait.rig, self.fields, grid)

    def person_share(self, at: Tensor) -> Tensor:
        """Sample the matte (n, h, w) at places (n, h, w, 2) of the photo."""
        return TorchRaster(1.0).sample(self.portrait.person, at)[:, 3]


def view_grid(views: Tensor, size: int) -> Tensor:
    """Return the sampling grid (n, size, size, 2) of squares (n, 4)."""
    grid = crop_grid(size).to(views)
    return views[:, None, None, :2] + views[:, None, None, 2:] * grid


def ground_truth_flow(
    frames: PictureViews, references: PictureViews, size: int
) -> tuple[Tensor, Tensor]:
    """Return optical flow (n, t, r, 2, size, size) and its valid mask (n, t, r, size, size).

    The flow is the person's, and goes on around them: the background is no part of what is warped.
    Between the lips it is that of teeth and tongue, in eyes that of lids and eyeballs, where the
    reference shows them, too.
    frames: n * t pictures; references: n * r of the same portraits.
    """
    n = len(frames.portrait.rig.displacements)
    t, r = len(frames.views) // n, len(references.views) // n
    frames = _paired(frames, n, t, r, inner=True)
    references = _paired(references, n, t, r, inner=False)
    _, at = frames.photo_places(size)
    upper, lower = _lip_sides(frames.portrait.rig, at)
    person = frames.person_share((at.upper + at.lower) / 2)
    eyes = follow_eyes(frames.portrait.rig, at.upper, *map(_lids, (frames, references)))
    found = torch.where(
        (upper | ~lower)[..., None],
        _forward_motion(references, references.fields.upper, eyes.places),
        _forward_motion(references, references.fields.lower, at.lower),
    )
    between = ~upper & ~lower
    inside = _inside_mouth(frames, references, at.posed)
    found = torch.where(between[..., None], inside.places, found)
    middle, half = references.views[:, None, None, :2], references.views[:, None, None, 2:]
    there = (found - middle) / half
    shown = (~between | inside.seen) & eyes.seen
    valid = torch.where(person > FOREGROUND_MIN, shown, _surrounded(person > BACKGROUND_MAX))
    valid &= (there.abs() < 1).all(-1)
    flow = there - crop_grid(size).to(there)
    shape = (n, t, r, size, size)
    return flow.permute(0, 3, 1, 2).reshape(*shape[:3], 2, *shape[3:]), valid.view(shape)


IRISES = (RIGHT_IRIS, LEFT_IRIS)
"""Of the subject's right and left eye."""


def move_eyes(rig: Rig, motion: Motion) -> Rig:
    """Move the landmarks of lids and irises as blinks and gaze do, in the photo's pose.

    Both arguments are (n, ...); the upper lid closes onto the lower one.
    """
    points = rig.landmarks.clone()
    for eye, ((corners, upper, lower), iris) in enumerate(zip(EYE_LIDS, IRISES, strict=True)):
        closed = motion.blink[:, eye, None, None]
        points[:, upper] = torch.lerp(points[:, upper], points[:, lower], closed.clamp(0, 1))
        half_width = (rig.landmarks[:, corners[0]] - rig.landmarks[:, corners[1]]).norm(dim=-1) / 2
        points[:, iris, :2] += (motion.gaze * half_width[:, None])[:, None]
    return rig._replace(landmarks=points)


def part_masks(pictures: PictureViews, size: int) -> tuple[Tensor, Tensor]:
    """Return masks of mouth and eyes, (n, 1, size, size) 0..1 each."""
    _, at = pictures.photo_places(size)
    rig = pictures.portrait.rig
    u, v = _mouth_frame(rig, (at.upper + at.lower) / 2)
    away = (u / MOUTH_SIZE[0]) ** 2 + (v / (MOUTH_SIZE[1] * rig.height[:, None, None])) ** 2
    both = at.upper[:, None].expand(-1, 2, -1, -1, -1)
    eyes = eye_masks(rig, *to_eye_frame(rig.eyes, both)).amax(1)
    return smoothstep(away, 1.3, 0.8)[:, None], eyes[:, None]


class _Inside(NamedTuple):
    """Where the insides of mouths are in references."""

    places: Tensor
    """(n, h, w, 2) window units"""
    seen: Tensor
    """(n, h, w) whether they are seen there"""


def _inside_mouth(frames: PictureViews, references: PictureViews, posed: Tensor) -> _Inside:
    """Find what lies at `posed` (n, h, w, 2) of the frames' photos, if lips show the inside.

    Frames and references are paired. Each layer has moved by itself; what is seen of all of them
    goes where they go on average, so that flow has no jumps within a mouth.
    """
    rig, at = frames.portrait.rig, mouth_coordinates(frames.portrait.rig, posed)
    before, after = (
        torch.stack(interior_displacements(rig, each.fields, each.motion), 1)
        for each in (frames, references)
    )
    shares = _layer_shares(frames.portrait, before, at)
    there = at + torch.einsum("nlhw,nlc->nhwc", shares, after - before)
    place = mouth_places(rig, there)
    shares_there = _layer_shares(frames.portrait, after, there)
    alike = (shares - shares_there).abs().sum(1) < 2 * OTHER_LAYER
    fields = references.fields
    sides = (undo_expression(rig, side, place) for side in (fields.upper, fields.lower))
    above, below = _lip_sides(rig, SourcePositions(place, *sides))
    return _Inside(_forward_pose(references, place), alike & ~above & ~below)


def _layer_shares(portrait: LayeredPortrait, displacements: Tensor, at: Tensor) -> Tensor:
    """Return how much is seen of each layer of the inside, (n, 4, h, w), at mouths' coordinates.

    displacements: (n, 4, 2)
    """
    shares, left = [], torch.ones_like(at[..., 0])
    layers = zip(portrait.mouth_interior, displacements.unbind(1), strict=True)
    for layer, moved in list(layers)[:0:-1]:  # from the front to the back, which hides nothing
        alpha = TorchRaster(1.0).sample(interior_texture(layer[:, 3:], moved), at)[:, 0]
        shares.append(left * alpha)
        left = left * (1 - alpha)
    return torch.stack([left, *reversed(shares)], 1)


def _surrounded(flags: Tensor) -> Tensor:
    """Return flags (n, size, size) that reach `SURROUNDINGS` further."""
    reach = max(1, round(SURROUNDINGS * flags.shape[-1]))
    grown = functional.max_pool2d(flags[:, None].float(), 2 * reach + 1, 1, reach)
    return grown[:, 0] > 0


def _paired(pictures: PictureViews, n: int, t: int, r: int, inner: bool) -> PictureViews:
    """Repeat pictures so that every frame of a clip is paired with each of its references."""
    count = t if inner else r
    index = torch.arange(n * count, device=pictures.views.device).view(n, count)
    index = (index[:, :, None] if inner else index[:, None]).expand(n, t, r).flatten()

    def chosen(part: Any) -> Any:
        return tree_map(part, lambda tensor: tensor[index])

    rig, small = pictures.portrait.rig, pictures.portrait.rig.height
    # Places need neither of these, which are large.
    rig = rig._replace(landmarks=small, landmark_deltas=small, displacements=small, body=small)
    portrait = pictures.portrait._replace(rig=chosen(rig))
    return PictureViews(
        portrait, chosen(pictures.fields), chosen(pictures.motion), pictures.views[index]
    )


def _lip_sides(rig: Rig, at: SourcePositions) -> tuple[Tensor, Tensor]:
    """Return masks (n, h, w) of what lies above and what lies below the lips' seam."""
    sides = []
    for place, edges in zip((at.upper, at.lower), rig.lips.edges.unbind(1), strict=True):
        u, v = _mouth_frame(rig, place)
        sides.append((v, interpolate(edges, u.flatten(1), SEAM_SPAN).view_as(v)))
    (above, upper), (below, lower) = sides
    return above <= upper, below >= lower


def _mouth_frame(rig: Rig, at: Tensor) -> tuple[Tensor, Tensor]:
    """Map places (n, h, w, 2) to the mouth's coordinates u and v (n, h, w); see `LipSeam`."""
    away = at - rig.lips.middle[:, None, None]
    across, down = rig.lips.across[:, None, None], rig.lips.down[:, None, None]
    return (away * across).sum(-1) / across.square().sum(-1), (away * down).sum(-1)


def _lids(pictures: PictureViews) -> Lids:
    return Lids(pictures.motion.blink, pictures.motion.gaze)


def _forward_motion(pictures: PictureViews, side: Tensor, photo: Tensor) -> Tensor:
    """Move places (n, h, w, 2) of the photo with the portrait: the inverse of the backward map."""
    rig, posed = pictures.portrait.rig, photo
    for _ in range(FIXED_POINT_ROUNDS):
        posed = posed + photo - undo_expression(rig, side, posed)
    return _forward_pose(pictures, posed)


def _forward_pose(pictures: PictureViews, posed: Tensor) -> Tensor:
    """Move places (n, h, w, 2) in the photo's pose as heads and shoulders do."""
    moved = posed
    for _ in range(FIXED_POINT_ROUNDS):
        moved = moved + posed - undo_pose(pictures.fields, moved)
    return moved
