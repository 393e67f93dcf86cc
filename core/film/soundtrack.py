"""The sound of an MP4: voices become frames of the coder that was chosen, and packets of these."""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

import av
import numpy as np
from av.container import OutputContainer

from core.audio import VOICE_RATE, Voice
from core.film.film_sound import AAC, LOSSLESS

BITS = 24
"""Of a whole number. A float has as many in its own numbers, so that editing finds all of them;
16 would lie 91 dB below a tone of 1 kHz, above what the microphone's own way leaves."""

FULL = 1 << (BITS - 1)

LAYOUT = "stereo"
CHANNELS = 2


def _floats(both: Voice) -> av.AudioFrame:
    return av.AudioFrame.from_ndarray(np.ascontiguousarray(both.T), "fltp", LAYOUT)


def _whole_numbers(both: Voice) -> av.AudioFrame:
    """Round to the nearest: FFmpeg would cut the bits off that are too many."""
    whole = np.rint(both * FULL).clip(-FULL, FULL - 1).astype(np.int32) << (32 - BITS)
    return av.AudioFrame.from_ndarray(whole.reshape(1, -1), "s32", LAYOUT)


class Coding(NamedTuple):
    """How one kind of sound is written."""

    codec: str
    frame: Callable[[Voice], av.AudioFrame]
    rate: int | None = None
    """Bits a second; None: as many as it takes."""


CODINGS = {
    # Beside a tone of 1 kHz FFmpeg's AAC leaves -73 dB of noise; at 192,000 up to -56, at 320,000
    # no less, and no option helps (decision 0061).
    AAC: Coding("aac", _floats, 256_000),
    # What browsers play of the lossless, at half the size of ALAC (decision 0066).
    LOSSLESS: Coding("flac", _whole_numbers),
}


class Soundtrack:
    """Adds itself to a container and writes to it. One thread."""

    def __init__(self, container: OutputContainer, kind: str) -> None:
        """kind: one of `SOUNDS`."""
        self._container, self._coding = container, CODINGS[kind]
        stream = container.add_stream(self._coding.codec, rate=VOICE_RATE, layout=LAYOUT)
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.format = self._frame(np.zeros((1, 1), np.float32)).format
        if self._coding.rate:
            stream.bit_rate = self._coding.rate
        self._stream = stream
        self.frames = 0
        """That were played so far."""

    def play(self, voice: Voice) -> None:
        """Play `voice` after what was played before."""
        if not len(voice):
            return
        frame = self._frame(voice)
        frame.sample_rate, frame.pts = VOICE_RATE, self.frames
        frame.time_base = Fraction(1, VOICE_RATE)
        self._container.mux(self._stream.encode(frame))
        self.frames += len(voice)

    def close(self) -> None:
        """Write what the coder has kept."""
        self._container.mux(self._stream.encode(None))

    def _frame(self, voice: Voice) -> av.AudioFrame:
        return self._coding.frame(np.broadcast_to(voice.clip(-1, 1), (len(voice), CHANNELS)))
