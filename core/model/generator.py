"""The generator: a rectified flow transformer that draws latents block after block."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from core.model.attention import Alone, BlockCausal, Clocks, KeyValues, View, block_causal
from core.model.audio import TemporalEmbedder
from core.model.generator_config import GeneratorConfig
from core.model.layers import Row
from core.model.rotary import Rotary
from core.model.transformer import ROWS, Clock, Layer, Moment, modulated


class Conditions(NamedTuple):
    """What a clip of latents is drawn for."""

    audio: Tensor
    """From `Generator.audio`, (batch, latents, audio.width)."""
    heard: Tensor
    """Whether there is any, else a learned null embedding stands in, (batch,)."""
    references: Tensor
    """(batch, references, channels, grid, grid); their order does not matter."""
    present: Tensor
    """Which there are, (batch, references); where none, a null embedding stands in."""
    first: Tensor
    """Which latents are a stream's first, a single frame, (batch, latents)."""


class Context(NamedTuple):
    """Past latents that blocks know: clean, but for noise against drift."""

    latents: Tensor
    """(batch, latents, channels, grid, grid), of the same times as those to be drawn."""
    time: Tensor
    """How noisy the generator shall believe them, (batch, latents)."""


class References(NamedTuple):
    """What all layers offer of the reference latents; keys are not rotated."""

    keys: Tensor
    """(layers, batch, heads, references * tokens, head_width)"""
    values: Tensor
    present: Tensor
    """(batch, references)"""


class Generator(nn.Module):
    """Says in which direction noisy latents must go to become a speaking portrait's.

    `forward` computes all blocks of a clip at once, for training. Live, `references` and `step`
    come to the same numbers block after block; see `core.model.rollout`.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        width, channels = config.width, config.channels
        self.config = config
        self.rotary = Rotary(config.head_width, config.grid, config.period)
        self.audio = TemporalEmbedder(config.audio)
        self.embed = nn.Linear(channels + config.audio.width, width)
        self.clock = Clock(width)
        layers = (Layer(width, config.heads, config.expansion) for _ in range(config.layers))
        self.layers: Row[Layer] = Row(layers)
        # Not in the layers, which may be divided among processes: moments are made outside them.
        rows = torch.tensor(ROWS)[:, None]
        self.modulation = nn.Parameter(rows.repeat(config.layers, 1, width))
        self.last_modulation = nn.Parameter(torch.tensor([[0.0], [1.0]]).repeat(1, width))
        self.velocity = nn.Linear(width, channels)
        self.first_mark = nn.Parameter(torch.randn(width) * 0.02)
        self.reference_mark = nn.Parameter(torch.randn(width) * 0.02)
        self.no_audio = nn.Parameter(torch.randn(config.audio.width) * 0.02)
        self.no_reference = nn.Parameter(torch.randn(channels) * 0.02)
        nn.init.zeros_(self.velocity.weight)
        nn.init.zeros_(self.velocity.bias)

    def hear(self, audio: Tensor, heard: Tensor) -> Tensor:
        """Return (batch, latents, audio.width), a null embedding where nothing is `heard`."""
        return torch.where(heard[:, None, None], audio, self.no_audio)

    def moment(self, time: Tensor) -> Moment:
        """Return what times, (batch, latents) in [0, 1], mean to each layer."""
        signal, shared = self.clock(time)
        own = self.modulation[:, :, None, None, None]
        layers = own + shared.movedim(2, 0)[..., None, :]
        return Moment(layers, self.last_modulation[:, None, None, None] + signal[:, :, None])

    def references(self, references: Tensor, present: Tensor) -> References:
        """Return what layers offer of (batch, references, channels, grid, grid).

        Each reference sees itself only and all lie at the same distance: their order does not
        matter, and they need computing once. `present` is (batch, references).
        """
        latents, present = self._or_none(references, present)
        batch, count = present.shape
        alone = latents.flatten(0, 1)[:, None]  # (batch * count, 1, channels, grid, grid)
        silence = alone.new_zeros(batch * count, 1, self.config.audio.width)
        x = self._tokens(alone, silence) + self.first_mark + self.reference_mark
        now = torch.zeros(1, dtype=torch.long, device=x.device)
        views = [Alone(self.rotary.at(now))] * len(self.layers)
        _, offers = self._through(x, self.moment(x.new_zeros(1, 1)), views)
        keys, values = (
            torch.stack(part)
            .view(len(self.layers), batch, count, *part[0].shape[1:])
            .transpose(2, 3)
            .flatten(3, 4)
            for part in zip(*offers, strict=True)
        )
        return References(keys, values, present)

    def step(
        self, latents: Tensor, moment: Moment, audio: Tensor, first: Tensor, views: Sequence[View]
    ) -> tuple[Tensor, list[KeyValues]]:
        """Return the velocity of latents, and what each layer's tokens offer to look at.

        `latents` and velocity (batch, latents, channels, grid, grid), `audio` from `hear`, `first`
        as in `Conditions`, and a view for each layer.
        """
        x = self._tokens(latents, audio) + first[..., None, None] * self.first_mark
        x, offers = self._through(x, moment, views)
        y = self.velocity(modulated(x, *moment.last))  # (batch, latents, tokens, channels)
        return y.transpose(2, 3).reshape(latents.shape).type_as(latents), offers

    def forward(
        self,
        latents: Tensor,
        time: Tensor,
        given: Conditions,
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
        audio = self.hear(given.audio, given.heard)
        references = self.references(given.references, given.present)
        past: list[KeyValues] | None = None
        if context is not None:
            views = self._views(references, starts, None, history, 0.0)
            _, past = self.step(
                context.latents, self.moment(context.time), audio, given.first, views
            )
        views = self._views(references, starts, past, history, corruption)
        return self.step(latents, self.moment(time), audio, given.first, views)[0]

    def _views(
        self,
        references: References,
        starts: Tensor,
        past: list[KeyValues] | None,
        history: int | None,
        corruption: float,
    ) -> list[View]:
        tokens = self.config.tokens
        batch, count = references.present.shape
        apart = past is not None or corruption > 0
        seen = block_causal(starts, tokens, history, apart).expand(batch, -1, -1)
        present = references.present.repeat_interleave(tokens, 1)[:, None]
        visible = torch.cat([present.expand(-1, seen.shape[1], -1), seen], 2)[:, None]
        clocks = self._clocks(starts, count)
        return [
            BlockCausal(
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

    def _clocks(self, starts: Tensor, references: int) -> Clocks:
        when = torch.arange(len(starts), device=starts.device)
        distance = when.new_full((references,), self.config.sink_distance)
        return Clocks(self.rotary.at(when), self.rotary.at(when - starts), self.rotary.at(distance))

    def _or_none(self, references: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        """Put the null embedding, as one reference, where there is none."""
        if present.shape[1] == 0:
            references = references.new_zeros(len(references), 1, *references.shape[2:])
            present = present.new_zeros(len(present), 1)
        latents = torch.where(
            present[:, :, None, None, None], references, self.no_reference[:, None, None]
        )
        none = ~present.any(1, keepdim=True)
        return latents, torch.cat([present[:, :1] | none, present[:, 1:]], 1)

    def _tokens(self, latents: Tensor, audio: Tensor) -> Tensor:
        """Return (batch, latents, tokens, width): every position of a latent hears the same."""
        x = latents.flatten(3).transpose(2, 3)  # (batch, latents, tokens, channels)
        heard = audio[:, :, None].expand(-1, -1, x.shape[2], -1)
        # Latents stay in full precision between steps, whatever the layers compute in.
        y: Tensor = self.embed(torch.cat([x, heard], 3).type_as(self.embed.weight))
        return y

    def _through(
        self, x: Tensor, moment: Moment, views: Sequence[View]
    ) -> tuple[Tensor, list[KeyValues]]:
        offers = []
        rows = moment.layers.flatten(0, 1).unbind()
        for n, (layer, view) in enumerate(zip(self.layers, views, strict=True)):
            x, offer = layer(x, rows[6 * n : 6 * n + 6], view)
            offers.append(offer)
        return x, offers
