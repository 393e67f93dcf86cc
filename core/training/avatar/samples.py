"""Sample a generator as in live use: latents for metrics, images to look at beside the truth."""

from collections.abc import Sequence

import torch
from torch import Tensor

from core.model.avatar import Avatar
from core.model.generator.flow_transformer import Generator
from core.model.generator.generator_config import Sampling
from core.model.generator.kv_cache import cache_policy
from core.model.generator.rollout import Rollout, stream_blocks
from core.model.vae.flow_field import size_of
from core.training.avatar.latents import encode_clip
from core.training.trainer.clip_batch import ClipBatch, LatentClip


def sample_clip_images(
    avatar: Avatar, generator: Generator, sampling: Sampling, clip: ClipBatch | LatentClip
) -> Sequence[Tensor]:
    """Return rows: references; the clip; its VAE reconstruction; a sample for its audio.

    None of clips whose pictures are not at hand.
    """
    if isinstance(clip, LatentClip):
        return []
    photos = clip.references[:1]
    latents, references = (part[:1] for part in encode_clip(avatar, clip))
    features = clip.speech.features[:1].float()
    samples = sample_streaming(generator, sampling, references, features, latents.shape[1])
    encoded = avatar.vae.encode_references(photos)
    matting, size = clip.matting.of_first_clip(), size_of(photos)
    decoded = [
        avatar.vae.decode(avatar.denormalize(z), encoded)[0].composition for z in (latents, samples)
    ]
    composed = [avatar.vae.compose(layers, photos, size, matting)[0] for layers in decoded]
    return [photos[0], clip.frames[0], *composed]


@torch.no_grad()
def sample_streaming(
    generator: Generator, sampling: Sampling, references: Tensor, features: Tensor, count: int
) -> Tensor:
    """Sample latents (batch, count, ...) in the blocks and with the KV cache of live use."""
    rollout = Rollout(generator, cache_policy(generator.config, sampling), sampling)
    audio = embed_audio(generator, features)
    present = torch.ones(references.shape[:2], dtype=torch.bool, device=references.device)
    state, blocks = rollout.start(references, present), []
    for part in torch.split(audio, stream_blocks(count, sampling.block), 1):
        noise = torch.randn(*part.shape[:2], *references.shape[2:], device=part.device)
        block, state = rollout.step(noise, part, state)
        blocks.append(block)
    return torch.cat(blocks, 1)


def embed_audio(generator: Generator, features: Tensor) -> Tensor:
    """Embed audio features for each latent; the lookahead repeats the last frame."""
    padding = features[:, -1:].expand(-1, generator.config.audio.lookahead_frames, -1)
    audio: Tensor = generator.audio_embedder.embed_clip(torch.cat([features, padding], 1))
    return audio
