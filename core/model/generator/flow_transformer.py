"""The generator: a rectified flow transformer (DiT) that samples latents block after block.

- rectified flow, velocity prediction; a timestep per block (diffusion forcing)
- blockwise autoregressive: block-causal attention in training, a KV cache live
- adaLN-single modulation by the timestep, with a table per layer
- 3-D rotary positions (time, row, column), QK norm
- references as attention sink, at a constant rotary distance before every block
- audio concatenated to the latent channels of every token
- learned null embeddings for missing audio and references (classifier-free guidance)

Papers: 2606.01620 (clean past), 2512.04677 (a past as noisy as the present: timestep forcing).
"""

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
    DiTBlock,
    Modulation,
    TimestepEmbedder,
    modulate,
)
from core.model.generator.generator_config import GeneratorConfig, Sampling
from core.model.module_list import TypedModuleList
from core.model.rotary import RotaryEmbedding


class Conditions(NamedTuple):
    """What a clip of latents is conditioned on."""

    audio: Tensor
    """From `Generator.audio_embedder`, (batch, latents, audio.width)."""
    has_audio: Tensor
    """Whether there is any, else a learned null embedding stands in, (batch,)."""
    references: Tensor
    """(batch, references, channels, grid, grid); their order does not matter."""
    has_reference: Tensor
    """Which there are, (batch, references); where none, a null embedding stands in."""
    is_first: Tensor
    """Which latents are a stream's first, a single frame, (batch, latents)."""


class Context(NamedTuple):
    """Past latents for teacher forcing: clean, but for noise against drift."""

    latents: Tensor
    """(batch, latents, channels, grid, grid), at the same positions as those to be sampled."""
    timestep: Tensor
    """The noise level that the generator is told, (batch, latents)."""


class ReferenceKeyValues(NamedTuple):
    """Keys and values of the reference latents in all layers; keys are not rotated."""

    keys: Tensor
    """(layers, batch, heads, references * tokens, head_width)"""
    values: Tensor
    has_reference: Tensor
    """(batch, references)"""


def sink_position(config: GeneratorConfig, start: Tensor) -> Tensor:
    """Return the position of the references for a block that begins at `start`."""
    return start * int(config.rolling_sink) + config.sink_distance


class Generator(nn.Module):
    """Predicts the velocity of noisy latents, from audio, references and past latents.

    `forward` computes all blocks of a clip at once, for training. Live, `reference_key_values` and
    `predict_velocity` give the same numbers block after block; see `core.model.generator.rollout`.
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
        # Not in the layers, which may be sharded: modulation is computed outside of them.
        self.modulation_table = nn.Parameter(torch.empty(config.layers, 6, width))
        self.final_modulation_table = nn.Parameter(torch.empty(2, width))
        self.velocity_proj = nn.Linear(width, channels)
        self.first_embedding = nn.Parameter(torch.empty(width))
        self.reference_embedding = nn.Parameter(torch.empty(width))
        self.null_audio = nn.Parameter(torch.empty(config.audio.width))
        self.null_reference = nn.Parameter(torch.empty(channels))
        self.lip_basis: Tensor
        basis = torch.zeros(config.lip_directions, channels * config.tokens_per_latent)
        self.register_buffer("lip_basis", basis, persistent=config.lip_directions > 0)
        self._init_weights()

    @torch.no_grad()
    def _init_weights(self) -> None:
        """Initialise what does not begin as torch's default.

        timestep_embedder.modulation   0: the tables alone modulate
        velocity_proj                  0: no velocity
        modulation tables              shift 0, scale 1, gate 0: layers are identities
        embeddings, null embeddings    normal, standard deviation 0.02
        """
        for linear in (self.timestep_embedder.modulation, self.velocity_proj):
            nn.init.zeros_(linear.weight)
            nn.init.zeros_(linear.bias)
        shift_scale_gate = torch.tensor([[0.0], [1.0], [0.0]])
        self.modulation_table.copy_(shift_scale_gate.repeat(2, 1))  # of attention, of the MLP
        self.final_modulation_table.copy_(shift_scale_gate[:2])
        for embedding in (
            self.first_embedding,
            self.reference_embedding,
            self.null_audio,
            self.null_reference,
        ):
            embedding.copy_(0.02 * torch.randn_like(embedding))

    def scale_noise(self, noise: Tensor, sampling: Sampling) -> Tensor:
        """Scale standard normal noise (batch, latents, channels, grid, grid) by the temperatures.

        `lip_basis`, (directions, channels * grid * grid), is orthonormal, or zero where the
        directions in which lips part are not known.
        """
        if sampling.temperature == sampling.lip_temperature == 1:
            return noise
        basis = self.lip_basis.type_as(noise)
        along = (noise.flatten(2) @ basis.T @ basis).view_as(noise)
        more = sampling.lip_temperature - sampling.temperature
        return sampling.temperature * noise + more * along

    def apply_null_audio(self, audio: Tensor, has_audio: Tensor) -> Tensor:
        """Return (batch, latents, audio.width), with the null embedding where there is no audio."""
        return torch.where(has_audio[:, None, None], audio, self.null_audio)

    def modulate_at(self, timestep: Tensor) -> Modulation:
        """Return the modulation of all layers at timesteps, (batch, latents) in [0, 1]."""
        embedding, shared = self.timestep_embedder(timestep)
        table = self.modulation_table[:, :, None, None, None]
        final_table = self.final_modulation_table[:, None, None, None]
        layers = table + shared.movedim(2, 0)[..., None, :]
        return Modulation(layers, final_table + embedding[:, :, None])

    def modulate_block(self, timestep: float) -> Modulation:
        """Return the modulation of all layers at one timestep for all latents.

        The timestep is in full precision, whatever the layers compute in: the fastest sine of its
        embedding turns by 1.7 rad within what bfloat16 rounds away.
        """
        weight = self.velocity_proj.weight
        full = torch.full((1, 1), timestep, dtype=torch.float32, device=weight.device)
        return self.modulate_at(full)

    def reference_key_values(self, references: Tensor, has_reference: Tensor) -> ReferenceKeyValues:
        """Compute the keys and values of references, (batch, references, channels, grid, grid).

        Each reference attends to itself only and all lie at the same distance: their order does not
        matter, and they need computing once. `has_reference` is (batch, references).
        """
        latents, has_reference = self._with_null_reference(references, has_reference)
        batch, count = has_reference.shape
        clips = latents.flatten(0, 1)[:, None]  # (batch * count, 1, channels, grid, grid)
        silence = clips.new_zeros(batch * count, 1, self.config.audio.width)
        x = self._tokens(clips, silence) + self.first_embedding + self.reference_embedding
        position = torch.zeros(1, dtype=torch.long, device=x.device)
        patterns = [FullAttention(self.rotary.rotation_at(position))] * len(self.layers)
        _, key_values = self._run_layers(x, self.modulate_at(x.new_zeros(1, 1)), patterns)
        keys, values = (
            torch.stack(part)
            .view(len(self.layers), batch, count, *part[0].shape[1:])
            .transpose(2, 3)
            .flatten(3, 4)
            for part in zip(*key_values, strict=True)
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
        """Return the velocity of latents, and each layer's keys and values of their tokens.

        `latents` and velocity (batch, latents, channels, grid, grid), `audio` from
        `apply_null_audio`, `is_first` as in `Conditions`, an attention pattern for each layer.
        """
        x = self._tokens(latents, audio) + is_first[..., None, None] * self.first_embedding
        x, key_values = self._run_layers(x, modulation, patterns)
        y = self.velocity_proj(modulate(x, *modulation.final))  # (batch, latents, tokens, channels)
        return y.transpose(2, 3).reshape(latents.shape).type_as(latents), key_values

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

        `timestep` (batch, latents) is one value per block; `starts` as from `block_starts`. Blocks
        attend to those before them as `context` (teacher forcing, 2606.01620) or else as noisy as
        these are themselves (timestep forcing, 2512.04677), and at most `history` latents back.
        `corruption`: see `corrupt_history`.
        """
        is_first = conditions.is_first
        audio = self.apply_null_audio(conditions.audio, conditions.has_audio)
        references = self.reference_key_values(conditions.references, conditions.has_reference)
        past: list[KeyValues] | None = None
        if context is not None:
            patterns = self._block_causal_attention(references, starts, None, history, 0.0)
            modulation = self.modulate_at(context.timestep)
            _, past = self.predict_velocity(context.latents, modulation, audio, is_first, patterns)
        patterns = self._block_causal_attention(references, starts, past, history, corruption)
        modulation = self.modulate_at(timestep)
        return self.predict_velocity(latents, modulation, audio, is_first, patterns)[0]

    def _block_causal_attention(
        self,
        references: ReferenceKeyValues,
        starts: Tensor,
        past: list[KeyValues] | None,
        history: int | None,
        corruption: float,
    ) -> list[AttentionPattern]:
        """Return each layer's attention to references, past blocks and the block itself."""
        tokens, separate_past = self.config.tokens_per_latent, past is not None or corruption > 0
        batch, count = references.has_reference.shape
        causal = block_causal_mask(starts, tokens, history, separate_past).expand(batch, -1, -1)
        sink = references.has_reference.repeat_interleave(tokens, 1)[:, None]
        visible = torch.cat([sink.expand(-1, causal.shape[1], -1), causal], 2)[:, None]
        positions = torch.arange(len(starts), device=starts.device)
        distance = positions.new_full((count,), self.config.sink_distance)
        from_sink = positions - (starts if self.config.rolling_sink else 0)
        phases = RotaryPhases(*map(self.rotary.rotation_at, (positions, from_sink, distance)))
        pasts: Sequence[KeyValues | None] = past or [None] * len(self.layers)
        return [
            BlockCausalAttention(
                self.rotary, phases, KeyValues(keys, values), visible, layer_past, corruption
            )
            for keys, values, layer_past in zip(
                references.keys, references.values, pasts, strict=True
            )
        ]

    def _with_null_reference(
        self, references: Tensor, has_reference: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Put the null embedding, as one reference, where there is none."""
        if has_reference.shape[1] == 0:
            references = references.new_zeros(len(references), 1, *references.shape[2:])
            has_reference = has_reference.new_zeros(len(has_reference), 1)
        latents = torch.where(
            has_reference[:, :, None, None, None], references, self.null_reference[:, None, None]
        )
        none = ~has_reference.any(1, keepdim=True)
        return latents, torch.cat([has_reference[:, :1] | none, has_reference[:, 1:]], 1)

    def _tokens(self, latents: Tensor, audio: Tensor) -> Tensor:
        """Return (batch, latents, tokens, width); all tokens of a latent get the same audio."""
        x = latents.flatten(3).transpose(2, 3)  # (batch, latents, tokens, channels)
        audio = audio[:, :, None].expand(-1, -1, x.shape[2], -1)
        # Latents stay in full precision between steps, whatever the layers compute in.
        y: Tensor = self.input_proj(torch.cat([x, audio], 3).type_as(self.input_proj.weight))
        return y

    def _run_layers(
        self, x: Tensor, modulation: Modulation, patterns: Sequence[AttentionPattern]
    ) -> tuple[Tensor, list[KeyValues]]:
        all_key_values = []
        rows = modulation.layers.flatten(0, 1).unbind()
        for n, (layer, pattern) in enumerate(zip(self.layers, patterns, strict=True)):
            x, key_values = layer(x, rows[6 * n : 6 * n + 6], pattern)
            all_key_values.append(key_values)
        return x, all_key_values
