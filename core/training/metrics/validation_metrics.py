"""Lip sync of sampled clips, as a validation metric while a generator is trained."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.model.avatar import Avatar
from core.model.vae.flow_field import Composition, Matting, size_of
from core.perception.face.networks_torch import FaceNetwork, load_face_network
from core.training.metrics.batch_landmarks import BatchLandmarkDetector
from core.training.metrics.correlation import best_lag_correlation
from core.training.metrics.lip_sync import MAX_LAG, MS_PER_FRAME
from core.training.trainer.clip_batch import ClipBatch

MIN_FRAMES = 2 * MAX_LAG + 2
"""Frames of lips that can be compared with anything."""


class LipSyncMetrics:
    """Correlates the lips of decoded samples with the speech; opens its face network once."""

    def __init__(self, open_network: Callable[[], FaceNetwork] = load_face_network) -> None:
        self._open_network = open_network
        self._detector: BatchLandmarkDetector | None = None

    @torch.no_grad()
    def __call__(self, avatar: Avatar, latents: Tensor, clip: ClipBatch) -> Mapping[str, float]:
        """Return correlation and lag, in ms, of samples decoded with the first reference.

        latents: (batch, latents, channels, grid, grid), normalised. Clips too short to be
        correlated give nothing.
        """
        if clip.frames.shape[1] <= MIN_FRAMES:
            return {}
        frames = _decode(avatar, latents, clip.references[:, :1], clip.matting.of_first(1))
        pairs = []
        with torch.autocast(latents.device.type, enabled=False):
            for shown, near, opening in zip(
                frames, clip.landmarks[:, 0], clip.speech.opening, strict=True
            ):
                detected = self._opened(latents.device).detect(shown[1:].clamp(-1, 1), near)
                pairs.append((_array(detected.mouth_opening()), _array(opening[1:])))
        found = best_lag_correlation(pairs, MAX_LAG)
        return {"lip_correlation": found.correlation, "lip_lag_ms": MS_PER_FRAME * found.lag}

    def _opened(self, device: torch.device) -> BatchLandmarkDetector:
        if self._detector is None:
            self._detector = BatchLandmarkDetector(self._open_network(), device)
        return self._detector


def _decode(avatar: Avatar, latents: Tensor, photos: Tensor, matting: Matting) -> Tensor:
    """Return frames (batch, time, 3, h, w), composed in single precision."""
    encoded = avatar.vae.encode_references(photos)
    decoded = avatar.vae.decode(avatar.denormalize(latents), encoded)[0].composition
    with torch.autocast(latents.device.type, enabled=False):
        layers = Composition(*(part.float() for part in decoded))
        return avatar.vae.compose(layers, photos.float(), size_of(photos), matting)


def _array(values: Tensor) -> NDArray[np.float64]:
    array: NDArray[np.float64] = values.cpu().double().numpy()
    return array
