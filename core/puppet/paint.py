"""Layered rendering of a moving portrait, the same on two rasters.

`TorchRaster` renders batches on any device; `OpenCvRaster` renders one portrait on a CPU, with
pixels as bytes and the backward warp evaluated only every few pixels.
"""

from typing import Any, NamedTuple, Protocol

from core.puppet.arrays import Array, array_namespace, as_array_like
from core.puppet.displacement import smoothstep
from core.puppet.eyelid_warp import EyeCoordinates, warp_eyes
from core.puppet.motion import BackwardWarp, Motion, undo_expression, undo_pose
from core.puppet.mouth_interior import INTERIOR_EXTENT
from core.puppet.portrait_layers import LayeredPortrait, Texture
from core.puppet.rig import Rig

TONGUE_RISE = 0.035
"""How far the tongue's tip rises to the teeth, face heights."""

TONGUE_JAW_SHARE, CAVITY_JAW_SHARE = 0.8, 0.5
"""How much of the jaw's motion tongue and throat follow."""

LIP_SHADOW = 0.45
"""How dark the upper lip makes what lies just behind it."""

LIP_SHADOW_REACH = 0.05
"""How far that shadow reaches, face heights."""

SEAM_REACH = 0.022
"""Over how much the lips' own shadow lies on what is close to both, face heights."""

SEAM_SHADOW = (0.25, 0.82)
"""Share of lips around a place at which their shadow begins, and hides what is inside."""

TEETH_DEPTH = 0.05
"""How far behind the lips the teeth stand, face heights: by so much less they move aside."""

UNSEEN_SHARE = 0.85
"""How much of the skin that unfolds is the texture of a closed lid rather than stretched photo."""

EYE_UP, EYE_DOWN = 0.15, 0.065
"""How far an eye's region reaches from its middle, face heights."""

Image = Any
"""A raster's kind of image: a tensor (n, c, h, w), or an array (h, w, c)."""


class Raster(Protocol):
    """Samples textures and blends images of one region of the picture."""

    def sample(self, texture: Texture, at: Array) -> Image:
        """Sample `texture` at positions (n, h, w, 2) in the frame it is described in."""
        ...

    def as_weight(self, values: Array) -> Image:
        """Turn (n, h, w) into a weight for `mix`."""
        ...

    def alpha(self, image: Image) -> Image:
        """Return the alpha channel as a weight."""
        ...

    def mix(self, below: Image, above: Image, weight: Image) -> Image:
        """Return `below` where `weight` is 0, and the colours of `above` where it is 1."""
        ...

    def darken(self, image: Image, weight: Image) -> Image:
        """Return `image` darkened: black where `weight` is 1."""
        ...

    def blur(self, weight: Image, reach: float) -> Image:
        """Blur a weight over `reach`, in crop units."""
        ...


class SourcePositions(NamedTuple):
    """Source positions of a region's pixels; (n, h, w, 2) in crop units."""

    posed: Array
    """in the photo's pose, but not yet its expression"""
    upper: Array
    """in the photo, on the upper lip's side of the seam; `lower` on the other"""
    lower: Array


def source_positions(rig: Rig, warp: BackwardWarp, at: Array) -> SourcePositions:
    """Warp positions (n, h, w, 2) of the moving picture back to the photo."""
    posed = undo_pose(warp, at)
    return SourcePositions(
        posed, undo_expression(rig, warp.upper, posed), undo_expression(rig, warp.lower, posed)
    )


def paint_person(raster: Raster, portrait: LayeredPortrait, at: SourcePositions) -> Image:
    """Return the whole person (RGBA), mouth and eyes as the photo has them."""
    return raster.sample(portrait.person, (at.upper + at.lower) / 2)


def composite_lips(
    raster: Raster, rig: Rig, upper: Image, lower: Image, inside: "MouthView"
) -> Image:
    """Composite both lips over the mouth's inside; right only near the mouth.

    Where lips nearly touch there is only their own shadow between them.
    """
    over, under = raster.alpha(upper), raster.alpha(lower)
    height = float(rig.height.mean())
    near = raster.blur(over + under * (1 - over), SEAM_REACH * height)
    shade = LIP_SHADOW * raster.blur(over, LIP_SHADOW_REACH * height)
    seen = raster.mix(
        raster.darken(inside.whole, shade), inside.cavity, smoothstep(near, *SEAM_SHADOW)
    )
    return raster.mix(raster.mix(seen, lower, under), upper, over)


class MouthView(NamedTuple):
    """A mouth's inside as it is seen."""

    cavity: Image
    whole: Image
    """with tongue and teeth"""


def paint_mouth_interior(
    raster: Raster, portrait: LayeredPortrait, warp: BackwardWarp, motion: Motion, posed: Array
) -> MouthView:
    """Return cavity, tongue and teeth at `posed` (n, h, w, 2)."""
    at = mouth_coordinates(portrait.rig, posed)
    image = cavity = None
    displacements = interior_displacements(portrait.rig, warp, motion)
    for layer, moved in zip(portrait.mouth_interior, displacements, strict=True):
        part = raster.sample(interior_texture(layer, moved), at)
        cavity = part if cavity is None else cavity
        image = part if image is None else raster.mix(image, part, raster.alpha(part))
    return MouthView(cavity, image)


def mouth_coordinates(rig: Rig, posed: Array) -> Array:
    """Map places (n, h, w, 2) in the photo's pose to across and down from the lips' middle, face
    heights."""
    away, lips = posed - rig.lips.middle[:, None, None], rig.lips
    height, xp = rig.height[:, None, None], array_namespace(posed)
    across, down = (axis[:, None, None] for axis in (_mouth_across(rig), lips.down))
    return xp.stack([(away * across).sum(-1) / height, (away * down).sum(-1) / height], axis=-1)


def mouth_places(rig: Rig, at: Array) -> Array:
    """Map them back: (n, h, w, 2) face heights from the lips' middle to places in the photo."""
    away = at * rig.height[:, None, None, None]
    across, down = (axis[:, None, None] for axis in (_mouth_across(rig), rig.lips.down))
    return rig.lips.middle[:, None, None] + away[..., :1] * across + away[..., 1:] * down


def _mouth_across(rig: Rig) -> Array:
    across = rig.lips.across
    return across / array_namespace(across).linalg.vector_norm(across, axis=-1)[:, None]


def interior_displacements(rig: Rig, warp: BackwardWarp, motion: Motion) -> list[Array]:
    """Return how far each layer of `MouthInterior` has moved, (n, 2) across and down, face heights.

    Upper teeth keep to the skull, lower ones go with the jaw, tongue and throat in part.
    """
    xp, lips = array_namespace(warp.jaw), rig.lips
    columns = lips.edges.shape[-1] // 2
    seam = lips.edges[:, :, columns] @ as_array_like(lips.edges, [0.65, 0.35]) / rig.height
    jaw = (warp.jaw * lips.down).sum(-1) / rig.height
    tongue = TONGUE_JAW_SHARE * jaw - TONGUE_RISE * motion.tongue
    aside = -TEETH_DEPTH * xp.sin(motion.turn[:, 0])
    each = (CAVITY_JAW_SHARE * jaw, tongue, jaw, 0 * jaw)
    return [xp.stack([aside, seam + down], axis=-1) for down in each]


def interior_texture(layer: Array, moved: Array) -> Texture:
    """Return a layer of `MouthInterior`, or planes of it, that has moved (n, 2), as a texture."""
    half_width, top, bottom = INTERIOR_EXTENT
    half = as_array_like(moved, [half_width, (bottom - top) / 2])
    middle = moved + as_array_like(moved, [0.0, (top + bottom) / 2])
    return Texture(layer, middle, array_namespace(moved).broadcast_to(half, moved.shape))


def paint_eyes(
    raster: Raster,
    portrait: LayeredPortrait,
    motion: Motion,
    at: EyeCoordinates,
    pixel: float | Array,
) -> Image:
    """Return the surroundings of the eyes with lids and gaze, one picture above the other.

    at: source positions of the subject's right and left eye, (n, 2, h, w); pixel: its size in crop
    units, (n, 1, 1, 1) if pictures differ in it.
    """
    count, _, height, width = at.u.shape
    eyes = warp_eyes(portrait.rig.eyes, at, motion.blink, motion.gaze, pixel)

    def tall(values: Array) -> Array:
        return values.reshape(count, 2 * height, width, *values.shape[4:])

    lid = raster.sample(portrait.person, tall(eyes.lid_source))
    skin = raster.sample(portrait.closed_lids, tall(eyes.lid_coordinates))
    lid = raster.mix(lid, skin, raster.as_weight(UNSEEN_SHARE * tall(eyes.unseen_skin)))
    ball = raster.sample(portrait.person, tall(eyes.ball_source))
    return raster.mix(ball, lid, raster.as_weight(tall(eyes.lid_alpha)))


def eye_masks(rig: Rig, u: Array, v: Array) -> Array:
    """Return the soft masks (n, 2, h, w) of the eyes at u, v in each eye's own frame."""
    v = v / rig.height[:, None, None, None]
    sides = smoothstep(abs(u), 1.25, 1.1)
    return sides * smoothstep(v, -EYE_UP, 0.03 - EYE_UP) * smoothstep(v, EYE_DOWN, EYE_DOWN - 0.02)


def mouth_mask(rig: Rig, posed: Array) -> Array:
    """Return the soft mask (n, h, w) of the mouth's region."""
    lips = rig.lips
    away = posed - lips.middle[:, None, None]
    across = lips.across[:, None, None]
    u = (away * across).sum(-1) / (across**2).sum(-1)
    v = (away * lips.down[:, None, None]).sum(-1) / rig.height[:, None, None]
    sides = smoothstep(abs(u), 1.25, 1.1)
    return sides * smoothstep(v, -0.32, -0.28) * smoothstep(v, 0.54, 0.50)
