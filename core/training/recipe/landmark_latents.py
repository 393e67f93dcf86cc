"""Latents from landmarks: what the encoder, the decoder and the generator are taught by.

Where everything is can be told without any picture: a small network reads the landmarks of each
latent's frames, another reads them back, so that a latent says all of them. Training alone needs
either; live, the encoder reads latents from photos, and the generator draws them.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from core.perception.face.topology import (
    LEFT_EYE,
    LEFT_LOWER_LID,
    LEFT_UPPER_LID,
    LIP_CENTRES,
    LIPS_INNER,
    LIPS_OUTER,
    LOWER_INNER,
    RIGHT_EYE,
    RIGHT_LOWER_LID,
    RIGHT_UPPER_LID,
    UPPER_INNER,
)
from core.training.metrics.eye_opening import eye_opening
from core.training.metrics.lip_opening import SHUT

LIPS = (*LIPS_OUTER, *LIPS_INNER)
PARTS = (LIPS, RIGHT_EYE, LEFT_EYE)
"""Landmarks that are told once more about their own middle: they matter most and move least."""
OPENINGS = (
    (UPPER_INNER, LOWER_INNER),
    (RIGHT_UPPER_LID, RIGHT_LOWER_LID),
    (LEFT_UPPER_LID, LEFT_LOWER_LID),
)
"""Landmarks that part and close: how far, differs little beside how faces differ."""
POINTS = 478
GROUPS = (POINTS, *map(len, PARTS), *(len(upper) for upper, _ in OPENINGS))
"""Points, or differences of points, that features tell, group by group."""
LIP_GROUPS = (1, 1 + len(PARTS))
"""Lips about their own middle, and how far they part, among GROUPS."""
EYE_GROUPS = (2, 3, 2 + len(PARTS), 3 + len(PARTS))
"""Eyes about their own middle, and how far lids part."""
LIPS_MIDDLE = UPPER_INNER.index(LIP_CENTRES[0])
SHUT_WEIGHT = 2.0
"""Extra weight of frames with shut lips: a p is short, and open lips are what anybody sees."""
OPEN = 0.85
"""Share of how far eyes are open in a clip at most from which nobody blinks."""
MIN_STD = 1e-3
"""Of a coordinate, in half sides of the frame; about a tenth of a pixel."""
HIDDEN = 512


def open_eyes(landmarks: Tensor, span: int) -> Tensor:
    """Tell of which latents of clips (batch, frames, 478, 2) no frame shows a blink: (batch,
    latents)."""
    opening = eye_opening(landmarks)
    wide = opening > OPEN * opening.amax(1, keepdim=True)
    return group_frames(wide, span).all(-1)


class LandmarkStatistics(NamedTuple):
    """Mean and standard deviation of `landmark_features`, (features,) each."""

    mean: Tensor
    std: Tensor


def landmark_features(landmarks: Tensor) -> Tensor:
    """Return (..., features) of landmarks (..., 478, 2).

    All, then PARTS about their own middle, then OPENINGS.
    """
    parts = [landmarks[..., list(part), :] for part in PARTS]
    centred = [part - part.mean(-2, keepdim=True) for part in parts]
    pairs = [[landmarks[..., list(side), :] for side in opening] for opening in OPENINGS]
    parted = [lower - upper for upper, lower in pairs]
    return torch.cat([landmarks, *centred, *parted], -2).flatten(-2)


def group_frames(frames: Tensor, span: int) -> Tensor:
    """Group (batch, 1 + latents * span, ...) to (batch, 1 + latents, span, ...).

    A clip's first frame stands for a whole group: it is repeated.
    """
    first = frames[:, :1].repeat_interleave(span, 1)
    whole = torch.cat([first, frames[:, 1:]], 1)
    return whole.reshape(len(whole), whole.shape[1] // span, span, *whole.shape[2:])


class PartErrors(NamedTuple):
    """Errors of what is read from latents, in variances."""

    lips: Tensor
    eyes: Tensor


class LandmarkAutoencoder(nn.Module):
    """Landmarks of the frames of a latent to that latent, and back."""

    def __init__(self, channels: int, grid: int, span: int) -> None:
        """span: frames of a latent."""
        super().__init__()
        self.shape, self.span = (channels, grid, grid), span
        count = 2 * sum(GROUPS)
        size = channels * grid**2
        self.mean: Tensor
        self.std: Tensor
        self.register_buffer("mean", torch.zeros(count))
        self.register_buffer("std", torch.ones(count))
        self.encoder = nn.Sequential(
            nn.Linear(span * count, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, size)
        )
        self.decoder = nn.Sequential(
            nn.Linear(size, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, span * count)
        )
        nn.init.normal_(self.encoder[0].weight, std=(span * count) ** -0.5)  # type: ignore[arg-type]

    def fit_statistics(self, landmarks: Tensor) -> None:
        """Measure mean and standard deviation on landmarks (n, 478, 2)."""
        features = landmark_features(landmarks)
        self.mean.copy_(features.mean(0))
        self.std.copy_(features.std(0).clamp(min=MIN_STD))

    def normalised(self, landmarks: Tensor) -> Tensor:
        """Return normalised features of each latent's frames, (batch, latents, span, features)."""
        features = (landmark_features(landmarks) - self.mean) / self.std
        return group_frames(features, self.span)

    def encode(self, landmarks: Tensor) -> Tensor:
        """Map landmarks (batch, frames, 478, 2) of clips to (batch, latents, channels, h, w)."""
        latents: Tensor = self.encoder(self.normalised(landmarks).flatten(2))
        return latents.view(*latents.shape[:2], *self.shape)

    def encode_photos(self, landmarks: Tensor) -> Tensor:
        """Map landmarks (batch, photos, 478, 2) of photos: each is a clip of one frame."""
        alone = self.encode(landmarks.flatten(0, 1)[:, None])
        return alone.view(*landmarks.shape[:2], *self.shape)

    def decode(self, latents: Tensor) -> Tensor:
        """Map latents to normalised features (batch, latents, span, features)."""
        read: Tensor = self.decoder(latents.flatten(2))
        return read.view(*read.shape[:2], self.span, -1)

    def landmarks(self, latents: Tensor) -> Tensor:
        """Read the landmarks (batch, 1 + span * (latents - 1), 478, 2) of whole clips."""
        return self._groups(latents)[0]

    def lip_opening(self, latents: Tensor) -> Tensor:
        """Read `lip_opening` of whole clips, (batch, 1 + span * (latents - 1))."""
        lips = self._groups(latents)[LIP_GROUPS[1]]
        return torch.linalg.vector_norm(lips[:, :, LIPS_MIDDLE], dim=-1)  # type: ignore[no-any-return]

    def _groups(self, latents: Tensor) -> tuple[Tensor, ...]:
        """Read the GROUPS of whole clips, (batch, frames, points, 2) each."""
        features = self.decode(latents) * self.std + self.mean
        points = features.view(*features.shape[:-1], -1, 2)
        frames = torch.cat([points[:, 0, -1:], points[:, 1:].flatten(1, 2)], 1)
        return torch.split(frames, list(GROUPS), 2)

    def lip_parting(self, latents: Tensor) -> Tensor:
        """Read how far lips part at each of their points, normalised, (batch, latents, values)."""
        return self._split(self.decode(latents))[LIP_GROUPS[1]].flatten(2)

    def part_errors(self, latents: Tensor, normalised: Tensor) -> "PartErrors":
        """Return the mean squared error of lips and eyes, and of how far they open, as read.

        `normalised`: what `normalised` gives of the true landmarks. Where they are shut, lips weigh
        more.
        """
        groups = self._split((self.decode(latents).float() - normalised).square())
        weight = 1 + SHUT_WEIGHT * self._shut(normalised)
        lips = torch.stack([groups[group].mean(-1) for group in LIP_GROUPS])
        eyes = torch.stack([groups[group].mean() for group in EYE_GROUPS])
        return PartErrors((lips * weight).mean() / weight.mean(), eyes.mean())

    def _shut(self, normalised: Tensor) -> Tensor:
        """Tell where lips are shut, (batch, latents, span), of normalised features."""
        parting = self._split(normalised * self.std + self.mean)[LIP_GROUPS[1]]
        middle = parting.view(*parting.shape[:-1], -1, 2)[..., LIPS_MIDDLE, :]
        shut: Tensor = torch.linalg.vector_norm(middle, dim=-1) < SHUT
        return shut.to(normalised)

    def reading_loss(self, latents: Tensor, landmarks: Tensor) -> Tensor:
        """Return the mean squared error of what is read from latents, normalised.

        Lips and eyes, and how far they open, each count as much as all landmarks together.
        """
        error = (self.decode(latents).float() - self.normalised(landmarks)).square()
        return torch.stack([group.mean() for group in self._split(error)]).mean()

    @staticmethod
    def _split(features: Tensor) -> tuple[Tensor, ...]:
        """Split (..., features) into GROUPS."""
        return torch.split(features, [2 * points for points in GROUPS], -1)
