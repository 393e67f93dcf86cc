"""Renders batches of talking clips with their ground truth on the training device."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from core.model.vae.flow_field import Matting
from core.puppet.arrays import tree_map
from core.puppet.batch_painting import TorchRaster, paint_batch
from core.puppet.motion import Motion, backward_warp, moved_landmarks
from core.puppet.mouth_interior import MouthInterior
from core.puppet.portrait_layers import LayeredPortrait, Texture
from core.puppet.rig import Rig
from core.training.studio.clip_sampler import ClipConfig, ClipSampler, ClipSpec
from core.training.studio.ground_truth import (
    PictureViews,
    ground_truth_flow,
    move_eyes,
    part_masks,
    view_grid,
)
from core.training.studio.portrait_stock import crop_placement
from core.training.studio.speech_stock import AlignedSpeech
from core.training.studio.subject_bank import Subject, SubjectBank, to_device


class ClipTensors(NamedTuple):
    """A batch of n clips of t frames with r references; pictures in [-1, 1]."""

    frames: Tensor
    """(n, t, 3, size, size)"""
    references: Tensor
    """(n, r, 3, size, size); the first is the photo at rest"""
    alphas: Tensor
    """(n, r, 1, size, size) 0..1 the person's matte in each reference"""
    plate: Tensor
    """(n, 3, size, size) the frames' background, without the person"""
    flow: Tensor
    """(n, t, r, 2, field, field) as in `core.model.vae.flow_field`, of the person"""
    flow_valid: Tensor
    """(n, t, r, field, field) valid mask: 1 where warping the reference gives the person"""
    landmarks: Tensor
    """(n, t, 478, 2) x and y, -1 to 1 within the frame"""
    reference_landmarks: Tensor
    """(n, r, 478, 2) the same of the references"""
    mouth_mask: Tensor
    """(n, t, 1, field, field) 0..1 the lips and what lies between them"""
    eye_mask: Tensor
    """(n, t, 1, field, field) 0..1"""
    photo: Tensor
    """(n, 3, size, size) as it is"""
    speech: AlignedSpeech
    """(n, t, ...)"""
    identity: Tensor
    """(n,)"""

    @property
    def matting(self) -> Matting:
        """See `ClipBatch`."""
        return Matting(self.alphas, self.plate)

    def resized(self, size: int) -> "ClipTensors":
        """Average pictures down to so many rows and columns."""
        frames, references, alphas = (
            F.interpolate(part.flatten(0, 1), (size, size), mode="area").view(
                *part.shape[:3], size, size
            )
            for part in (self.frames, self.references, self.alphas)
        )
        plate, photo = (
            F.interpolate(part, (size, size), mode="area") for part in (self.plate, self.photo)
        )
        return self._replace(
            frames=frames, references=references, alphas=alphas, plate=plate, photo=photo
        )


class LandmarkClip(NamedTuple):
    """The landmarks of a batch of clips, without their pictures; as in `ClipTensors`."""

    landmarks: Tensor
    reference_landmarks: Tensor
    speech: AlignedSpeech
    identity: Tensor


class ClipRenderer:
    """Samples and renders clips. One thread; several renderers may share a bank."""

    def __init__(
        self, config: ClipConfig, bank: SubjectBank, speech: AlignedSpeech, seed: int
    ) -> None:
        """speech: leading dimensions (scenes, frames), on the CPU."""
        self.config, self.bank = config, bank
        self._device = bank.backgrounds.device
        self.sampler = ClipSampler(config, speech, bank.probability, len(bank.backgrounds), seed)

    def next_batch(self) -> ClipTensors:
        """Sample and render the next batch, on the bank's device."""
        spec = self.sampler.sample()
        with torch.no_grad():
            return self.render(to_device(spec, self._device))

    def render(self, spec: ClipSpec) -> ClipTensors:
        """Render a batch whose tensors are on the bank's device."""
        n, config = len(spec.identity), self.config
        subjects = tree_map(self.bank.subjects, lambda x: x[spec.identity])
        backgrounds = sample_backgrounds(self.bank.backgrounds, spec, subjects.photo.shape[-1])
        portrait, photos = textured_portraits(subjects, backgrounds, spec)
        frames, _, frame_views = render_pictures(
            portrait, photos, spec.motion, spec.views, config.size
        )
        reference_pictures, alphas, reference_views = render_pictures(
            portrait, photos, spec.reference_motion, spec.reference_views, config.size
        )
        references = split_by_clip(spec.reference_jitter(reference_pictures), n)
        alphas = split_by_clip(alphas, n)
        photo, plate = torch.split(sample_photos(photos, spec.views, config.size), 3, 1)
        if not config.opened:
            references[:, 0], alphas[:, 0] = photo, _matte(portrait, spec.views, config.size)
        mouth, eyes = (split_by_clip(mask, n) for mask in part_masks(frame_views, config.field))
        return ClipTensors(
            split_by_clip(frames, n) * 2 - 1, references * 2 - 1, alphas, plate * 2 - 1,
            *ground_truth_flow(frame_views, reference_views, config.field),
            split_by_clip(self._landmarks(frame_views), n),
            split_by_clip(self._landmarks(reference_views), n),
            mouth, eyes, photo * 2 - 1, spec.speech, spec.identity,
        )  # fmt: skip

    def next_landmarks(self) -> LandmarkClip:
        """Sample the next batch as landmarks only, hundreds of times as fast as pictures."""
        spec = self.sampler.sample()
        with torch.no_grad():
            return self.render_landmarks(to_device(spec, self._device))

    def render_landmarks(self, spec: ClipSpec) -> LandmarkClip:
        """Return the landmarks that the pictures of `render` would show."""
        n = len(spec.identity)
        rig = tree_map(self.bank.subjects.rig._replace(displacements=self.bank.subjects.rig.height),
                       lambda x: x[spec.identity])  # fmt: skip

        def seen(motion: Motion, views: Tensor) -> Tensor:
            moments = len(motion.expression) // n
            each = tree_map(rig, lambda x: _each(x, moments))
            views = _each(views, len(motion.expression) // len(views))
            return split_by_clip(
                landmarks_in_view(each, motion, views, self.bank.landmark_mirror), n
            )

        return LandmarkClip(
            seen(spec.motion, spec.views), seen(spec.reference_motion, spec.reference_views),
            spec.speech, spec.identity,
        )  # fmt: skip

    def _landmarks(self, views: PictureViews) -> Tensor:
        return landmarks_in_view(
            views.portrait.rig, views.motion, views.views, self.bank.landmark_mirror
        )


def landmarks_in_view(rig: Rig, motion: Motion, views: Tensor, mirror: Tensor) -> Tensor:
    """Return landmarks (n, 478, 2) within the squares (n, 4); mirroring swaps left and right."""
    found = moved_landmarks(move_eyes(rig, motion), motion)[..., :2]
    there = (found - views[:, None, :2]) / views[:, None, 2:]
    return torch.where(views[:, 2, None, None] < 0, there[:, mirror], there)


def split_by_clip(pictures: Tensor, clips: int) -> Tensor:
    """Reshape (clips * moments, ...) to (clips, moments, ...)."""
    return pictures.view(clips, -1, *pictures.shape[1:])


def textured_portraits(
    subjects: Subject, backgrounds: Tensor, spec: ClipSpec
) -> tuple[LayeredPortrait, Texture]:
    """Apply colour jitter and backgrounds: portraits, and photos above backdrops (n, 6, h, w).

    backgrounds: (n, 3, h, w) 0..1, which replace the photos' own where the batch says so.
    """
    photo, matte = subjects.photo.float() / 255, subjects.matte.float() / 255
    replaced = spec.replaces_background[:, None, None, None]
    foreground = subjects.foreground.float() / 255
    colours = torch.where(replaced, torch.lerp(backgrounds, foreground, matte), photo)
    behind = torch.where(replaced, backgrounds, subjects.inpainted_background.float() / 255)
    both = _blur(torch.cat([colours, behind], 1), spec.blur)
    colours, behind = (spec.jitter(part) for part in torch.split(both, 3, 1))
    centre, half_side = (part.to(photo).expand(len(photo), -1) for part in crop_placement())
    layers = (subjects.dilated_matte, subjects.lip_masks[:, :1], subjects.lip_masks[:, 1:])
    person, upper, lower = (
        Texture(torch.cat([colours, layer.float() / 255], 1), centre, half_side) for layer in layers
    )
    inside = MouthInterior(*(_jittered(layer, spec) for layer in subjects.mouth_interior))
    opaque = F.pad(spec.jitter(subjects.closed_lids), (0, 0, 0, 0, 0, 1), value=1.0)
    lids = Texture(opaque, torch.zeros_like(centre), torch.ones_like(centre))
    rig = subjects.rig._replace(displacements=subjects.rig.displacements.float())
    photos = Texture(torch.cat([colours, behind], 1), centre, half_side)
    return LayeredPortrait(rig, person, upper, lower, inside, lids), photos


def _jittered(layer: Tensor, spec: ClipSpec) -> Tensor:
    """Apply colour jitter to a layer of bytes (n, 4, h, w): 0..1."""
    planes = layer.float() / 255
    return torch.cat([spec.jitter(planes[:, :3]), planes[:, 3:]], 1)


def render_pictures(
    portrait: LayeredPortrait, photos: Texture, motion: Motion, views: Tensor, size: int
) -> tuple[Tensor, Tensor, PictureViews]:
    """Render n portraits in as many moments each: pictures (n * moments, 3, size, size), and the
    person's alpha in them, (n * moments, 1, size, size).

    views: (n or moments, 4)
    """
    moments = len(motion.expression) // len(portrait.rig.height)
    repeated = repeat_moments(portrait, moments)
    flow = backward_warp(repeated.rig, motion)
    backdrop = sample_photos(photos, views, size)[:, 3:]
    each = len(motion.expression) // len(views)
    views = views.repeat_interleave(each, 0)
    painted = paint_batch(repeated, flow, motion, view_grid(views, size))
    colours, cover = torch.split(painted, [3, 1], 1)
    backdrop = backdrop.repeat_interleave(each, 0)
    pictures = torch.lerp(backdrop, colours, cover)
    return pictures, cover, PictureViews(repeated, flow, motion, views)


def repeat_moments(portrait: LayeredPortrait, moments: int) -> LayeredPortrait:
    """Repeat each portrait for its moments; the large fields stay as they are."""
    rig = tree_map(
        portrait.rig._replace(displacements=portrait.rig.height), lambda x: _each(x, moments)
    )
    rig = rig._replace(displacements=portrait.rig.displacements)
    return portrait._replace(rig=rig)


def sample_photos(photos: Texture, views: Tensor, size: int) -> Tensor:
    """Resample photos and backdrops to views, (views, 6, size, size)."""
    raster = TorchRaster(1.0)  # nothing is softened
    return raster.sample(photos, view_grid(views, size))


def _matte(portrait: LayeredPortrait, views: Tensor, size: int) -> Tensor:
    """Return the matte of portraits at rest as views show it, (views, 1, size, size)."""
    return TorchRaster(1.0).sample(portrait.person, view_grid(views, size))[:, 3:]


def _each(tensor: Tensor, moments: int) -> Tensor:
    return tensor.repeat_interleave(moments, 0)


def sample_backgrounds(backgrounds: Tensor, spec: ClipSpec, side: int) -> Tensor:
    """Crop each clip's background, (n, 3, side, side) 0..1."""
    part = backgrounds[spec.background].float() / 255
    return F.grid_sample(part, view_grid(spec.background_view, side), align_corners=False)


def _blur(pictures: Tensor, share: Tensor) -> Tensor:
    """Blend pictures (n, c, h, w) with their blurred selves by share (n,)."""
    soft = pictures
    for _ in range(2):
        soft = F.avg_pool2d(soft, 3, 1, 1, count_include_pad=False)
    return torch.lerp(pictures, soft, share[:, None, None, None])
