"""Samples the parameters of a batch of clips on the CPU: person, speech, motion, views, colours."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Generator, Tensor

from core.model.avatar import AvatarConfig
from core.portrait.face_crop import CROP_DROP, CROP_REACH
from core.puppet.motion import Motion
from core.puppet.performance import Performance, SpeechTrack, Style
from core.puppet.photo_poses import opened_motion, sealed_motion
from core.puppet.rig import BLEND_SHAPES, LIP_SEAL
from core.training.studio.speech_stock import AlignedSpeech

WARM_UP = 12
"""Frames of speech before a clip, to warm up the head's motion."""
MAX_ELAPSED = 100_000
"""Frames that a performance has gone on for, at most, when a clip begins."""
EXPRESSION_SHAPES = (
    "mouthSmile_L", "mouthSmile_R", "browInnerUp", "browOuterUp_L", "browOuterUp_R", "eyeSquint",
    "mouthFrown", "cheekSquint",
)  # fmt: skip
"""Expressions that other photos of a person may show."""


@dataclass(frozen=True)
class ClipConfig:
    """Size and variety of a batch."""

    clips: int = 24
    frames: int = 9
    references: int = 2
    """1 to 3; the first is the untouched photo."""
    size: int = 256
    field: int = 64
    """Rows and columns of flow fields and masks."""
    crop_half_size: float = AvatarConfig.crop_half_size
    crop_offset: float = AvatarConfig.crop_offset
    """The square that frames show, as in `AvatarConfig`."""
    opened: bool = False
    """Whether the first photo's lips are sealed, and it comes once more with its mouth opened and
    its eyes shut, second: see `photo_poses`."""
    blinks: float = 1.0
    """How many times as often as usual people blink."""

    def __post_init__(self) -> None:
        if not 1 <= self.references <= 3:
            raise ValueError(f"{self.references} references, expected 1 to 3")


REFERENCES = 3
"""Photos of a clip, where an avatar learns or is judged."""


def clips_for(config: AvatarConfig, clips: int, frames: int, **others: int) -> ClipConfig:
    """Return the kind of clips that show an avatar of this shape what it sees live.

    `others`: size and field, where they are not the usual ones.
    """
    return ClipConfig(
        clips=clips,
        frames=frames,
        references=REFERENCES,
        crop_half_size=config.crop_half_size,
        crop_offset=config.crop_offset,
        opened=config.vae.opened,
        **{"size": config.vae.size, **others},
    )


def photos_alone(config: AvatarConfig) -> AvatarConfig:
    """Return the shape of an avatar whose clips show photos, and none that was opened: all that the
    generator sees."""
    skip = replace(config.vae.skip, opened=False) if config.vae.skip else None
    return replace(config, vae=replace(config.vae, skip=skip))


class ColourJitter(NamedTuple):
    """Colour jitter of n pictures: their light and camera."""

    gamma: Tensor
    """(n,)"""
    contrast: Tensor
    """(n,) about middle grey"""
    gain: Tensor
    """(n, 3) for each channel"""

    def __call__(self, colours: Tensor) -> Tensor:
        """Apply gamma, contrast and gain to colours (n, 3, ...) 0..1."""
        shape = (-1, 1, *(1 for _ in colours.shape[2:]))
        gamma, contrast = self.gamma.view(shape), self.contrast.view(shape)
        bent = (colours.clamp(1e-4, 1) ** gamma - 0.45) * contrast + 0.45
        return (bent * self.gain.view(-1, 3, *shape[2:])).clamp(0, 1)


class ClipSpec(NamedTuple):
    """The parameters of a batch of n clips."""

    identity: Tensor
    """(n,) indices of the bank's subjects"""
    speech: AlignedSpeech
    """(n, frames, ...)"""
    motion: Motion
    """(n * frames, ...)"""
    reference_motion: Motion
    """(n * references, ...) of the reference photos; each clip's first is at rest"""
    views: Tensor
    """(n, 4) centre and half sides of the frame's square, window units; mirrored if the half width
    is negative"""
    reference_views: Tensor
    """(n * references, 4) of the reference photos; the first is that of the clip"""
    jitter: ColourJitter
    reference_jitter: ColourJitter
    """(n * references, ...) of the reference photos on top of that; none in the first"""
    blur: Tensor
    """(n,) 0..1"""
    background: Tensor
    """(n,) index of the background"""
    replaces_background: Tensor
    """(n,) whether it replaces the portrait's own"""
    background_view: Tensor
    """(n, 4) centre and half sides of the crop of the background"""


class ClipSampler:
    """Samples batches of clips; what comes depends on the seed only."""

    def __init__(
        self,
        config: ClipConfig,
        speech: AlignedSpeech,
        probability: Tensor,
        backgrounds: int,
        seed: int,
    ):
        """speech: leading dimensions (scenes, frames); probability: of each subject; backgrounds:
        their number."""
        if speech.opening.shape[1] < WARM_UP + config.frames:
            raise ValueError(
                f"speech of {speech.opening.shape[1]} frames, expected {WARM_UP + config.frames}"
            )
        self._config, self._speech = config, speech
        self._probability, self._backgrounds = probability, backgrounds
        self._random = Generator().manual_seed(seed)

    def sample(self) -> ClipSpec:
        """Sample the next batch."""
        n, config = self._config.clips, self._config
        speech = self._stretches(n, WARM_UP + config.frames)
        views = self._views(n)
        spec = ClipSpec(
            torch.multinomial(self._probability, n, replacement=True, generator=self._random),
            AlignedSpeech(*(x[:, WARM_UP:] for x in speech)),
            self._motion(speech), self._reference_motion(n), views, self._reference_views(views),
            self._jitter(n, 0.15), self._reference_jitter(n),
            self._uniform(n) * (self._uniform(n) < 0.3),
            torch.randint(self._backgrounds, (n,), generator=self._random),
            self._uniform(n) < 0.4, self._background_views(n),
        )  # fmt: skip
        return self._with_opened(spec) if config.opened else spec

    def _normal(self, *shape: int) -> Tensor:
        return torch.randn(*shape, generator=self._random).clamp(-2.5, 2.5)

    def _uniform(self, *shape: int) -> Tensor:
        return torch.rand(*shape, generator=self._random)

    def _stretches(self, n: int, frames: int) -> AlignedSpeech:
        scenes, length = self._speech.opening.shape
        scene = torch.randint(scenes, (n, 1), generator=self._random)
        start = torch.randint(length - frames + 1, (n, 1), generator=self._random)
        at = start + torch.arange(frames)
        return AlignedSpeech(*(x[scene, at].float() for x in self._speech))

    def _perform(self, speech: AlignedSpeech) -> Motion:
        seeds = torch.randint(1 << 40, (len(speech.opening),), generator=self._random)
        performance = Performance(seeds, Style(blinks=self._config.blinks))
        elapsed = int(torch.randint(MAX_ELAPSED, (), generator=self._random))
        track = SpeechTrack(speech.visemes, speech.opening, speech.voicing)
        return performance(track, performance.initial_state()._replace(frame=elapsed))[0]

    def _motion(self, speech: AlignedSpeech) -> Motion:
        """Animate speech in a random style and pose for each clip: (n * frames, ...)."""
        motion = Motion(*(x[:, WARM_UP:] for x in self._perform(speech)))
        n = len(motion.expression)
        liveliness, mouth = self._uniform(n, 1, 1) * 1.6 + 0.3, self._uniform(n, 1, 1) * 0.5 + 0.75
        pose = self._normal(n, 1, 3) * torch.tensor([0.06, 0.04, 0.04])
        expression = motion.expression * mouth
        expression[..., LIP_SEAL] = 1.0
        styled = motion._replace(
            expression=expression, turn=motion.turn * liveliness + pose,
            shift=motion.shift * liveliness + 0.02 * self._normal(n, 1, 3),
        )  # fmt: skip
        return Motion(*(x.flatten(0, 1) for x in styled))

    def _reference_motion(self, n: int) -> Motion:
        """Sample pose, viseme and expression of the reference photos; the first is neutral."""
        n *= self._config.references
        spoken = Motion(*(x[:, 0] for x in self._perform(self._stretches(n, 1))))
        expression = spoken.expression.clone()
        for name in EXPRESSION_SHAPES:
            expression[:, BLEND_SHAPES.index(name)] += (
                0.5 * self._uniform(n) * (self._uniform(n) < 0.3)
            )
        turn = self._normal(n, 3) * torch.tensor([0.13, 0.07, 0.07])
        shift = 0.03 * self._normal(n, 3)
        poses = spoken._replace(
            expression=expression, turn=turn, shift=shift, blink=0 * spoken.blink
        )
        for part in poses:
            part[:: self._config.references] = 0
        return poses

    def _with_opened(self, spec: ClipSpec) -> ClipSpec:
        """Seal the lips of each clip's first reference, and let the opened one come second.

        Nothing is drawn: all else is as without.
        """
        n, sealed, opened = len(spec.identity), sealed_motion(1), opened_motion(1)
        for part, shown in zip(spec.reference_motion, sealed, strict=True):
            part[:: self._config.references] = torch.from_numpy(shown)
        motion = Motion(
            *(
                _insert_second(part, torch.from_numpy(shown).expand(n, *shown.shape[1:]))
                for part, shown in zip(spec.reference_motion, opened, strict=True)
            )
        )
        jitter = ColourJitter(
            *(
                _insert_second(part, torch.ones(n, *part.shape[1:]))
                for part in spec.reference_jitter
            )
        )
        views = _insert_second(spec.reference_views, spec.views)
        return spec._replace(
            reference_motion=motion, reference_jitter=jitter, reference_views=views
        )

    def _views(self, n: int) -> Tensor:
        zoom = torch.exp(0.07 * self._normal(n, 1)).clamp(0.82, 1.22)
        half = self._config.crop_half_size * zoom / CROP_REACH
        offset = torch.tensor([0.0, self._config.crop_offset - CROP_DROP])
        centre = offset + 0.05 * self._normal(n, 2)
        sides = torch.where(self._uniform(n, 1) < 0.5, -half, half)
        return torch.cat([centre / CROP_REACH, sides, half], 1)

    def _reference_views(self, views: Tensor) -> Tensor:
        """Sample views of the reference photos: the clip's own first, all mirrored alike."""
        count = self._config.references
        others = self._views(len(views) * count)
        others[:, 2] = others[:, 3] * views[:, 2].sign().repeat_interleave(count)
        others[::count] = views
        return others

    def _jitter(self, n: int, strength: float) -> ColourJitter:
        brightness = torch.exp(strength * self._normal(n, 1))
        tint = torch.exp(0.35 * strength * self._normal(n, 3))
        gamma, contrast = (torch.exp(strength * self._normal(n)) for _ in range(2))
        return ColourJitter(gamma, contrast, brightness * tint)

    def _reference_jitter(self, n: int) -> ColourJitter:
        jitter = self._jitter(n * self._config.references, 0.08)
        for part in jitter:
            part[:: self._config.references] = 1
        return jitter

    def _background_views(self, n: int) -> Tensor:
        half = self._uniform(n, 1) * 0.6 + 0.35
        centre = (self._uniform(n, 2) * 2 - 1) * (1 - half)
        side = torch.where(self._uniform(n, 1) < 0.5, -half, half)
        return torch.cat([centre, side, half], 1)


def _insert_second(part: Tensor, second: Tensor) -> Tensor:
    """Insert one (n, ...) after the first of each clip's references, (n * references, ...)."""
    each = part.view(len(second), -1, *part.shape[1:])
    return torch.cat([each[:, :1], second[:, None], each[:, 1:]], 1).flatten(0, 1)
