"""The generator: a rectified flow transformer that draws latents block after block."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from core.model.attention import (
    AttentionPattern,
    BlockCausalAttention,
    FullAttention,
    KeyValues,
    RotaryPhases,
    block_causal_mask,
)
from core.model.generator.audio_embedder import AudioEmbedder
from core.model.generator.dit_block import (
    INITIAL_MODULATION,
    DiTBlock,
    Modulation,
    TimestepEmbedder,
    modulate,
)
from core.model.generator.generator_config import GeneratorConfig
from core.model.module_list import TypedModuleList
from core.model.rotary import RotaryEmbedding


class Conditions(NamedTuple):
    """What a clip of latents is drawn for."""

    audio: Tensor
    """From `Generator.audio`, (batch, latents, audio.width)."""
    has_audio: Tensor
    """Whether there is any, else a learned null embedding stands in, (batch,)."""
    references: Tensor
    """(batch, references, channels, grid, grid); their order does not matter."""
    has_reference: Tensor
    """Which there are, (batch, references); where none, a null embedding stands in."""
    is_first: Tensor
    """Which latents are a stream's first, a single frame, (batch, latents)."""


class Context(NamedTuple):
    """Past latents that blocks know: clean, but for noise against drift."""

    latents: Tensor
    """(batch, latents, channels, grid, grid), of the same times as those to be drawn."""
    timestep: Tensor
    """How noisy the generator shall believe them, (batch, latents)."""


class ReferenceKeyValues(NamedTuple):
    """What all layers offer of the reference latents; keys are not rotated."""

    keys: Tensor
    """(layers, batch, heads, references * tokens, head_width)"""
    values: Tensor
    has_reference: Tensor
    """(batch, references)"""


class Generator(nn.Module):
    """Says in which direction noisy latents must go to become a speaking portrait's.

    `forward` computes all blocks of a clip at once, for training. Live, `references` and `step`
    come to the same numbers block after block; see `core.model.generator.rollout`.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        width, channels = config.width, config.latent_channels
        self.config = config
        self.rotary = RotaryEmbedding(config.head_width, config.grid, config.rotary_period)
        self.audio_embedder = AudioEmbedder(config.audio)
        self.input_proj = nn.Linear(channels + config.audio.width, width)
        self.timestep_embedder = TimestepEmbedder(width)
        layers = (DiTBlock(width, config.heads, config.mlp_ratio) for _ in range(config.layers))
        self.layers: TypedModuleList[DiTBlock] = TypedModuleList(layers)
        # Not in the layers, which may be divided among processes: moments are made outside them.
        rows = torch.tensor(INITIAL_MODULATION)[:, None]
        self.modulation_table = nn.Parameter(rows.repeat(config.layers, 1, width))
        self.final_modulation_table = nn.Parameter(torch.tensor([[0.0], [1.0]]).repeat(1, width))
        self.velocity_proj = nn.Linear(width, channels)
        self.first_embedding = nn.Parameter(torch.randn(width) * 0.02)
        self.reference_embedding = nn.Parameter(torch.randn(width) * 0.02)
        self.null_audio = nn.Parameter(torch.randn(config.audio.width) * 0.02)
        self.null_reference = nn.Parameter(torch.randn(channels) * 0.02)
        nn.init.zeros_(self.velocity_proj.weight)
        nn.init.zeros_(self.velocity_proj.bias)

    def apply_null_audio(self, audio: Tensor, has_audio: Tensor) -> Tensor:
        """Return (batch, latents, audio.width), a null embedding where nothing is `heard`."""
        return torch.where(has_audio[:, None, None], audio, self.null_audio)

    def modulate_at(self, timestep: Tensor) -> Modulation:
        """Return what times, (batch, latents) in [0, 1], mean to each layer."""
        signal, shared = self.timestep_embedder(timestep)
        own = self.modulation_table[:, :, None, None, None]
        layers = own + shared.movedim(2, 0)[..., None, :]
        return Modulation(
            layers, self.final_modulation_table[:, None, None, None] + signal[:, :, None]
        )

    def reference_key_values(self, references: Tensor, has_reference: Tensor) -> ReferenceKeyValues:
        """Return what layers offer of (batch, references, channels, grid, grid).

        Each reference sees itself only and all lie at the same distance: their order does not
        matter, and they need computing once. `present` is (batch, references).
        """
        latents, has_reference = self._with_null_reference(references, has_reference)
        batch, count = has_reference.shape
        alone = latents.flatten(0, 1)[:, None]  # (batch * count, 1, channels, grid, grid)
        silence = alone.new_zeros(batch * count, 1, self.config.audio.width)
        x = self._tokens(alone, silence) + self.first_embedding + self.reference_embedding
        now = torch.zeros(1, dtype=torch.long, device=x.device)
        views = [FullAttention(self.rotary.rotation_at(now))] * len(self.layers)
        _, offers = self._run_layers(x, self.modulate_at(x.new_zeros(1, 1)), views)
        keys, values = (
            torch.stack(part)
            .view(len(self.layers), batch, count, *part[0].shape[1:])
            .transpose(2, 3)
            .flatten(3, 4)
            for part in zip(*offers, strict=True)
        )
        return ReferenceKeyValues(keys, values, has_reference)

    def predict_velocity(
        self,
        latents: Tensor,
        modulation: Modulation,
        audio: Tensor,
        is_first: Tensor,
        patterns: Sequence[AttentionPattern],
    ) -> tuple[Tensor, list[KeyValues]]:
        """Return the velocity of latents, and what each layer's tokens offer to look at.

        `latents` and velocity (batch, latents, channels, grid, grid), `audio` from `hear`, `first`
        as in `Conditions`, and a view for each layer.
        """
        x = self._tokens(latents, audio) + is_first[..., None, None] * self.first_embedding
        x, offers = self._run_layers(x, modulation, patterns)
        y = self.velocity_proj(modulate(x, *modulation.final))  # (batch, latents, tokens, channels)
        return y.transpose(2, 3).reshape(latents.shape).type_as(latents), offers

    def forward(
        self,
        latents: Tensor,
        timestep: Tensor,
        conditions: Conditions,
        starts: Tensor,
        context: Context | None = None,
        history: int | None = None,
        corruption: float = 0.0,
    ) -> Tensor:
        """Return the velocity of noisy latents, (batch, latents, channels, grid, grid).

        `time` (batch, latents) is one value per block; `starts` as from `block_starts`. Blocks
        know those before them by `context` (2606.01620) or else as noisy as these are themselves
        (2512.04677), and at most `history` latents back. `corruption`: see `corrupted`.
        """
        audio = self.apply_null_audio(conditions.audio, conditions.has_audio)
        references = self.reference_key_values(conditions.references, conditions.has_reference)
        past: list[KeyValues] | None = None
        if context is not None:
            views = self._block_causal_attention(references, starts, None, history, 0.0)
            _, past = self.predict_velocity(
                context.latents,
                self.modulate_at(context.timestep),
                audio,
                conditions.is_first,
                views,
            )
        views = self._block_causal_attention(references, starts, past, history, corruption)
        return self.predict_velocity(
            latents, self.modulate_at(timestep), audio, conditions.is_first, views
        )[0]

    def _block_causal_attention(
        self,
        references: ReferenceKeyValues,
        starts: Tensor,
        past: list[KeyValues] | None,
        history: int | None,
        corruption: float,
    ) -> list[AttentionPattern]:
        tokens = self.config.tokens_per_latent
        batch, count = references.has_reference.shape
        apart = past is not None or corruption > 0
        seen = block_causal_mask(starts, tokens, history, apart).expand(batch, -1, -1)
        present = references.has_reference.repeat_interleave(tokens, 1)[:, None]
        visible = torch.cat([present.expand(-1, seen.shape[1], -1), seen], 2)[:, None]
        clocks = self._rotary_phases(starts, count)
        return [
            BlockCausalAttention(
                self.rotary,
                clocks,
                KeyValues(keys, values),
                visible,
                None if past is None else past[layer],
                corruption,
            )
            for layer, (keys, values) in enumerate(
                zip(references.keys, references.values, strict=True)
            )
        ]

    def _rotary_phases(self, starts: Tensor, references: int) -> RotaryPhases:
        when = torch.arange(len(starts), device=starts.device)
        distance = when.new_full((references,), self.config.sink_distance)
        return RotaryPhases(
            self.rotary.rotation_at(when),
            self.rotary.rotation_at(when - starts),
            self.rotary.rotation_at(distance),
        )

    def _with_null_reference(self, references: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        """Put the null embedding, as one reference, where there is none."""
        if present.shape[1] == 0:
            references = references.new_zeros(len(references), 1, *references.shape[2:])
            present = present.new_zeros(len(present), 1)
        latents = torch.where(
            present[:, :, None, None, None], references, self.null_reference[:, None, None]
        )
        none = ~present.any(1, keepdim=True)
        return latents, torch.cat([present[:, :1] | none, present[:, 1:]], 1)

    def _tokens(self, latents: Tensor, audio: Tensor) -> Tensor:
        """Return (batch, latents, tokens, width): every position of a latent hears the same."""
        x = latents.flatten(3).transpose(2, 3)  # (batch, latents, tokens, channels)
        heard = audio[:, :, None].expand(-1, -1, x.shape[2], -1)
        # Latents stay in full precision between steps, whatever the layers compute in.
        y: Tensor = self.input_proj(torch.cat([x, heard], 3).type_as(self.input_proj.weight))
        return y

    def _run_layers(
        self, x: Tensor, modulation: Modulation, patterns: Sequence[AttentionPattern]
    ) -> tuple[Tensor, list[KeyValues]]:
        offers = []
        rows = modulation.layers.flatten(0, 1).unbind()
        for n, (layer, view) in enumerate(zip(self.layers, patterns, strict=True)):
            x, offer = layer(x, rows[6 * n : 6 * n + 6], view)
            offers.append(offer)
        return x, offers
