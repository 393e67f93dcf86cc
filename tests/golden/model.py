"""What both presets of the avatar model say at toy size, with weights that are written down."""

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from core.model.attention import block_starts
from core.model.avatar import AVATAR_PRESETS, Avatar, AvatarConfig
from core.model.generator.flow_transformer import Conditions, Context
from core.model.generator.generator_config import AudioConfig, GeneratorConfig
from core.model.generator.kv_cache import CachePolicy, CleanCachePolicy, TimestepForcingPolicy
from core.model.generator.rollout import Rollout
from core.model.vae.vae_config import (
    ReferenceAttentionConfig,
    StageConfig,
    VaeConfig,
)
from tests.draws import filled, normal, uniform

BATCH = 2
FEATURES = 5
SIDE = 128
CHANNELS = 8


def toy(name: str) -> Avatar:
    """Return a preset, but for widths and the number of its layers, in double precision."""
    preset = AVATAR_PRESETS[name]
    share = {"paper": 64, "lite": 16}[name]
    config = AvatarConfig(_vae(preset.vae, share), _generator(preset.generator))
    avatar = Avatar(config).double().eval().requires_grad_(False)
    filled(avatar.vae, seed=1, share=0.7)
    filled(avatar.generator, seed=2)
    return avatar


def coded(avatar: Avatar) -> Iterator[tuple[str, Tensor]]:
    """Encode a clip, and decode it with none, one and three references, also in two parts."""
    vae = avatar.vae
    frames, photos = _pictures(9, seed=2), _pictures(3, seed=3)
    posterior, _ = vae.encode(frames)
    first, state = vae.encode(frames[:, :5])
    second, _ = vae.encode(frames[:, 5:], state)
    yield "mean", posterior.mean
    yield "mean of parts", torch.cat([first.mean, second.mean], 1)
    yield "spread", posterior.kl_divergence()
    for count in (0, 1, 3):
        known = vae.encode_references(photos[:, :count])
        decoded, _ = vae.decode(posterior.mean, known)
        for part, tensor in zip(decoded.composition._fields, decoded.composition, strict=True):
            yield f"{part} with {count}", tensor
    torch.manual_seed(0)
    yield "training", vae(frames, photos[:, :2]).frames


def velocities(avatar: Avatar) -> Iterator[tuple[str, Tensor]]:
    """Run the generator as in training: a noisy past, a clean one, nothing heard or shown."""
    generator, count = avatar.generator, 6
    given = _given(avatar, count)
    latents, starts = _latents(avatar, count, seed=4), block_starts([1, 3, 2])
    time = torch.linspace(0.2, 0.9, 3, dtype=torch.float64)[[0, 1, 1, 1, 2, 2]].expand(BATCH, -1)
    yield "noisy past", generator(latents, time, given, starts, history=3)
    context = Context(_latents(avatar, count, seed=5), torch.zeros_like(time))
    yield "clean past", generator(latents, time, given, starts, context)
    nothing = given._replace(
        has_audio=torch.tensor([True, False]),
        has_reference=torch.tensor([[False, False], [True, False]]),
    )
    yield "unconditioned", generator(latents, time, nothing, starts, context)


def streamed(avatar: Avatar) -> Iterator[tuple[str, Tensor]]:
    """Draw twelve latents block after block, with both policies of what is remembered."""
    config = avatar.config.generator
    block = config.sampling.block
    policies: dict[str, CachePolicy] = {
        "clean": CleanCachePolicy(config.window, block),
        "clean, renewed": CleanCachePolicy(config.window, block, replaces_sink=True),
        "forcing": TimestepForcingPolicy(config.history, block),
        "forcing, kept": TimestepForcingPolicy(config.history, block, replaces_sink=False),
    }
    given, noise = _given(avatar, 12), _latents(avatar, 12, seed=6)
    for name, policy in policies.items():
        rollout = Rollout(avatar.generator, policy, config.sampling)
        state = rollout.start(given.references, given.has_reference)
        drawn = []
        for at in range(0, 12, block):
            part = slice(at, at + block)
            latents, state = rollout.step(noise[:, part], given.audio[:, part], state)
            drawn.append(latents)
        yield name, torch.cat(drawn, 1)


def _given(avatar: Avatar, count: int) -> Conditions:
    features = normal(BATCH, 1 + 4 * (count - 1), FEATURES, seed=7)
    audio = avatar.generator.audio_embedder.embed_clip(features)
    references = _latents(avatar, 2, seed=8)
    everything = torch.ones(BATCH, 2, dtype=torch.bool)
    first = (torch.arange(count) == 0).expand(BATCH, -1)
    return Conditions(audio, everything[:, 0], references, everything, first)


def _latents(avatar: Avatar, count: int, seed: int) -> Tensor:
    grid = avatar.config.generator.grid
    return normal(BATCH, count, CHANNELS, grid, grid, seed=seed)


def _pictures(count: int, seed: int) -> Tensor:
    """Return smooth pictures, (1, count, 3, side, side), each a little unlike the one before."""
    coarse = uniform(count, 3, 5, 5, seed=seed).cumsum(0) / count**0.5
    size = (SIDE, SIDE)
    return torch.nn.functional.interpolate(coarse, size, mode="bilinear").clamp(-1, 1)[None]


def _vae(preset: VaeConfig, share: int) -> VaeConfig:
    """Return the shape with widths of four for each `share` of its own."""

    def narrow(width: int) -> int:
        return 4 * max(1, width // share)

    def stages(of: tuple[StageConfig, ...]) -> tuple[StageConfig, ...]:
        return tuple(
            StageConfig(
                narrow(stage.width),
                stage.depth,
                stage.spatial_factor,
                stage.temporal_factor,
                stage.temporal_kernel,
                stage.resampling_kernel,
                stage.depthwise,
            )
            for stage in of
        )

    old = preset.reference_attention
    return VaeConfig(
        SIDE,
        stages(preset.e1),
        stages(preset.e2),
        stages(preset.d1),
        stages(preset.d2),
        preset.head_upsampling,
        ReferenceAttentionConfig(16, 2, old.blocks, old.mlp_ratio, old.patch_size),
        replace(preset.skip, flow_channels=8, feature_channels=4, hidden_channels=4)
        if preset.skip
        else None,
        CHANNELS,
        preset.shortcuts,
    )


def _generator(preset: GeneratorConfig) -> GeneratorConfig:
    return GeneratorConfig(
        SIDE // 64,
        48,
        2,
        2,
        preset.mlp_ratio,
        AudioConfig(FEATURES, 12, 8),
        preset.sampling,
        CHANNELS,
        window=8,
        history=5,
    )
