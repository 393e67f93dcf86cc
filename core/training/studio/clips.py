"""Talking clips with exact truth, drawn and rendered in batches on the training device."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from core.puppet.arrays import mapped
from core.puppet.batch import TorchBrush, paint_batch
from core.puppet.layers import Portrait, Texture
from core.puppet.motion import Motion, fields, landmarks
from core.puppet.mouth import Interior
from core.training.studio.bank import Bank, Sitter, to_device
from core.training.studio.portraits import frame
from core.training.studio.speech import Said
from core.training.studio.takes import ClipConfig, Script, Take
from core.training.studio.truth import Seen, marks, truth, viewed


class Clip(NamedTuple):
    """A batch of n clips of t frames with r references; pictures in [-1, 1]."""

    frames: Tensor
    """(n, t, 3, size, size)"""
    references: Tensor
    """(n, r, 3, size, size); the first is the photo as it was taken"""
    flow: Tensor
    """(n, t, r, 2, field, field) as in `core.model.field`"""
    known: Tensor
    """(n, t, r, field, field) 1 where what is seen along the flow is what the frame shows"""
    landmarks: Tensor
    """(n, t, 478, 2) (x, y), -1 to 1 within the frame"""
    mouth: Tensor
    """(n, t, 1, field, field) 0..1 the lips and what is between them"""
    eyes: Tensor
    """(n, t, 1, field, field) 0..1"""
    said: Said
    """(n, t, ...)"""
    identity: Tensor
    """(n,)"""


class Studio:
    """Draws clips. One thread; several studios may share a bank."""

    def __init__(self, config: ClipConfig, bank: Bank, said: Said, seed: int) -> None:
        """said: leading dimensions (speeches, frames), on the CPU."""
        self.config, self.bank = config, bank
        self._device = bank.backgrounds.device
        self.script = Script(config, said, bank.chance, len(bank.backgrounds), seed)

    def draw(self) -> Clip:
        """Return the next batch, on the bank's device."""
        take = self.script.draw()
        with torch.no_grad():
            return self.shoot(to_device(take, self._device))

    def shoot(self, take: Take) -> Clip:
        """Render a take whose tensors are on the bank's device."""
        n, config = len(take.identity), self.config
        sitters = mapped(self.bank.sitters, lambda x: x[take.identity])
        scene = scene_of(self.bank.backgrounds, take, sitters.photo.shape[-1])
        portrait, still = dressed(sitters, scene, self.bank.interior, take)
        shown, seen = shot(portrait, still, take.motion, take.views, config.size)
        posed, known_from = shot(portrait, still, take.poses, take.pose_views, config.size)
        photos = per_clip(take.pose_tone(posed), n)
        photos[:, 0] = taken(still, take.views, config.size)[:, :3]
        mouth, eyes = (per_clip(mask, n) for mask in marks(seen, config.field))
        return Clip(
            per_clip(shown, n) * 2 - 1, photos * 2 - 1, *truth(seen, known_from, config.field),
            per_clip(self._landmarks(seen), n), mouth, eyes, take.said, take.identity,
        )  # fmt: skip

    def _landmarks(self, seen: Seen) -> Tensor:
        """Return landmarks (n, 478, 2) within frames; a mirror makes left what was right."""
        found = landmarks(seen.portrait.rig, seen.motion)[..., :2]
        there = (found - seen.views[:, None, :2]) / seen.views[:, None, 2:]
        mirrored = seen.views[:, 2, None, None] < 0
        return torch.where(mirrored, there[:, self.bank.mirror], there)


def per_clip(pictures: Tensor, clips: int) -> Tensor:
    """Return (clips * moments, ...) as (clips, moments, ...)."""
    return pictures.view(clips, -1, *pictures.shape[1:])


def dressed(
    sitters: Sitter, scene: Tensor, interior: Interior, take: Take
) -> tuple[Portrait, Texture]:
    """Return portraits in their light, and their photos above what is behind them (n, 6, h, w).

    scene: (n, 3, h, w) 0..1 what may take the place of their own background.
    """
    photo, matte = sitters.photo.float() / 255, sitters.matte.float() / 255
    exchanged = take.exchanged[:, None, None, None]
    colours = torch.where(exchanged, scene + (photo - scene) * matte, photo)
    behind = torch.where(exchanged, scene, sitters.empty.float() / 255)
    both = _blurred(torch.cat([colours, behind], 1), take.blur)
    colours, behind = (take.tone(part) for part in torch.split(both, 3, 1))
    middle, half = (part.to(photo).expand(len(photo), -1) for part in frame())
    layers = (sitters.cover, sitters.lips[:, :1], sitters.lips[:, 1:])
    person, upper, lower = (
        Texture(torch.cat([colours, layer.float() / 255], 1), middle, half) for layer in layers
    )
    white = F.pad(take.tone(sitters.white), (0, 1), value=1.0)[..., None, None]
    inside = Interior(*(layer * white for layer in interior))
    lid = take.tone(sitters.lid.transpose(1, 2)).transpose(1, 2)
    rig = sitters.rig._replace(fields=sitters.rig.fields.float())
    still = Texture(torch.cat([colours, behind], 1), middle, half)
    return Portrait(rig, person, upper, lower, inside, lid), still


def shot(
    portrait: Portrait, still: Texture, motion: Motion, views: Tensor, size: int
) -> tuple[Tensor, Seen]:
    """Return pictures (moments, 3, size, size) of n portraits in as many moments each.

    views: (n or moments, 4)
    """
    moments = len(motion.moves) // len(portrait.lid)
    many = repeated(portrait, moments)
    led = fields(many.rig, motion)
    backdrop = taken(still, views, size)[:, 3:]
    each = len(motion.moves) // len(views)
    views = views.repeat_interleave(each, 0)
    painted = paint_batch(many, led, motion, viewed(views, size))
    colours, cover = torch.split(painted, [3, 1], 1)
    backdrop = backdrop.repeat_interleave(each, 0)
    return torch.lerp(backdrop, colours, cover), Seen(many, led, motion, views)


def repeated(portrait: Portrait, moments: int) -> Portrait:
    """Return what `paint_batch` wants for so many moments of each portrait."""
    rig = mapped(portrait.rig._replace(fields=portrait.lid), lambda x: _each(x, moments))
    rig = rig._replace(fields=portrait.rig.fields)
    return portrait._replace(rig=rig, lid=_each(portrait.lid, moments))


def taken(still: Texture, views: Tensor, size: int) -> Tensor:
    """Return photo and backdrop (views, 6, size, size) as a camera sees them."""
    brush = TorchBrush(1.0)  # nothing is softened
    return brush.sample(still, viewed(views, size))


def _each(tensor: Tensor, moments: int) -> Tensor:
    return tensor.repeat_interleave(moments, 0)


def scene_of(backgrounds: Tensor, take: Take, side: int) -> Tensor:
    """Return the part of each take's background that is shown, (n, 3, side, side) 0..1."""
    part = backgrounds[take.scene].float() / 255
    return F.grid_sample(part, viewed(take.scene_view, side), align_corners=False)


def _blurred(pictures: Tensor, share: Tensor) -> Tensor:
    """Soften pictures (n, c, h, w), each by its share (n,)."""
    soft = pictures
    for _ in range(2):
        soft = F.avg_pool2d(soft, 3, 1, 1, count_include_pad=False)
    return torch.lerp(pictures, soft, share[:, None, None, None])
