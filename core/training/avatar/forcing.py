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

from core.model.attention import KeyValues, corrupted
from core.model.flow import clean_from
from core.model.generator import Generator, References
from core.model.rotary import Rotation, rotate
from core.training.avatar.samples import heard


class Script(NamedTuple):
    """What clips are drawn for."""

    features: Tensor
    """(batch, frames, features)"""
    references: Tensor
    """(batch, references, channels, grid, grid)"""
    present: Tensor
    """(batch, references)"""


class Past(NamedTuple):
    """What all layers offered of latents before; keys are rotated."""

    keys: Tensor
    """(layers, batch, heads, tokens, head_width)"""
    values: Tensor


class Block(NamedTuple):
    """One block at the exit step, and all that it looked at."""

    when: Tensor
    """Positions of its latents, (block,)."""
    point: Tensor
    """Noisy latents, (batch, block, channels, grid, grid)."""
    clean: Tensor
    """Where the student sees them end, without gradients."""
    past: Past
    script: Script
    """Its references are the student's own first latent where that takes their place."""


@dataclass(frozen=True)
class Forcing:
    """How a student draws."""

    times: tuple[float, ...]
    """Of its steps, and the end; see `core.model.flow.schedule`."""
    block: int
    """Latents drawn together."""
    corruption: float
    """Noise in remembered keys and values, as a share of their size (History Corrupt)."""
    renews: bool
    """Whether the first latent drawn takes the references' place (adaptive attention sink)."""


@dataclass(frozen=True)
class _Following:
    """One block's tokens see references, a past, and themselves."""

    rotation: Rotation
    references: KeyValues
    past: KeyValues
    visible: Tensor
    """(batch, 1, 1, keys)"""

    def look(self, pair: Tensor, values: Tensor) -> Tensor:
        """See `core.model.attention.View`."""
        queries, keys = rotate(pair, self.rotation)
        offered = (self.references, self.past, KeyValues(keys, values))
        return functional.scaled_dot_product_attention(
            queries,
            torch.cat([offer.keys.type_as(queries) for offer in offered], 2),
            torch.cat([offer.values.type_as(queries) for offer in offered], 2),
            attn_mask=self.visible,
        )


class Told(NamedTuple):
    """What a student makes of a script."""

    audio: Tensor
    """(batch, latents, width)"""
    references: References


def told(student: Generator, script: Script) -> Told:
    """Hear the sound and look at the references."""
    references = student.references(script.references, script.present)
    return Told(heard(student, script.features), references)


@torch.no_grad()
def rolled_out(
    student: Generator, script: Script, noise: Tensor, forcing: Forcing, step: int
) -> list[Block]:
    """Draw clips, leaving each block at an exit step (Algorithm 1, lines 5 to 21).

    noise: (batch, latents, channels, grid, grid). Between steps the flow is followed as live
    (Algorithm 3, line 9), so that a student learns from what it will do.
    """
    batch, count = noise.shape[:2]
    known = told(student, script)
    blocks: list[Block] = []
    pasts = [_nothing(student, noise)] * (step + 1)
    for start in range(0, count, forcing.block):
        when = torch.arange(start, min(start + forcing.block, count), device=noise.device)
        point, before = noise[:, start : start + forcing.block], pasts[step]
        for now, (time, then) in enumerate(pairwise(forcing.times[: step + 2])):
            said, offer = seen(student, known, point, time, when, pasts[now])
            pasts[now] = _longer(student, pasts[now], offer, forcing.corruption)
            left, point = point, point + (then - time) * said
        clean = clean_from(left, said, time)
        blocks.append(Block(when, left, clean, before, script))
        if forcing.renews and start == 0:
            everyone = script.present.new_ones(batch, 1)
            script = script._replace(references=clean[:, :1], present=everyone)
            known = told(student, script)
    return blocks


def seen(
    student: Generator, known: Told, point: Tensor, time: float, when: Tensor, past: Past
) -> tuple[Tensor, Past]:
    """Return the velocity of one block, and what its layers offer; gradients flow but to `past`."""
    first = (when == 0).expand(len(point), -1)
    rotation = student.rotary.at(when)
    views = _views(student, known.references, when, rotation, past)
    moment = student.moment(point.new_full((1, 1), time))
    audio = known.audio.index_select(1, when)
    said, offers = student.step(point, moment, audio, first, views)
    keys = torch.stack([rotate(offer.keys, rotation) for offer in offers])
    return said, Past(keys, torch.stack([offer.values for offer in offers]))


def _views(
    student: Generator, references: References, when: Tensor, rotation: Rotation, past: Past
) -> Sequence[_Following]:
    count, tokens = references.present.shape[1], student.config.tokens
    sink = student.rotary.at((when[:1] + student.config.sink_distance).expand(count))
    present = references.present.repeat_interleave(tokens, 1)
    others = past.keys.shape[3] + len(when) * tokens
    visible = functional.pad(present, (0, others), value=True)[:, None, None]
    offered = zip(references.keys, references.values, *past, strict=True)
    return [
        _Following(rotation, KeyValues(rotate(k, sink), v), KeyValues(*known), visible)
        for k, v, *known in offered
    ]


def _nothing(student: Generator, like: Tensor) -> Past:
    config = student.config
    empty = like.new_zeros(config.layers, len(like), config.heads, 0, config.head_width)
    return Past(empty, empty)


def _longer(student: Generator, past: Past, offer: Past, corruption: float) -> Past:
    """Remember one block more, corrupted, and no more latents than the network looks back."""
    noisy = corrupted(KeyValues(*offer), corruption)
    longest = student.config.history * student.config.tokens
    pairs = zip(past, noisy, strict=True)
    return Past(*(torch.cat([old.type_as(new), new], 3)[..., -longest:, :] for old, new in pairs))
