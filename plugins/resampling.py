"""From any rate to any other, piece by piece, for sound that is known before it is heard."""

import numpy as np
import soxr

from core.resampling import Frames


class SoxrConverter:
    """Satisfies `Converter` for files: better than ours, and holds back up to 40 ms."""

    def __init__(self, source_rate: float, rate: int, channels: int) -> None:
        self._channels = channels
        self._stream = soxr.ResampleStream(source_rate, rate, channels, dtype="float32")

    def __call__(self, frames: Frames) -> Frames:
        return self._resampled(frames)

    def finish(self) -> Frames:
        out = self._resampled(np.empty((0, self._channels), np.float32), last=True)
        self._stream.clear()
        return out

    def _resampled(self, frames: Frames, last: bool = False) -> Frames:
        mono = self._channels == 1
        out = self._stream.resample_chunk(frames[:, 0] if mono else frames, last=last)
        found: Frames = out[:, None] if mono else out
        return found
