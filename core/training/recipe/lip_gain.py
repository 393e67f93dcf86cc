"""Measures how much farther lips must part before they are decoded, to be seen as open as told."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from core.model.avatar import MAX_LIP_GAIN, MIN_LIP_GAIN, Avatar
from core.model.vae.flow_field import size_of
from core.neural.opened_photo import show_instead_of_paint
from core.training.avatar.vae import OPENED
from core.training.metrics.batch_landmarks import LandmarkDetector
from core.training.recipe.landmark_vae import LandmarkClipBatch, LandmarkVae
from core.training.trainer.stage import BatchSource

BATCHES, BATCH_CLIPS, FRAMES = 6, 8, 9
"""Clips that are looked at, as many people as can be afforded: mouths differ."""
TRIES = 3
"""Of the search; openings are nearly straight lines of the gain."""
SEALED = (0, OPENED)
"""References that are there live: the first photo, its lips sealed, and the same opened."""


def find_gain(opening: Callable[[float], float], wanted: float) -> float:
    """Return the gain at which lips are as open as wanted, within what is allowed (secants)."""
    low, high = MIN_LIP_GAIN, MAX_LIP_GAIN
    at_low, at_high = opening(low), opening(high)
    if at_low >= wanted or at_high <= at_low:
        return low
    gain = high
    for _ in range(TRIES):
        gain = low + (high - low) * min(1.0, (wanted - at_low) / (at_high - at_low))
        if gain >= MAX_LIP_GAIN:
            break
        at = opening(gain)
        low, at_low, high, at_high = (
            (gain, at, high, at_high) if at < wanted else (low, at_low, gain, at)
        )
    return gain


class DecodedClip:
    """A clip's latents, and what it takes to decode them as they are decoded live."""

    def __init__(
        self,
        avatar: Avatar,
        network: LandmarkVae,
        clip: LandmarkClipBatch,
        detector: LandmarkDetector,
    ) -> None:
        self._avatar, self._clip, self._detector = avatar, clip, detector
        self._photos, matting = clip.references[:, SEALED], clip.matting
        self._matting = matting._replace(alphas=matting.alphas[:, SEALED])
        self._prepared = avatar.vae.encode_references(self._photos)
        self._sealed = avatar.normalize(self._prepared.latents[:, :1])
        self._latents = avatar.normalize(network.landmarks.encode(clip.landmarks[..., :2]))
        self.true_openings = self._detect(clip.frames)

    def openings(self, gain: float) -> Tensor:
        """Return how far lips are open as decoded, without paint: (batch, time)."""
        avatar = self._avatar
        parted = avatar.part_lips(self._latents, self._sealed, gain)
        decoded, _ = avatar.vae.decode(avatar.denormalize(parted), self._prepared)
        layers, size = show_instead_of_paint(decoded.composition), size_of(self._clip.frames)
        return self._detect(avatar.vae.compose(layers, self._photos, size, self._matting))

    def _detect(self, frames: Tensor) -> Tensor:
        """Return how far lips are open in frames (batch, time, 3, h, w): (batch, time)."""
        found = [
            self._detector.detect(of_clip, near[0]).mouth_opening()
            for of_clip, near in zip(frames, self._clip.landmarks, strict=True)
        ]
        return torch.stack(found)


@torch.no_grad()
def measure_lip_gain(
    avatar: Avatar,
    network: LandmarkVae,
    clips: BatchSource[LandmarkClipBatch],
    detector: LandmarkDetector,
) -> float:
    """Measure it on clips, of latents of their landmarks: what a perfect generator would draw.

    `network` has the VAE of `avatar`. What is decoded shall open its lips as far as the clips do,
    in root mean square, both as the detector finds them.
    """
    decoded = [
        DecodedClip(avatar, network, clip, detector)
        for clip in (clips.next_batch(BATCH_CLIPS, FRAMES) for _ in range(BATCHES))
    ]

    def opening(gain: float) -> float:
        return _root_mean_square([clip.openings(gain) for clip in decoded])

    return find_gain(opening, _root_mean_square([clip.true_openings for clip in decoded]))


def _root_mean_square(parts: Sequence[Tensor]) -> float:
    return float(torch.cat([part.flatten() for part in parts]).square().mean().sqrt())
