"""One sound, two ways: 48 kHz as it is for people, 16 kHz mono for the avatar, on one time.

Both are made from the same frames, each by one resampling, and come out together.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeAlias

import numpy as np

from core.audio import SAMPLE_RATE, VOICE_RATE, WIDER, Piece, Sound
from core.down_mix import STEREO, DownMix
from core.resampling import Frames, SincResampler


class Converter(Protocol):
    """Frames at one rate go in, frames at another come out; the first stays at its time."""

    def __call__(self, frames: Frames) -> Frames: ...

    def finish(self) -> Frames:
        """Return what was waiting for more; what comes next begins anew."""
        ...


OpenConverter: TypeAlias = Callable[[float, int, int], Converter]
"""Takes both rates and the number of channels."""


class SincConverter:
    """Satisfies `Converter` for what happens now: holds back no more than 1.5 ms."""

    def __init__(self, source_rate: float, rate: int, channels: int) -> None:
        self._resampler = SincResampler(source_rate, rate)
        self._channels = channels
        self._state = self._resampler.start(channels)

    def __call__(self, frames: Frames) -> Frames:
        out, self._state = self._resampler(frames, self._state)
        return out

    def finish(self) -> Frames:
        out = self(self._resampler.rest(self._channels))
        self._state = self._resampler.start(self._channels)
        return out


class Same:
    """Satisfies `Converter` where both rates are the same."""

    def __call__(self, frames: Frames) -> Frames:
        return frames

    def finish(self) -> Frames:
        return np.empty((0, 1), np.float32)


class TwoWays:
    """Frames at `rate` go in, of any number of channels; pieces are taken out. One thread.

    Two channels stay two for people as long as both are alive; of more, and where channels cancel,
    people hear the mix that the avatar hears.
    """

    def __init__(self, rate: float, open_converter: OpenConverter = SincConverter) -> None:
        self._rate = rate
        self._open_converter = open_converter
        self._samples, self._voice = _Waiting(), _Waiting()
        self._begin(0)

    def __len__(self) -> int:
        """Samples that can be taken, each with its frames."""
        return min(len(self._samples), len(self._voice) // WIDER)

    def put(self, frames: Frames) -> None:
        """Append frames, shape (n, channels), as many channels as before."""
        if not len(frames):
            return
        if frames.shape[1] != self._channels:
            self._begin(frames.shape[1])
        mono = self._mix(frames)[:, None]
        self._samples.put(self._to_samples(mono))
        self._voice.put(self._to_voice(self._widened(frames, mono)))

    def finish(self) -> None:
        """Let out what waits for more; what is put next begins anew."""
        if self._channels:
            self._samples.put(self._to_samples.finish())
            self._voice.put(self._to_voice.finish())
        self._voice.even_out(WIDER * len(self._samples))

    def take(self, count: int) -> Piece:
        """Return the next `count` samples with their voice, or all if there are fewer."""
        count = min(count, len(self))
        samples, voice = self._samples.take(count)[:, 0], self._voice.take(WIDER * count)
        return Piece(samples.clip(-1, 1), voice.clip(-1, 1))

    def forget(self) -> None:
        """Drop what has not been taken, and begin anew."""
        self._samples, self._voice = _Waiting(), _Waiting()
        self._begin(self._channels)

    def _begin(self, channels: int) -> None:
        self._channels = channels
        self._mix = DownMix(self._rate)
        self._share = 1.0
        self._to_samples = self._converter(SAMPLE_RATE, 1)
        self._to_voice = self._converter(VOICE_RATE, STEREO if channels == STEREO else 1)

    def _converter(self, rate: int, channels: int) -> Converter:
        return Same() if rate == self._rate else self._open_converter(self._rate, rate, channels)

    def _widened(self, frames: Frames, mono: Frames) -> Frames:
        """Return what people hear: the two channels there are, or the mix of more, faded."""
        if self._channels != STEREO:
            return mono
        before, self._share = self._share, float(self._mix.wide)
        if before == self._share == 1.0:
            return frames
        share = np.linspace(before, self._share, len(frames), dtype=np.float32)[:, None]
        faded: Frames = share * frames + (1 - share) * mono
        return faded


class Widening:
    """Gives a sound its voice where its source has only samples. One thread."""

    def __init__(self) -> None:
        self._resampler = SincResampler(SAMPLE_RATE, VOICE_RATE)
        self._state = self._resampler.start_at_once()

    def __call__(self, sound: Sound) -> Sound:
        """Return `sound` with a voice, 1.5 ms late where it has to be made of samples."""
        if sound.voice is not None:
            return sound
        voice, self._state = self._resampler(sound.samples[:, None], self._state)
        return replace(sound, voice=voice.clip(-1, 1))


class _Waiting:
    """Frames that wait to be taken."""

    def __init__(self) -> None:
        self._parts: deque[Frames] = deque()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, frames: Frames) -> None:
        if len(frames):
            self._parts.append(frames)
            self._count += len(frames)

    def take(self, count: int) -> Frames:
        """Return exactly `count` of the frames that wait."""
        self._count -= count
        parts = []
        while count > 0:
            part = self._parts.popleft()
            if len(part) > count:
                self._parts.appendleft(part[count:])
            parts.append(part[:count])
            count -= len(parts[-1])
        widest = max((part.shape[1] for part in parts), default=1)
        alike = [np.broadcast_to(part, (len(part), widest)) for part in parts]
        return np.concatenate(alike) if alike else np.empty((0, 1), np.float32)

    def even_out(self, count: int) -> None:
        """Drop or add a few frames at the end, so that `count` wait."""
        if count == self._count:
            return
        frames = self.take(self._count)
        more = max(0, count - len(frames))
        self.put(np.pad(frames, ((0, more), (0, 0)))[:count])
