"""Configuration of the generator and of its sampling, and its presets."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

MAX_BLOCK = 4
"""Latents of one block at most."""
MIN_HEAD_WIDTH = 12
"""Two rotary pairs each for time, row and column."""
KVCacheMode = Literal["timestep-forcing", "clean"]
"""Whether past blocks are cached as noisy as the present one (2512.04677), or clean, in windows
(2606.01620)."""


@dataclass(frozen=True)
class AudioConfig:
    """Audio conditioning of one latent, in frames of 40 ms."""

    feature_size: int = 128
    """Features of the audio encoder per frame."""
    hidden: int = 256
    """Hidden width of the embedder's MLPs."""
    width: int = 64
    """Of the embedding of each latent."""
    past_frames: int = 4
    """Frames of context before a latent's own."""
    lookahead_frames: int = 0
    """Frames after its own; they add to the audio encoder's lag."""
    frames_per_latent: int = 4
    """As the VAE has it, see `AvatarConfig`; a stream's first latent spans one frame."""
    encoder: str = ""
    """Fingerprint of the audio encoder that gives the features; none for our own."""

    def __post_init__(self) -> None:
        if self.past_frames < 1 or self.lookahead_frames < 0:
            raise ValueError(
                f"past {self.past_frames}, ahead {self.lookahead_frames}; expected >= 1 and >= 0"
            )


@dataclass(frozen=True)
class Sampling:
    """How latents are sampled: as the model was trained for; all of it may change at run time."""

    block: int
    """Latents per autoregressive block, 1 to MAX_BLOCK."""
    steps: int
    """Euler steps per block."""
    shift: float
    """Of the timestep schedule, towards noise."""
    cfg_scale: float
    """Scale of classifier-free guidance; 1 means none, at half the cost of any other."""
    kv_cache: KVCacheMode = "timestep-forcing"
    replaces_sink: bool = False
    """Whether a stream's own first latent replaces the references (adaptive attention sink)."""
    temperature: float = 1.0
    """Standard deviation of the noise that a block is sampled from, in that of training. Below 1,
    chance moves the person less."""
    lip_temperature: float = 1.0
    """The same in the directions of latents in which lips part (`Generator.lip_basis`). Below 1,
    they follow the sound more closely, and rest where nothing is heard (decision 0059)."""

    def __post_init__(self) -> None:
        if not 1 <= self.block <= MAX_BLOCK:
            raise ValueError(f"block of {self.block} latents, expected 1 to {MAX_BLOCK}")
        if self.steps < 1 or self.shift <= 0:
            raise ValueError(f"{self.steps} steps, shift {self.shift}; expected >= 1 and > 0")
        for temperature in (self.temperature, self.lip_temperature):
            if not 0 <= temperature <= 1:
                raise ValueError(f"temperature {temperature}, expected 0 to 1")


@dataclass(frozen=True)
class GeneratorConfig:
    """Shape of a `Generator`."""

    grid: int
    """Rows, and columns, of a latent."""
    width: int
    layers: int
    heads: int
    mlp_ratio: int
    """Hidden width of a layer's MLP, in widths."""
    audio: AudioConfig
    sampling: Sampling
    latent_channels: int = 64
    window: int = 32
    """Latents in the KV cache when the past is clean."""
    history: int = 16
    """Latents before its own block that a latent sees when the past is noisy."""
    sink_distance: int = 8
    """Rotary distance of the references (attention sink) after the first latent of a block."""
    rolling_sink: bool = True
    """Whether the references stay at that distance as the stream goes on, or where they were for
    the first block (an ablation of 2512.04677)."""
    lip_directions: int = 0
    """Directions of latents in which lips part, whose noise has a temperature of its own."""
    rotary_period: int = 128
    """Latents after which rotary positions repeat; beyond any distance that can occur."""

    def __post_init__(self) -> None:
        if self.width % (4 * self.heads) or self.head_width < MIN_HEAD_WIDTH:
            raise ValueError(
                f"width {self.width} for {self.heads} heads; expected a multiple of 4 for each, "
                f"at least {MIN_HEAD_WIDTH}"
            )
        farthest = max(self.window, self.history + MAX_BLOCK) + self.sink_distance
        if 2 * farthest > self.rotary_period:
            raise ValueError(f"period {self.rotary_period}, expected at least {2 * farthest}")

    @property
    def head_width(self) -> int:
        """Width of one attention head."""
        return self.width // self.heads

    @property
    def tokens_per_latent(self) -> int:
        """Tokens of one latent."""
        return self.grid**2


_PAPER = GeneratorConfig(
    grid=8,
    width=1536,
    layers=24,
    heads=12,
    mlp_ratio=4,
    audio=AudioConfig(hidden=1024, width=256),
    sampling=Sampling(block=4, steps=12, shift=5.0, cfg_scale=2.0, kv_cache="clean"),
)
_LITE = GeneratorConfig(
    grid=4,
    width=384,
    layers=8,
    heads=6,
    mlp_ratio=2,
    audio=AudioConfig(),
    sampling=Sampling(block=1, steps=4, shift=5.0, cfg_scale=1.0),
    history=8,
)
_MINI = replace(
    _LITE,
    grid=2,
    width=256,
    layers=6,
    heads=4,
    sampling=replace(_LITE.sampling, steps=2, shift=1.0, lip_temperature=0.3),
    lip_directions=16,
)
GENERATOR_PRESETS: Mapping[str, GeneratorConfig] = MappingProxyType(
    {"paper": _PAPER, "lite": _LITE, "mini": _MINI}
)
