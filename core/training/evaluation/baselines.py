"""The model as it runs live, its VAE alone, and the puppet as a baseline."""

import numpy as np
import torch
from torch import Tensor

from core.model.avatar import Avatar
from core.model.generator.generator_config import Sampling
from core.model.vae.flow_field import Composition, compose
from core.neural.inference import InferenceState, StreamingInference, cache_policy
from core.perception.face.finder import Face, FaceFinder
from core.perception.speech.config import FRAME_SAMPLES
from core.perception.speech.encoder_torch import SpeechFrames
from core.profile import Framing
from core.puppet.motion import Motion
from core.puppet.performance import Performance, SpeechTrack
from core.puppet.puppet_stream import ARTICULATION
from core.puppet.renderer import Renderer
from core.stream import SEED
from core.video import FPS, Picture, VideoFormat


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
        self, avatar: Avatar, features: Tensor, photos: Tensor, sampling: Sampling, seed: int
    ) -> None:
        """features: (frames, features); photos: (1, references, 3, size, size) in [-1, 1]"""
        weight = avatar.generator.velocity_proj.weight
        self._photos = photos.to(weight.device).float()
        encoder = PrecomputedFeatures(features.to(weight.device).float())
        policy = cache_policy(avatar.config.generator, sampling, forcing=True)
        references = photos.to(weight.device, weight.dtype)
        self._inference: StreamingInference[Tensor] = StreamingInference(
            avatar, encoder, references, sampling, policy
        )
        self.block = sampling.block * avatar.config.vae.frames_per_latent
        self._state: InferenceState[Tensor] = self._inference.start(seed)

    def sample(self) -> Tensor:
        """Sample the next block's latents."""
        silence = torch.zeros(1, self._inference.conditioner.hop, device=self._photos.device)
        heard, state = self._inference.encode_audio(silence, self._state)
        latents, self._state = self._inference.sample(heard, state)
        return latents

    def decode(self, latents: Tensor) -> Tensor:
        """Decode sampled latents to frames (block, 3, size, size) in [-1, 1]."""
        layers, self._state = self._inference.decode(latents, self._state)
        composition = Composition(*(part.float() for part in layers))
        size = (self._photos.shape[3], self._photos.shape[4])
        return compose(composition, self._photos, size)[0].clamp(-1, 1)

    def generate(self, count: int) -> Tensor:
        """Roll out `count` frames; the stream's very first, which shows nothing, is left out."""
        blocks = [self.decode(self.sample()) for _ in range(-(-count // self.block))]
        return torch.cat(blocks)[:count]


@torch.inference_mode()
def vae_reconstruction(avatar: Avatar, frames: Tensor, photos: Tensor) -> Tensor:
    """Encode and decode frames (1, t, 3, h, w) with references (1, r, 3, h, w): (t, 3, h, w)."""
    weight = next(avatar.vae.parameters())
    clip, references = (x.to(weight.device, weight.dtype) for x in (frames, photos))
    latents = avatar.vae.encode(clip)[0].mean
    layers = avatar.vae.decode(latents, avatar.vae.encode_references(references))[0].composition
    composition = Composition(*(part.float() for part in layers))
    size = (frames.shape[3], frames.shape[4])
    return compose(composition, photos.to(weight.device).float(), size)[0].clamp(-1, 1)


class PuppetBaseline:
    """The puppet of a person's first photo, rendered in the square that the photo shows."""

    def __init__(self, face_finder: FaceFinder, photo: Tensor, landmarks: Tensor) -> None:
        """photo: (3, side, side) in [-1, 1]; landmarks: (478, 3), -1 to 1 within it."""
        picture, side = to_picture(photo), photo.shape[-1]
        pixels = landmarks.cpu().float().numpy() * np.float32(side / 2)
        pixels[:, :2] += (side - 1) / 2
        x, y = pixels[:, 0], pixels[:, 1]
        box = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
        matte = face_finder.matte(picture, Face(box, pixels, 1.0))
        format = VideoFormat(side, side, FPS)
        self._renderer = Renderer(picture, matte, pixels, format, Framing())

    def render(self, motion: Motion) -> Tensor:
        """Render motion (t, ...) as frames (t, 3, size, size) in [-1, 1]."""
        moments = zip(*(part.numpy()[:, None] for part in motion), strict=True)
        pictures = [self._renderer.render(Motion(*moment)) for moment in moments]
        return to_tensor(np.stack(pictures))

    def close(self) -> None:
        """End the renderer's worker thread."""
        self._renderer.close()


def puppet_motion(speech: SpeechFrames, frames: int) -> Motion:
    """Return the puppet's motion (frames, ...) for speech (1, t, ...), as when live."""
    heard = SpeechTrack(
        speech.visemes, (ARTICULATION * speech.opening).clamp(max=1), speech.voicing
    )
    performance = Performance(torch.tensor([SEED]))
    with torch.inference_mode():
        motion, _ = performance(heard, performance.initial_state())
    return Motion(*(part[0, :frames] for part in motion))


def with_closed_mouth(speech: SpeechFrames) -> SpeechFrames:
    """Return the speech with silent visemes and no opening; the voicing stays."""
    silence = torch.zeros_like(speech.visemes)
    silence[..., 0] = 1
    return speech._replace(visemes=silence, opening=torch.zeros_like(speech.opening))


def to_picture(photo: Tensor) -> Picture:
    """Convert a tensor (3, h, w) in [-1, 1] to a picture."""
    levels = ((photo.float() + 1) * 127.5).round().clamp(0, 255).byte()
    return np.ascontiguousarray(levels.permute(1, 2, 0).cpu().numpy())


def to_tensor(pictures: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Tensor:
    """Convert pictures (t, h, w, 3) to a tensor (t, 3, h, w) in [-1, 1]."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
