"""The model under evaluation as it runs live, and its VAE alone."""

from typing import NamedTuple

import torch
from torch import Tensor

from core.model.avatar import Avatar
from core.model.generator.generator_config import Sampling
from core.model.vae.flow_field import Composition, Matting, size_of
from core.neural.inference import InferenceState, StreamingInference
from core.neural.opened_photo import EyeRegions, eye_regions, show_instead_of_paint
from core.perception.speech.config import FRAME_SAMPLES
from core.training.trainer.clip_batch import PhotographedClip


class Photos(NamedTuple):
    """References of one stream."""

    references: Tensor
    """(1, references, 3, size, size) in [-1, 1]"""
    matting: Matting
    eyes: EyeRegions | None = None
    """Of the first, if the last is the same photo, its mouth opened and its eyes shut."""

    def to(self, device: torch.device) -> "Photos":
        """Move to a device, in single precision."""
        matting = Matting(*(part.to(device).float() for part in self.matting))
        eyes = EyeRegions(*(part.to(device) for part in self.eyes)) if self.eyes else None
        return Photos(self.references.to(device).float(), matting, eyes)


def first_photos(clip: PhotographedClip, count: int, opened: bool) -> Photos:
    """Return so many references of a batch of one clip.

    `opened`: whether its second is the opened photo, which comes along with the first, as it does
    live.
    """
    chosen = list(range(count))
    if opened and count:
        chosen = [0, *range(2, count + 1), 1]
    matting = Matting(clip.matting.alphas[:, chosen], clip.matting.plate)
    seen = clip.reference_landmarks[0, 0, :, :2]
    eyes = eye_regions(seen, clip.references.shape[-1]) if opened and count else None
    return Photos(clip.references[:, chosen], matting, eyes)


class PrecomputedFeatures:
    """Satisfies `AudioEncoder`: plays back precomputed features, whatever the samples; no lag.

    After the last of them it begins again.
    """

    lag, hop = 0, FRAME_SAMPLES

    def __init__(self, features: Tensor) -> None:
        """features: (frames, features)"""
        self._features = features
        self.feature_size = features.shape[1]

    def initial_state(self, batch: int) -> Tensor:  # noqa: ARG002
        """See `AudioEncoder`; a tensor, so that a captured step can hold it."""
        return torch.zeros((), dtype=torch.long, device=self._features.device)

    def encode(self, samples: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """See `AudioEncoder`."""
        count = samples.shape[1] // FRAME_SAMPLES
        at = (state + torch.arange(count, device=self._features.device)) % len(self._features)
        return self._features[at][None], state + count


class ModelPlayer:
    """Offline rollout of an avatar model: audio features and reference photos in, frames out."""

    def __init__(
        self, avatar: Avatar, features: Tensor, photos: Photos, sampling: Sampling, seed: int
    ) -> None:
        """features: (frames, features)"""
        weight = avatar.generator.velocity_proj.weight
        self._avatar, self._photos = avatar, photos.to(weight.device)
        encoder = PrecomputedFeatures(features.to(weight.device).float())
        references = self._photos.references.to(weight.dtype)
        self._inference: StreamingInference[Tensor] = StreamingInference(
            avatar, encoder, references, sampling, photos.eyes
        )
        self.block_latents = sampling.block
        self.block = sampling.block * avatar.config.vae.frames_per_latent
        self._state: InferenceState[Tensor] = self._inference.start(seed)

    def sample(self) -> Tensor:
        """Sample the next block's latents."""
        device = self._photos.references.device
        silence = torch.zeros(1, self._inference.conditioner.hop, device=device)
        heard, state = self._inference.encode_audio(silence, self._state)
        latents, self._state = self._inference.sample(heard, state)
        return latents

    def decode(self, latents: Tensor) -> Tensor:
        """Decode sampled latents to frames (block, 3, size, size) in [-1, 1]."""
        layers, self._state = self._inference.decode(latents, self._state)
        return _compose(self._avatar, layers, self._photos)

    def generate(self, count: int) -> Tensor:
        """Roll out `count` frames; the stream's very first, which shows nothing, is left out."""
        blocks = [self.decode(self.sample()) for _ in range(-(-count // self.block))]
        return torch.cat(blocks)[:count]


@torch.inference_mode()
def vae_reconstruction(avatar: Avatar, frames: Tensor, photos: Photos) -> Tensor:
    """Encode and decode frames (1, t, 3, h, w) with references: (t, 3, h, w).

    What no photo shows is painted where there is no opened photo, as it is live.
    """
    weight = next(avatar.vae.parameters())
    clip, references = (x.to(weight.device, weight.dtype) for x in (frames, photos.references))
    latents = avatar.vae.encode(clip)[0].mean
    layers = avatar.vae.decode(latents, avatar.vae.encode_references(references))[0].composition
    layers = show_instead_of_paint(layers) if photos.eyes else layers
    return _compose(avatar, layers, photos.to(weight.device))


def _compose(avatar: Avatar, layers: Composition, photos: Photos) -> Tensor:
    """Compose decoded layers and photos in single precision: (t, 3, h, w)."""
    exact, size = Composition(*(part.float() for part in layers)), size_of(photos.references)
    composed = avatar.vae.compose(exact, photos.references, size, photos.matting)
    return composed[0].clamp(-1, 1)
