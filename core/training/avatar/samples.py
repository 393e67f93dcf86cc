"""What a generator draws for a clip, as live, to be looked at beside the truth."""

from collections.abc import Sequence

import torch
from torch import Tensor

from core.model.avatar import Avatar
from core.model.generator.flow_transformer import Generator
from core.model.generator.generator_config import Sampling
from core.model.generator.kv_cache import TimestepForcingPolicy
from core.model.generator.rollout import Rollout
from core.model.vae.flow_field import compose
from core.training.avatar.latents import encode_clip
from core.training.trainer.stage import ClipBatch


def sample_clip_images(
    avatar: Avatar, generator: Generator, sampling: Sampling, clip: ClipBatch
) -> Sequence[Tensor]:
    """References; the clip; the clip through the latent; what is drawn for its sound."""
    photos = clip.references[:1]
    latents, references = (part[:1] for part in encode_clip(avatar, clip))
    features = clip.speech.features[:1].float()
    drawn = sample_streaming(generator, sampling, references, features, latents.shape[1])
    known = avatar.vae.encode_references(photos)
    size = (photos.shape[3], photos.shape[4])
    made = [
        compose(avatar.vae.decode(avatar.denormalize(z), known)[0].composition, photos, size)[0]
        for z in (latents, drawn)
    ]
    return [photos[0], clip.frames[0], *made]


@torch.no_grad()
def sample_streaming(
    generator: Generator, sampling: Sampling, references: Tensor, features: Tensor, count: int
) -> Tensor:
    """Draw latents (batch, count, ...) as live, block after block."""
    policy = TimestepForcingPolicy(generator.config.history, sampling.block)
    rollout = Rollout(generator, policy, sampling)
    audio = embed_audio(generator, features)
    present = torch.ones(references.shape[:2], dtype=torch.bool, device=references.device)
    state, blocks = rollout.start(references, present), []
    for start in range(0, count, sampling.block):
        sound = audio[:, start : start + sampling.block]
        noise = torch.randn(*sound.shape[:2], *references.shape[2:], device=sound.device)
        block, state = rollout.step(noise, sound, state)
        blocks.append(block)
    return torch.cat(blocks, 1)


def embed_audio(generator: Generator, features: Tensor) -> Tensor:
    """Tell each latent its sound; beyond a clip's end the last frame's goes on."""
    after = features[:, -1:].expand(-1, generator.config.audio.lookahead_frames, -1)
    audio: Tensor = generator.audio_embedder.embed_clip(torch.cat([features, after], 1))
    return audio
