"""Configuration of the causal video VAE, and its presets."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from types import MappingProxyType

RGB_CHANNELS = 3


@dataclass(frozen=True)
class StageConfig:
    """One stage: resampling on the way in, then residual blocks."""

    width: int
    """Channels."""
    depth: int = 1
    """Residual blocks."""
    spatial_factor: int = 1
    """Of spatial resampling on the way in: up in the decoder, down in the encoder."""
    temporal_factor: int = 1
    """Of temporal resampling on the way in, before spatial resampling."""
    temporal_kernel: int = 3
    """Size of each block's causal temporal convolution, in frames."""
    resampling_kernel: int = 1
    """Size of the spatial resampling's convolution."""
    depthwise: bool = False
    """Whether the blocks' spatial convolutions are depthwise; the temporal ones mix channels."""


@dataclass(frozen=True)
class ReferenceAttentionConfig:
    """Reference attention (D_ref): see `core.model.vae.reference_attention`."""

    width: int
    heads: int
    blocks: int
    mlp_ratio: int = 2
    """Hidden width of a block's MLP, in widths."""
    patch_size: int = 1
    """Rows, and columns, of the mid level that make one token."""

    def __post_init__(self) -> None:
        if self.width % (4 * self.heads):
            raise ValueError(
                f"width {self.width} for {self.heads} heads; expected a multiple of 4 for each"
            )


@dataclass(frozen=True)
class WarpedSkipConfig:
    """The warped skip: see `core.model.vae.warped_skip`."""

    flow_channels: int = 96
    """Hidden channels of the flow regression."""
    feature_channels: int = 16
    """Channels of the reference features that are warped at each level of D2."""
    hidden_channels: int = 8
    """Hidden channels of the flow refinement."""
    regressed_steps: int = 1
    """Steps within each latent whose flow is regressed; with 1 all its frames have the same, and
    the refinement alone tells them apart."""
    shows_stretch: bool = False
    """Whether the head sees how the finest flow stretches what references show: where lips part, it
    is drawn out to nothing."""
    carries_flow: bool = False
    """Whether flow goes on from latent to latent as it moves, see `CarriedFlow`: within one, heads
    move by less than latents tell."""
    flow_blocks: int = 0
    """Residual blocks of the flow regression."""
    placement_channels: int = 0
    """Hidden channels of what tells from whole latents where things are, see `Placement`; 0: the
    flow is regressed from the mid level alone."""
    sees_appearance: bool = False
    """Whether the flow regression sees what references look like: latents do not tell where hair
    and shoulders end."""
    scales_flow: bool = False
    """Whether the refinement scales flow too: what lies behind a head stands still."""
    layered: bool = False
    """Whether the flow is the person's alone, who are composited onto a plate of the background,
    see `core.model.vae.flow_field.Matting`."""
    opened: bool = False
    """Whether the first photo's lips are sealed, and it comes once more, its mouth opened and its
    eyes shut: it shows what is behind lips, and lids. Only of a person who is `layered`."""

    def __post_init__(self) -> None:
        if self.opened and not self.layered:
            raise ValueError("an opened photo without layers; expected the person alone")


@dataclass(frozen=True)
class VaeConfig:
    """Shape of a `CausalVideoVae`."""

    size: int
    """Rows, and columns, of the frames it is trained on; others work too."""
    e1: tuple[StageConfig, ...]
    """Encoder: pixels to mid level, where references are attended to."""
    e2: tuple[StageConfig, ...]
    """Encoder: mid level to latent."""
    d1: tuple[StageConfig, ...]
    """Decoder: latent to mid level."""
    d2: tuple[StageConfig, ...]
    """Decoder: mid level to nearly pixels; the head does the rest."""
    head_upsampling: int
    """Spatial factor of the head, from D2's last level to pixels."""
    reference_attention: ReferenceAttentionConfig
    skip: WarpedSkipConfig | None = None
    latent_channels: int = 64
    shortcuts: bool = True
    """Whether resampling has its parameter-free shortcut (CR-VA)."""

    def __post_init__(self) -> None:
        if any(stage.temporal_factor > 1 for stage in (*self.e2, *self.d1)):
            raise ValueError("E2 or D1 changes time; expected E1 and D2 alone to do so")
        d2_up = prod(stage.spatial_factor for stage in self.d2) * self.head_upsampling
        space_up = prod(stage.spatial_factor for stage in self.d1) * d2_up
        time_up = prod(stage.temporal_factor for stage in self.d2)
        if (self.spatial_stride, self.frames_per_latent) != (space_up, time_up):
            raise ValueError(
                f"the encoder divides space by {self.spatial_stride} and time by "
                f"{self.frames_per_latent}, the decoder multiplies by {space_up} and {time_up}; "
                "expected the same"
            )
        if uneven := [s for s in (*self.e1, *self.e2) if s.width % s.spatial_factor**2]:
            raise ValueError(
                f"{uneven[0].width} channels where space shrinks by {uneven[0].spatial_factor}; "
                f"expected a multiple of {uneven[0].spatial_factor ** 2}"
            )
        if self.skip and self.frames_per_latent % self.skip.regressed_steps:
            raise ValueError(
                f"{self.skip.regressed_steps} steps of flow in {self.frames_per_latent} frames; "
                "expected a divisor"
            )
        if self.mid_stride != d2_up:
            raise ValueError("D1 ends at another resolution than E1; expected the same mid level")

    @property
    def layered(self) -> bool:
        """Whether the person alone is warped, see `WarpedSkipConfig`."""
        return self.skip is not None and self.skip.layered

    @property
    def opened(self) -> bool:
        """Whether the opened photo is a reference too, see `WarpedSkipConfig`."""
        return self.skip is not None and self.skip.opened

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
        """Numbers of video per number of the latent."""
        return RGB_CHANNELS * self.spatial_stride**2 * self.frames_per_latent / self.latent_channels


_PAPER = VaeConfig(
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
)
_LITE = VaeConfig(
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
    reference_attention=ReferenceAttentionConfig(width=256, heads=4, blocks=2, patch_size=2),
    skip=WarpedSkipConfig(
        hidden_channels=16,
        regressed_steps=4,
        shows_stretch=True,
        carries_flow=True,
        flow_blocks=1,
        placement_channels=256,
        sees_appearance=True,
        scales_flow=True,
        layered=True,
        opened=True,
    ),
    d2=(
        StageConfig(128),
        StageConfig(48, depth=4, spatial_factor=2, temporal_factor=2, depthwise=True),
        StageConfig(16, depth=0, spatial_factor=2, temporal_factor=2),
    ),
    head_upsampling=2,
)
VAE_PRESETS: Mapping[str, VaeConfig] = MappingProxyType(
    {"paper": _PAPER, "lite": _LITE, "mini": replace(_LITE, size=128)}
)
"""`paper` is for graphics cards; `lite` runs live on two cores of a CPU, `mini`, a quarter of its
pixels, is trained on them as well."""
