"""Self-forcing: whole clips drawn as live, and then each block once more, with gradients.

Block after block a student denoises to its exit step and remembers, for each step, what its layers
offered there (timestep forcing, 2512.04677). Nothing of that carries gradients; `Block` holds what
is needed to compute one block's exit step again when its gradient is known (Algorithm 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from core.model.attention import KeyValues, corrupt_history
from core.model.generator.flow_transformer import Generator, ReferenceKeyValues
from core.model.generator.rectified_flow import predict_clean
from core.model.rotary import Rotation, apply_rotary
from core.training.avatar.samples import embed_audio


class RolloutConditions(NamedTuple):
    """What clips are drawn for."""

    features: Tensor
    """(batch, frames, features)"""
    references: Tensor
    """(batch, references, channels, grid, grid)"""
    present: Tensor
    """(batch, references)"""


class PastKeyValues(NamedTuple):
    """What all layers offered of latents before; keys are rotated."""

    keys: Tensor
    """(layers, batch, heads, tokens, head_width)"""
    values: Tensor


class RolloutBlock(NamedTuple):
    """One block at the exit step, and all that it looked at."""

    positions: Tensor
    """Positions of its latents, (block,)."""
    noisy: Tensor
    """Noisy latents, (batch, block, channels, grid, grid)."""
    clean: Tensor
    """Where the student sees them end, without gradients."""
    past: PastKeyValues
    conditions: RolloutConditions
    """Its references are the student's own first latent where that takes their place."""


@dataclass(frozen=True)
class SelfForcingConfig:
    """How a student draws."""

    times: tuple[float, ...]
    """Of its steps, and the end; see `core.model.generator.rectified_flow.schedule`."""
    block: int
    """Latents drawn together."""
    corruption: float
    """Noise in remembered keys and values, as a share of their size (History Corrupt)."""
    replaces_sink: bool
    """Whether the first latent drawn takes the references' place (adaptive attention sink)."""


@dataclass(frozen=True)
class _BlockAttention:
    """One block's tokens see references, a past, and themselves."""

    rotation: Rotation
    references: KeyValues
    past: KeyValues
    visible: Tensor
    """(batch, 1, 1, keys)"""

    def attend(self, queries_keys: Tensor, values: Tensor) -> Tensor:
        """See `core.model.attention.View`."""
        queries, keys = apply_rotary(queries_keys, self.rotation)
        offered = (self.references, self.past, KeyValues(keys, values))
        return functional.scaled_dot_product_attention(
            queries,
            torch.cat([offer.keys.type_as(queries) for offer in offered], 2),
            torch.cat([offer.values.type_as(queries) for offer in offered], 2),
            attn_mask=self.visible,
        )


class EncodedConditions(NamedTuple):
    """What a student makes of a script."""

    audio: Tensor
    """(batch, latents, width)"""
    references: ReferenceKeyValues


def encode_conditions(student: Generator, conditions: RolloutConditions) -> EncodedConditions:
    """Hear the sound and look at the references."""
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
    """Draw clips, leaving each block at an exit step (Algorithm 1, lines 5 to 21).

    noise: (batch, latents, channels, grid, grid). Between steps the flow is followed as live
    (Algorithm 3, line 9), so that a student learns from what it will do.
    """
    batch, count = noise.shape[:2]
    encoded = encode_conditions(student, conditions)
    blocks: list[RolloutBlock] = []
    pasts = [_empty_past(student, noise)] * (step + 1)
    for start in range(0, count, config.block):
        when = torch.arange(start, min(start + config.block, count), device=noise.device)
        point, before = noise[:, start : start + config.block], pasts[step]
        for now, (time, then) in enumerate(pairwise(config.times[: step + 2])):
            said, offer = block_velocity(student, encoded, point, time, when, pasts[now])
            pasts[now] = _append_past(student, pasts[now], offer, config.corruption)
            left, point = point, point + (then - time) * said
        clean = predict_clean(left, said, time)
        blocks.append(RolloutBlock(when, left, clean, before, conditions))
        if config.replaces_sink and start == 0:
            everyone = conditions.present.new_ones(batch, 1)
            conditions = conditions._replace(references=clean[:, :1], present=everyone)
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
    """Return the velocity of one block, and what its layers offer; gradients flow but to `past`."""
    first = (positions == 0).expand(len(noisy), -1)
    rotation = student.rotary.rotation_at(positions)
    views = _attention_views(student, encoded.references, positions, rotation, past)
    moment = student.modulate_at(noisy.new_full((1, 1), time))
    audio = encoded.audio.index_select(1, positions)
    said, offers = student.predict_velocity(noisy, moment, audio, first, views)
    keys = torch.stack([apply_rotary(offer.keys, rotation) for offer in offers])
    return said, PastKeyValues(keys, torch.stack([offer.values for offer in offers]))


def _attention_views(
    student: Generator,
    references: ReferenceKeyValues,
    positions: Tensor,
    rotation: Rotation,
    past: PastKeyValues,
) -> Sequence[_BlockAttention]:
    count, tokens = references.has_reference.shape[1], student.config.tokens_per_latent
    sink = student.rotary.rotation_at((positions[:1] + student.config.sink_distance).expand(count))
    present = references.has_reference.repeat_interleave(tokens, 1)
    others = past.keys.shape[3] + len(positions) * tokens
    visible = functional.pad(present, (0, others), value=True)[:, None, None]
    offered = zip(references.keys, references.values, *past, strict=True)
    return [
        _BlockAttention(rotation, KeyValues(apply_rotary(k, sink), v), KeyValues(*known), visible)
        for k, v, *known in offered
    ]


def _empty_past(student: Generator, like: Tensor) -> PastKeyValues:
    config = student.config
    empty = like.new_zeros(config.layers, len(like), config.heads, 0, config.head_width)
    return PastKeyValues(empty, empty)


def _append_past(
    student: Generator, past: PastKeyValues, new: PastKeyValues, corruption: float
) -> PastKeyValues:
    """Remember one block more, corrupted, and no more latents than the network looks back."""
    noisy = corrupt_history(KeyValues(*new), corruption)
    longest = student.config.history * student.config.tokens_per_latent
    pairs = zip(past, noisy, strict=True)
    return PastKeyValues(
        *(torch.cat([old.type_as(new), new], 3)[..., -longest:, :] for old, new in pairs)
    )
