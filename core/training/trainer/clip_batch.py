"""Talking clips as training data: what a batch holds, and how long its clips are."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from torch import Tensor

from core.model.vae.flow_field import Matting
from core.training.trainer.stage import BatchSource


class ClipSpeech(Protocol):
    """The speech of a batch of clips, aligned with their frames."""

    @property
    def features(self) -> Tensor:
        """Of the speech encoder, its latency removed: (batch, time, features)."""
        ...

    @property
    def visemes(self) -> Tensor:
        """Share of each of `core.perception.speech.visemes`, (batch, time, 15)."""
        ...

    @property
    def opening(self) -> Tensor:
        """Mouth opening 0..1, (batch, time)."""
        ...


class ReferencedClip(Protocol):
    """A batch of clips with their references."""

    @property
    def references(self) -> Tensor:
        """(batch, references, 3, h, w) in [-1, 1]."""
        ...

    @property
    def matting(self) -> Matting:
        """Of the person: their matte in each reference, and the frames' background."""
        ...


class PhotographedClip(ReferencedClip, Protocol):
    """Clips in whose references landmarks are known."""

    @property
    def reference_landmarks(self) -> Tensor:
        """(batch, references, 478, 2): x and y in [-1, 1] across the reference."""
        ...


class ClipBatch(ReferencedClip, Protocol):
    """A batch of talking clips with their ground truth; the first reference is at rest."""

    @property
    def frames(self) -> Tensor:
        """(batch, time, 3, h, w) in [-1, 1]."""
        ...

    @property
    def flow(self) -> Tensor:
        """Optical flow of the person to each reference, (batch, time, references, 2, h2, w2); see
        `core.model.vae.flow_field`."""
        ...

    @property
    def flow_valid(self) -> Tensor:
        """1 where the reference shows the same point, else 0: (batch, time, references, h2, w2)."""
        ...

    @property
    def mouth_mask(self) -> Tensor:
        """(batch, time, 1, h2, w2) in [0, 1]."""
        ...

    @property
    def eye_mask(self) -> Tensor:
        """(batch, time, 1, h2, w2) in [0, 1]."""
        ...

    @property
    def landmarks(self) -> Tensor:
        """(batch, time, 478, 2 or 3): x and y in [-1, 1] across the frame."""
        ...

    @property
    def speech(self) -> ClipSpeech:
        """What is said."""
        ...

    @property
    def identity(self) -> Tensor:
        """Number of each person among those of its `ClipSource`, (batch,)."""
        ...


class LatentClip(NamedTuple):
    """Clips whose latents were encoded before; their pictures are not at hand."""

    latents: Tensor
    """(batch, latents, channels, grid, grid)"""
    references: Tensor
    """Latents of the references, (batch, references, channels, grid, grid)."""
    landmarks: Tensor
    """As of a `ClipBatch`, and what follows."""
    speech: ClipSpeech
    identity: Tensor


class ClipSource(BatchSource[ClipBatch], Protocol):
    """A source of talking clips."""

    @property
    def people(self) -> int:
        """How many there are to train on."""
        ...


class LengthPhase(NamedTuple):
    """One phase of a curriculum of clip lengths."""

    start: float
    """Progress at which it begins."""
    frames: int


class SizePhase(NamedTuple):
    """One phase of a curriculum of frame sizes."""

    start: float
    """Progress at which it begins."""
    share: float
    """Rows, and columns, as a share of the network's own."""


def clip_length_at(phases: Sequence[LengthPhase], progress: float) -> int:
    """Return the frames of the last phase that has begun."""
    return [phase.frames for phase in phases if phase.start <= progress][-1]


def clip_size_at(phases: Sequence[SizePhase], progress: float, size: int, stride: int) -> int:
    """Return the rows of the last phase that has begun: whole cells of `stride`, of `size`."""
    share = [phase.share for phase in phases if phase.start <= progress][-1]
    return max(1, round(share * size / stride)) * stride


def frames_in(clips: ClipBatch) -> int:
    """Return the frames of all clips together."""
    return clips.landmarks.shape[:2].numel()
