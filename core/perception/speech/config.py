"""Frame length, latency and configuration of the speech encoder."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from core.audio import SAMPLE_RATE
from core.perception.speech.mel_constants import HOPS_PER_FRAME

FRAME_SAMPLES = SAMPLE_RATE // 25
"""Samples per video frame."""
LATENCY_FRAMES = 2
"""Frames between input and output."""
LOOKAHEAD_SAMPLES = LATENCY_FRAMES * FRAME_SAMPLES
"""Samples after a frame's end that its output depends on: 80 ms."""
EARLY_LATENCY_FRAMES = 1
"""The same where the last of it is simulated, for who is live (decision 0055)."""
EARLY_LOOKAHEAD_SAMPLES = EARLY_LATENCY_FRAMES * FRAME_SAMPLES
"""40 ms."""
WEIGHTS = Path(__file__).parents[2] / "weights" / "speech.safetensors"
"""The network that the program ships with."""


class ConvSpec(NamedTuple):
    """Shape of a causal 2D convolution over (time, mel bands); pairs are in that order."""

    in_channels: int
    out_channels: int
    in_bands: int
    """Bands of the input."""
    steps_per_frame: int
    """Time steps of the input per video frame."""
    kernel: tuple[int, int]
    stride: tuple[int, int]

    @property
    def left_context(self) -> int:
        """Past time steps kept between calls."""
        return self.kernel[0] - self.stride[0]

    @property
    def band_padding(self) -> int:
        """Zero padding beyond the lowest and the highest band."""
        return self.kernel[1] // 2


@dataclass(frozen=True)
class SpeechConfig:
    """Hyperparameters of the speech encoder."""

    mel_bands: int = 64
    window_size: int = 512
    """Samples of a spectrum's window, and its FFT size."""
    channels: int = 18
    """Of the first of three convolutions; the others have more."""
    width: int = 256
    gru_layers: int = 2
    feature_width: int = 128

    @property
    def convolutions(self) -> dict[str, ConvSpec]:
        """By name, in order; the last gives one time step per frame."""
        c, bands = self.channels, self.mel_bands
        return {
            "fine": ConvSpec(2, c, bands, HOPS_PER_FRAME, (3, 5), (1, 2)),
            "middle": ConvSpec(c, c * 4 // 3, bands // 2, HOPS_PER_FRAME, (4, 5), (2, 2)),
            "coarse": ConvSpec(c * 4 // 3, c * 2, bands // 4, HOPS_PER_FRAME // 2, (4, 3), (2, 2)),
        }

    @property
    def projection_inputs(self) -> int:
        """Inputs of the projection: the convolutions' output and the frame's speech SNR."""
        return self.channels * 2 * (self.mel_bands // 8) + 1
