"""A portrait ready to be rendered: its rig, and its pixels cut into RGBA layers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.pixels import blurred, remapped
from core.portrait.analysis import PortraitAnalysis
from core.portrait.face_crop import FaceCrop, face_height
from core.portrait.inpainting import pull_push
from core.puppet.arrays import Array
from core.puppet.body_motion import fade_at_photo_edges
from core.puppet.curve import interpolate
from core.puppet.expression import Expressions
from core.puppet.eyelid_warp import EYE_SPAN, LIDS_EXTENT, Eyes
from core.puppet.lip_seam import LipSeam
from core.puppet.mouth_interior import MouthInterior
from core.puppet.mouth_portrait import lip_masks, look_into_mouth, paint_mouth
from core.puppet.own_teeth import Teeth
from core.puppet.rig import Rig, build_rig
from core.video import Picture

MOUTH_ROOM = (1.35, 0.34, 0.56)
"""What the lips' layers hold: half widths of the mouth to the sides; face heights up and down."""

LIDS_SIZE = (48, 40)
"""Width and height in pixels of one closed lid's texture."""

LID_CREASE, LID_ROUND, LID_ROOT = 0.10, 0.05, 0.16
"""How much darker a closed lid is in its crease and at its lashes, and lighter where it bulges."""


class Texture(NamedTuple):
    """An image and the part of the crop, or of a frame of its own, that it covers."""

    image: Array
    """(channels, h, w) 0..1; the last of four channels is alpha"""
    middle: Array
    """(2,)"""
    half: Array
    """(2,)"""


class LayeredPortrait(NamedTuple):
    """A rig and the textures that it warps. Fields stack into batches, as those of `Rig` do."""

    rig: Rig
    person: Texture
    """The whole crop; its alpha is the matte."""
    upper: Texture
    """Around the mouth; opaque on the upper lip's side of the seam."""
    lower: Texture
    """Around the mouth; opaque on the lower lip's side of the seam."""
    mouth_interior: MouthInterior
    closed_lids: Texture
    """Both eyes shut, the subject's right one first, side by side in their own frames"""


def cut_layers(
    photo: Picture,
    matte: NDArray[np.float32],
    landmarks: NDArray[np.float32],
    crop: FaceCrop,
    side: int,
    expressions: Expressions,
    donors: Sequence[PortraitAnalysis] = (),
) -> LayeredPortrait:
    """Cut a photo into layers, the crop being `side` pixels wide.

    matte: (h, w) 0..1 of the photo; landmarks: (478, 3) pixels of the photo; donors: other photos
    of the same person, one of which may show the teeth that this one hides.
    """
    pixels = crop.extract(photo, side)
    mouth = look_into_mouth(pixels, crop.to_units(landmarks), donors)
    rig = build_rig(mouth.landmarks, expressions)
    left, right = ((edge - crop.x) / crop.half for edge in (0, photo.shape[1]))
    rig = rig._replace(body=fade_at_photo_edges(rig.body, rig.height.item(), left, right))
    alpha = crop.extract(matte, side)
    upper, lower = _lip_layers(pixels, rig.lips, rig.height.item(), side, mouth.seen)
    inside = paint_mouth(mouth, rig, min(face_height(landmarks), rig.height.item() * side / 2))
    lids = closed_lids(pixels, rig.eyes, rig.height.item())
    person = _layer(pixels, alpha.clip(0, 1))
    whole = Texture(person, np.zeros(2, np.float32), np.ones(2, np.float32))
    return LayeredPortrait(rig, whole, upper, lower, inside, lids)


def _layer(pixels: Picture, alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return RGB (h, w, 3) and alpha (h, w) as RGBA planes (4, h, w) in 0..1."""
    planes = np.empty((4, *alpha.shape), np.float32)
    np.multiply(pixels.transpose(2, 0, 1), np.float32(1 / 255), out=planes[:3])
    planes[3] = alpha
    return planes


def _lip_layers(
    pixels: Picture, lips: LipSeam, height: float, side: int, teeth: Teeth | None
) -> tuple[Texture, Texture]:
    """Cut out the surroundings of the mouth, once for each side of the seam."""
    reach, up, down = MOUTH_ROOM
    half_width = reach * float(np.linalg.norm(lips.across))
    half_height = (up + down) / 2 * height
    middle = lips.middle + lips.down * (down - up) / 2 * height
    corner = middle - np.array([half_width, half_height])
    left, top = ((corner + 1) / 2 * side).round().astype(int).tolist()
    wide, tall = round(half_width * side), round(half_height * side)
    left, top = max(0, min(left, side - wide)), max(0, min(top, side - tall))
    y, x = np.mgrid[top : top + tall, left : left + wide] + 0.5
    at = (np.stack([x, y], -1) / side * 2 - 1).astype(np.float32)
    part = pixels[top : top + tall, left : left + wide]
    masks = lip_masks(lips, height, at, 2 / side, teeth)
    half = np.array([wide, tall], np.float32) / side
    centre = np.array([left, top], np.float32) / side * 2 - 1 + half
    layers = [Texture(_layer(part, mask), centre, half) for mask in masks]
    return layers[0], layers[1]


def closed_lids(pixels: Picture, eyes: Eyes, height: float) -> Texture:
    """Paint both eyes shut: the skin around each closes over it (pull-push), then it is shaded.

    pixels: (side, side, 3) the window; height: of the face, window units.
    """
    drawn = [_closed_lid(pixels, eyes, height, number) for number in range(2)]
    image = np.concatenate(
        [np.concatenate(drawn, axis=2), np.ones((1, *LIDS_SIZE[::-1]), np.float32).repeat(2, 2)]
    )
    return Texture(image.astype(np.float32), np.zeros(2, np.float32), np.ones(2, np.float32))


def _closed_lid(pixels: Picture, eyes: Eyes, height: float, number: int) -> NDArray[np.float32]:
    """Return one shut lid's colours (3, h, w) in the eye's frame."""
    width, tall = LIDS_SIZE
    u = (np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1
    v = (np.arange(tall, dtype=np.float32) + 0.5) / tall
    v = (LIDS_EXTENT[0] + v * (LIDS_EXTENT[1] - LIDS_EXTENT[0])) * height
    across, down = eyes.across[number], eyes.down[number]
    at = eyes.middle[number] + EYE_SPAN * u[None, :, None] * across + v[:, None, None] * down
    top, low, still, shut, _ = interpolate(
        eyes.curves[number], np.tile(EYE_SPAN * u, (5, 1)), EYE_SPAN
    )
    v, margin = v[:, None], float(eyes.margin[number])
    seen = _mean_colours(pixels, at, height * (LIDS_EXTENT[1] - LIDS_EXTENT[0]) / tall)
    brow_free = still + 0.25 * (top - still)
    skin = ((v > brow_free) & (v < top - 1.6 * margin)) | (v > low + 1.2 * margin)
    filled = blurred(pull_push(seen, skin.astype(np.float32)), 1.0)
    own = blurred(skin.astype(np.float32), 1.0)[..., None] * skin[..., None]
    colours = filled * (1 - own) + seen * own
    gap = np.maximum(shut - top, margin)
    way = np.clip((v - top) / gap, -1, 2)
    shade = 1 - LID_CREASE * np.exp(-(((v - top + 0.5 * margin) / margin) ** 2))
    shade += LID_ROUND * np.exp(-(((way - 0.45) / 0.3) ** 2))
    shade -= LID_ROOT * np.exp(-(((v - shut) / (0.8 * margin)) ** 2))
    inside = 1 - np.clip((abs(u) * EYE_SPAN - 0.8) / 0.4, 0, 1)
    shaded = colours * (1 + (shade - 1) * inside)[..., None]
    return np.asarray(shaded.transpose(2, 0, 1).clip(0, 255) / 255, np.float32)


def _mean_colours(pixels: Picture, at: NDArray[np.float32], size: float) -> NDArray[np.float32]:
    """Return the colours (h, w, 3) at places (h, w, 2) of the window, each the mean over `size`."""
    side = len(pixels)
    smooth = blurred(pixels, max(0.6, 0.4 * size * side / 2))
    return remapped(smooth, ((at + 1) / 2 * side - 0.5).astype(np.float32)).astype(np.float32)
