"""What is heard and when: the frames of an encoder of speech and the shape of its network."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from core.audio import SAMPLE_RATE
from core.perception.speech.mel_constants import HOPS_PER_FRAME

FRAME_SAMPLES = SAMPLE_RATE // 25
"""Samples of sound that one video frame spans."""
LATENCY_FRAMES = 2
"""Frames by which an answer is late."""
LOOKAHEAD_SAMPLES = LATENCY_FRAMES * FRAME_SAMPLES
"""Samples after the end of a frame that its answer waits for: 80 ms."""
WEIGHTS = Path(__file__).parents[2] / "weights" / "speech.safetensors"
"""The network that the program ships with."""


class ConvSpec(NamedTuple):
    """One over time and pitch bands; pairs are (time, bands). It sees nothing of the future."""

    in_channels: int
    out_channels: int
    in_bands: int
    """Of what goes in."""
    steps_per_frame: int
    """Of time that go in with each frame."""
    kernel: tuple[int, int]
    stride: tuple[int, int]

    @property
    def left_context(self) -> int:
        """Steps of time that it remembers."""
        return self.kernel[0] - self.stride[0]

    @property
    def band_padding(self) -> int:
        """Zeros beyond the lowest and the highest band."""
        return self.kernel[1] // 2


@dataclass(frozen=True)
class SpeechConfig:
    """Shape of an encoder of speech."""

    mel_bands: int = 64
    window_size: int = 512
    channels: int = 18
    """Of the first of three convolutions over time and pitch; the others have more."""
    width: int = 256
    gru_layers: int = 2
    """Of the recurrent part."""
    feature_width: int = 128

    @property
    def convolutions(self) -> dict[str, ConvSpec]:
        """By name, in order; the last gives one step of time per frame."""
        c, bands = self.channels, self.mel_bands
        return {
            "fine": ConvSpec(2, c, bands, HOPS_PER_FRAME, (3, 5), (1, 2)),
            "middle": ConvSpec(c, c * 4 // 3, bands // 2, HOPS_PER_FRAME, (4, 5), (2, 2)),
            "coarse": ConvSpec(c * 4 // 3, c * 2, bands // 4, HOPS_PER_FRAME // 2, (4, 3), (2, 2)),
        }

    @property
    def projection_inputs(self) -> int:
        """What convolutions and contrast tell of a frame, in numbers."""
        return self.channels * 2 * (self.mel_bands // 8) + 1
