"""The shape of a causal video VAE, as data, and the two shapes we build."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType

RGB_CHANNELS = 3


@dataclass(frozen=True)
class StageConfig:
    """One level: a change of resolution on the way in, then residual blocks."""

    width: int
    """Channels."""
    depth: int = 1
    """Residual blocks."""
    spatial_factor: int = 1
    """Factor by which rows and columns change on the way in; up in a decoder, down otherwise."""
    temporal_factor: int = 1
    """Factor by which frames change on the way in, before rows and columns do."""
    temporal_kernel: int = 3
    """Frames that each block's temporal convolution sees, its own included."""
    resampling_kernel: int = 1
    """Size of the spatial convolution beside the shortcut on the way in."""
    depthwise: bool = False
    """Whether the blocks' spatial convolutions keep channels apart; those over time mix them."""


@dataclass(frozen=True)
class ReferenceAttentionConfig:
    """D_ref: where the decoder looks at the references."""

    width: int
    heads: int
    blocks: int
    mlp_ratio: int = 2
    """Width of a block's inner part, in widths."""
    patch_size: int = 1
    """Rows, and columns, of the mid level that make one token."""

    def __post_init__(self) -> None:
        if self.width % (4 * self.heads):
            raise ValueError(
                f"width {self.width} for {self.heads} heads; expected a multiple of 4 for each"
            )


@dataclass(frozen=True)
class WarpedSkipConfig:
    """The warped reference skip: see `core.model.vae.warped_skip`."""

    matching_channels: int = 64
    """Channels in which latent and references are compared."""
    feature_channels: int = 16
    """Channels of the references that are carried along at each level of D2."""
    hidden_channels: int = 8
    """Channels of what refines the flow."""

    def __post_init__(self) -> None:
        if self.matching_channels % 4:
            raise ValueError(
                f"matching in {self.matching_channels} channels, expected a multiple of 4"
            )


@dataclass(frozen=True)
class VaeConfig:
    """Shape of a `CausalVideoVae`."""

    size: int
    """Rows, and columns, of the frames it is made for; others work too."""
    e1: tuple[StageConfig, ...]
    """Pixels to mid level, where references are looked at."""
    e2: tuple[StageConfig, ...]
    """Mid level to latent."""
    d1: tuple[StageConfig, ...]
    """Latent to mid level."""
    d2: tuple[StageConfig, ...]
    """Mid level to nearly pixels; `finish` does the rest."""
    head_upsampling: int
    """Factor by which pixels are finer than D2's last level."""
    reference_attention: ReferenceAttentionConfig
    skip: WarpedSkipConfig | None = None
    latent_channels: int = 64
    """Of the latent."""
    shortcuts: bool = True
    """Whether changes of resolution have their shortcut (CR-VA)."""

    def __post_init__(self) -> None:
        if any(stage.temporal_factor > 1 for stage in (*self.e2, *self.d1)):
            raise ValueError("E2 or D1 changes time; expected E1 and D2 alone to do so")
        if (self.spatial_stride, self.frames_per_latent) != (
            self._upsampling("spatial"),
            self._upsampling("temporal"),
        ):
            raise ValueError(
                f"the encoder divides space by {self.spatial_stride} and time by {self.frames_per_latent}, the decoder "
                f"multiplies by {self._upsampling('spatial')} and {self._upsampling('temporal')}; expected the same"
            )
        if uneven := [s for s in (*self.e1, *self.e2) if s.width % s.spatial_factor**2]:
            raise ValueError(
                f"{uneven[0].width} channels where space shrinks by {uneven[0].spatial_factor}; "
                f"expected a multiple of {uneven[0].spatial_factor ** 2}"
            )
        if (
            self.mid_stride
            != prod(stage.spatial_factor for stage in self.d2) * self.head_upsampling
        ):
            raise ValueError("D1 ends at another resolution than E1; expected the same mid level")

    def _upsampling(self, axis: str) -> int:
        steps = prod(getattr(stage, f"{axis}_factor") for stage in (*self.d1, *self.d2))
        return int(steps * self.head_upsampling if axis == "spatial" else steps)

    @property
    def spatial_stride(self) -> int:
        """Rows of pixels per row of the latent."""
        return prod(stage.spatial_factor for stage in (*self.e1, *self.e2))

    @property
    def mid_stride(self) -> int:
        """Rows of pixels per row of the mid level."""
        return prod(stage.spatial_factor for stage in self.e1)

    @property
    def frames_per_latent(self) -> int:
        """Frames per latent, but for the first, which stands for one frame."""
        return prod(stage.temporal_factor for stage in self.e1)

    @property
    def compression_ratio(self) -> float:
        """How many numbers of video one number of the latent stands for."""
        return RGB_CHANNELS * self.spatial_stride**2 * self.frames_per_latent / self.latent_channels


VAE_PRESETS: Mapping[str, VaeConfig] = MappingProxyType(
    {
        "paper": VaeConfig(
            size=512,
            e1=(
                StageConfig(32, depth=2, resampling_kernel=3),
                StageConfig(128, depth=2, spatial_factor=2, resampling_kernel=3),
                StageConfig(256, depth=2, spatial_factor=2, temporal_factor=2, resampling_kernel=3),
                StageConfig(512, depth=2, spatial_factor=2, temporal_factor=2, resampling_kernel=3),
                StageConfig(1024, depth=0, spatial_factor=2, resampling_kernel=3),
            ),
            e2=(
                StageConfig(1024, spatial_factor=2, resampling_kernel=3),
                StageConfig(1024, spatial_factor=2, resampling_kernel=3),
            ),
            d1=(
                StageConfig(1024),
                StageConfig(1024, spatial_factor=2, resampling_kernel=3),
                StageConfig(1024, spatial_factor=2, resampling_kernel=3),
            ),
            reference_attention=ReferenceAttentionConfig(width=1024, heads=16, blocks=6),
            d2=(
                StageConfig(512, depth=2, spatial_factor=2),
                StageConfig(256, depth=2, spatial_factor=2, temporal_factor=2),
                StageConfig(128, depth=2, temporal_factor=2),
            ),
            head_upsampling=4,
        ),
        "lite": VaeConfig(
            size=256,
            e1=(
                StageConfig(24, spatial_factor=2, resampling_kernel=3),
                StageConfig(48, depth=2, spatial_factor=2, temporal_factor=2, resampling_kernel=3),
                StageConfig(192, depth=2, spatial_factor=2, temporal_factor=2, resampling_kernel=3),
            ),
            e2=(
                StageConfig(192, spatial_factor=2, resampling_kernel=3),
                StageConfig(256, spatial_factor=2, resampling_kernel=3),
                StageConfig(256, depth=0, spatial_factor=2, resampling_kernel=3),
            ),
            d1=(
                StageConfig(256, depth=0),
                StageConfig(256, spatial_factor=2),
                StageConfig(192, spatial_factor=2),
                StageConfig(192, depth=0, spatial_factor=2),
            ),
            reference_attention=ReferenceAttentionConfig(
                width=256, heads=4, blocks=2, patch_size=2
            ),
            skip=WarpedSkipConfig(),
            d2=(
                StageConfig(128),
                StageConfig(48, depth=4, spatial_factor=2, temporal_factor=2, depthwise=True),
                StageConfig(16, depth=0, spatial_factor=2, temporal_factor=2),
            ),
            head_upsampling=2,
        ),
    }
)
