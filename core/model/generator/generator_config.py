"""The shape of a generator, as data, and the two shapes we build."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MAX_BLOCK = 4
"""Latents that one block may span at most."""
MIN_HEAD_WIDTH = 12
"""Two pairs each to tell time, row and column."""


@dataclass(frozen=True)
class AudioConfig:
    """What one latent hears, in frames of 40 ms."""

    feature_size: int = 128
    """Numbers that the audio encoder gives per frame."""
    hidden: int = 256
    width: int = 64
    """Numbers that each latent is told."""
    past_frames: int = 4
    """Frames before a latent's own that it hears too."""
    lookahead_frames: int = 0
    """Frames after its own; they add to the audio encoder's lag."""
    frames_per_latent: int = 4
    """As in the VAE; the first latent of a stream spans one."""

    def __post_init__(self) -> None:
        if self.past_frames < 1 or self.lookahead_frames < 0:
            raise ValueError(
                f"past {self.past_frames}, ahead {self.lookahead_frames}; expected >= 1 and >= 0"
            )


@dataclass(frozen=True)
class Sampling:
    """How latents are drawn; all of it may change at run time."""

    block: int
    """Latents that are drawn together, 1 to LARGEST_BLOCK."""
    steps: int
    shift: float
    cfg_scale: float
    """Weight of the conditions; 1 means as learned, at half the cost of any other."""

    def __post_init__(self) -> None:
        if not 1 <= self.block <= MAX_BLOCK:
            raise ValueError(f"block of {self.block} latents, expected 1 to {MAX_BLOCK}")
        if self.steps < 1 or self.shift <= 0:
            raise ValueError(f"{self.steps} steps, shift {self.shift}; expected >= 1 and > 0")


@dataclass(frozen=True)
class GeneratorConfig:
    """Shape of a `Generator`."""

    grid: int
    """Rows, and columns, of a latent."""
    width: int
    layers: int
    heads: int
    mlp_ratio: int
    """Width of a layer's inner part, in widths."""
    audio: AudioConfig
    sampling: Sampling
    latent_channels: int = 64
    window: int = 32
    """Latents that know of each other when the past is clean."""
    history: int = 16
    """Latents before its own block that a latent sees when the past is noisy."""
    sink_distance: int = 8
    """How many latents after the first of a block its references seem to lie."""
    rotary_period: int = 128
    """Latents after which positions repeat; beyond any distance that can occur."""

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


GENERATOR_PRESETS: Mapping[str, GeneratorConfig] = MappingProxyType(
    {
        "paper": GeneratorConfig(
            grid=8,
            width=1536,
            layers=24,
            heads=12,
            mlp_ratio=4,
            audio=AudioConfig(hidden=1024, width=256),
            sampling=Sampling(block=4, steps=12, shift=5.0, cfg_scale=2.0),
        ),
        "lite": GeneratorConfig(
            grid=4,
            width=384,
            layers=8,
            heads=6,
            mlp_ratio=2,
            audio=AudioConfig(),
            sampling=Sampling(block=1, steps=4, shift=5.0, cfg_scale=1.0),
            history=8,
        ),
    }
)
