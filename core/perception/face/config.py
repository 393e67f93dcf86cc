"""Shapes of the face finder's networks, and the landmarks that its closer looks regress."""

from dataclasses import dataclass

from core.perception.face.topology import (
    AROUND_LIPS,
    LIPS,
    RIGHT_EYE,
    RIGHT_IRIS,
    RIGHT_LIDS,
)

LIP_POINTS = (*LIPS, *AROUND_LIPS)
EYE_POINTS = (*RIGHT_EYE, *RIGHT_IRIS, *RIGHT_LIDS)
"""Of the subject's right eye; the left one's crop is mirrored."""


@dataclass(frozen=True)
class DetectorConfig:
    """Face detection on the downscaled picture."""

    side: int = 256
    """Shorter side of the input, pixels."""
    widths: tuple[int, ...] = (24, 40, 72, 112)
    """Channels at strides 4, 8, 16 and 32."""
    depths: tuple[int, ...] = (0, 1, 2, 2)
    """Residual blocks at each."""
    head_width: int = 48


@dataclass(frozen=True)
class LandmarkConfig:
    """Landmark regression and face presence, from an upright crop."""

    side: int = 128
    crop_scale: float = 1.5
    """Side of the crop in face sizes."""
    widths: tuple[int, ...] = (24, 48, 96, 144)
    """Channels at strides 4, 8, 16 and 32."""
    depths: tuple[int, ...] = (1, 2, 2, 2)
    shape_components: int = 96
    """Basis vectors of the linear shape model."""


@dataclass(frozen=True)
class PartConfig:
    """Landmark refinement of the lips or one eye."""

    points: int
    side: int = 64
    crop_scale: float = 0.52
    """Side of the crop in face sizes."""
    widths: tuple[int, ...] = (20, 40, 80)
    """Channels at strides 2, 4 and 8."""
    depths: tuple[int, ...] = (1, 2, 2)
    shape_components: int = 40
    """Basis vectors of the part's linear shape model."""


@dataclass(frozen=True)
class MatteConfig:
    """Portrait matting from a crop of head and shoulders."""

    side: int = 160
    crop_scale: float = 2.8
    widths: tuple[int, ...] = (24, 40, 64, 96)
    """Channels at strides 4, 8, 16 and 32."""
    depths: tuple[int, ...] = (1, 2, 2, 2)


@dataclass(frozen=True)
class FaceConfig:
    """All networks of the face finder."""

    detector: DetectorConfig = DetectorConfig()
    landmarks: LandmarkConfig = LandmarkConfig()
    lips: PartConfig = PartConfig(points=len(LIP_POINTS))
    eye: PartConfig = PartConfig(points=len(EYE_POINTS), crop_scale=0.34)
    matte: MatteConfig = MatteConfig()
