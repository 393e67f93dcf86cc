"""Self-forcing: autoregressive rollouts of a student as in live use, recomputed with gradients.

Block after block the student denoises to its exit step and caches, for each step, the keys and
values of its layers (timestep forcing, 2512.04677). The rollout has no gradients; a `RolloutBlock`
holds what recomputes one block's exit step when its gradient is known (Algorithm 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from core.model.attention import KeyValues, corrupt_history
from core.model.generator.flow_transformer import Generator, ReferenceKeyValues, sink_position
from core.model.generator.rectified_flow import predict_clean
from core.model.generator.rollout import stream_blocks
from core.model.rotary import Rotation, apply_rotary
from core.training.avatar.samples import embed_audio


class RolloutConditions(NamedTuple):
    """Audio features and reference latents of clips to be rolled out."""

    features: Tensor
    """(batch, frames, features)"""
    references: Tensor
    """(batch, references, channels, grid, grid)"""
    present: Tensor
    """(batch, references)"""


class PastKeyValues(NamedTuple):
    """Cached keys, rotated, and values of all layers for latents before a block."""

    keys: Tensor
    """(layers, batch, heads, tokens, head_width)"""
    values: Tensor


class RolloutBlock(NamedTuple):
    """One block at its exit step, and all that it attended to."""

    positions: Tensor
    """Of its latents, (block,)."""
    noisy: Tensor
    """Noisy latents, (batch, block, channels, grid, grid)."""
    clean: Tensor
    """The student's prediction of clean latents, without gradients."""
    past: PastKeyValues
    conditions: RolloutConditions
    """With the student's own first latent as reference, once that has replaced the sink."""


@dataclass(frozen=True)
class SelfForcingConfig:
    """How a student samples in training."""

    times: tuple[float, ...]
    """Timesteps, and the end; see `core.model.generator.rectified_flow.timestep_schedule`."""
    block: int
    """Latents sampled together; the first one is alone, as live."""
    corruption: float
    """Noise in cached keys and values, as a share of their size (History Corrupt)."""
    replaces_sink: bool
    """Whether the first latent sampled replaces the references (adaptive attention sink)."""


@dataclass(frozen=True)
class _BlockAttention:
    """One block's tokens attend to references, the past, and themselves."""

    rotation: Rotation
    references: KeyValues
    past: KeyValues
    visible: Tensor
    """(batch, 1, 1, keys)"""

    def attend(self, queries_keys: Tensor, values: Tensor) -> Tensor:
        """See `core.model.attention.View`."""
        queries, keys = apply_rotary(queries_keys, self.rotation)
        sources = (self.references, self.past, KeyValues(keys, values))
        return functional.scaled_dot_product_attention(
            queries,
            torch.cat([source.keys.type_as(queries) for source in sources], 2),
            torch.cat([source.values.type_as(queries) for source in sources], 2),
            attn_mask=self.visible,
        )


class EncodedConditions(NamedTuple):
    """Embedded audio, and keys and values of the references."""

    audio: Tensor
    """(batch, latents, width)"""
    references: ReferenceKeyValues


def encode_conditions(student: Generator, conditions: RolloutConditions) -> EncodedConditions:
    """Embed the audio and encode the references."""
    references = student.reference_key_values(conditions.references, conditions.present)
    return EncodedConditions(embed_audio(student, conditions.features), references)


@torch.no_grad()
def roll_out(
    student: Generator,
    conditions: RolloutConditions,
    noise: Tensor,
    config: SelfForcingConfig,
    step: int,
) -> list[RolloutBlock]:
    """Roll clips out, leaving each block at its exit step (Algorithm 1, lines 5 to 21).

    noise: (batch, latents, channels, grid, grid). Steps before the exit are Euler steps as in live
    use (Algorithm 3, line 9), so that the student is trained on its own distribution.
    """
    batch, count = noise.shape[:2]
    encoded = encode_conditions(student, conditions)
    blocks: list[RolloutBlock] = []
    pasts = [_empty_past(student, noise)] * (step + 1)
    sizes = stream_blocks(count, config.block)
    places = torch.split(torch.arange(count, device=noise.device), sizes)
    for positions, point in zip(places, torch.split(noise, sizes, 1), strict=True):
        past = pasts[step]
        for index, (time, next_time) in enumerate(pairwise(config.times[: step + 2])):
            velocity, new = block_velocity(student, encoded, point, time, positions, pasts[index])
            pasts[index] = _append_past(student, pasts[index], new, config.corruption)
            noisy, point = point, point + (next_time - time) * velocity
        clean = predict_clean(noisy, velocity, time)
        blocks.append(RolloutBlock(positions, noisy, clean, past, conditions))
        if config.replaces_sink and len(blocks) == 1:
            present = conditions.present.new_ones(batch, 1)
            conditions = conditions._replace(references=clean[:, :1], present=present)
            encoded = encode_conditions(student, conditions)
    return blocks


def block_velocity(
    student: Generator,
    encoded: EncodedConditions,
    noisy: Tensor,
    time: float,
    positions: Tensor,
    past: PastKeyValues,
) -> tuple[Tensor, PastKeyValues]:
    """Return a block's velocity, and its keys and values; gradients flow, but not to `past`."""
    first = (positions == 0).expand(len(noisy), -1)
    rotation = student.rotary.rotation_at(positions)
    views = _attention_views(student, encoded.references, positions, rotation, past)
    modulation = student.modulate_block(time)
    audio = encoded.audio.index_select(1, positions)
    velocity, layers = student.predict_velocity(noisy, modulation, audio, first, views)
    keys = torch.stack([apply_rotary(layer.keys, rotation) for layer in layers])
    return velocity, PastKeyValues(keys, torch.stack([layer.values for layer in layers]))


def _attention_views(
    student: Generator,
    references: ReferenceKeyValues,
    positions: Tensor,
    rotation: Rotation,
    past: PastKeyValues,
) -> Sequence[_BlockAttention]:
    count, tokens = references.has_reference.shape[1], student.config.tokens_per_latent
    sink = student.rotary.rotation_at(sink_position(student.config, positions[:1]).expand(count))
    present = references.has_reference.repeat_interleave(tokens, 1)
    others = past.keys.shape[3] + len(positions) * tokens
    visible = functional.pad(present, (0, others), value=True)[:, None, None]
    layers = zip(references.keys, references.values, *past, strict=True)
    return [
        _BlockAttention(rotation, KeyValues(apply_rotary(k, sink), v), KeyValues(*cached), visible)
        for k, v, *cached in layers
    ]


def _empty_past(student: Generator, like: Tensor) -> PastKeyValues:
    config = student.config
    empty = like.new_zeros(config.layers, len(like), config.heads, 0, config.head_width)
    return PastKeyValues(empty, empty)


def _append_past(
    student: Generator, past: PastKeyValues, new: PastKeyValues, corruption: float
) -> PastKeyValues:
    """Append a block, corrupted, and keep no more latents than the history's."""
    noisy = corrupt_history(KeyValues(*new), corruption)
    longest = student.config.history * student.config.tokens_per_latent
    pairs = zip(past, noisy, strict=True)
    return PastKeyValues(
        *(torch.cat([old.type_as(new), new], 3)[..., -longest:, :] for old, new in pairs)
    )
