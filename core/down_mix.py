"""Many channels become one, as loud as the voice is in them.

The mean makes a voice quieter by every channel that is silent, and silent where channels cancel. So
where the mean is much quieter than the loudest channel, that channel is taken instead.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.audio import Samples

QUIET = 0.45
"""Below this share of the loudest channel's level the mean is left; of two, one may be silent."""

FULL = 0.6
"""From this share on the mean is taken again."""

LOUDER = 2.0
"""How much louder another channel has to be for its sake to be taken."""

MEMORY = 0.3
"""Seconds over which levels are taken."""

LAG = 0.0005
"""Seconds between samples that are compared: rumble of an LFE channel and offsets count little."""

AUDIBLE = 1e-4
"""Level below which nothing is decided."""

ALIVE = 0.05
"""Share of the other channel's level below which a channel is silent: nobody shall hear a voice
in one ear only because a cable has two."""

STEREO = 2

MEAN = -1


class DownMix:
    """Makes mono of (n, channels), piece by piece; one thread."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._lag = max(1, round(LAG * rate))
        self._power: NDArray[np.float64] | None = None
        """Of each channel and, last, of the mean."""
        self._taken = MEAN

    def __call__(self, frames: NDArray[Any]) -> Samples:
        """Return the next piece as mono."""
        mean: Samples = frames.mean(axis=1, dtype=np.float32)
        if frames.shape[1] == 1 or not len(frames):
            return mean
        first = self._power is None
        self._measure(frames, mean)
        before, self._taken = self._taken, self._choose()
        after = _of(frames, mean, self._taken)
        if first or before == self._taken:
            return after
        fade = np.linspace(0, 1, len(frames), dtype=np.float32)
        return _of(frames, mean, before) * (1 - fade) + after * fade

    @property
    def wide(self) -> bool:
        """Whether two channels can be heard as they are: each is alive, and none takes from the
        other where somebody mixes them."""
        if self._power is None or self._taken != MEAN:
            return False
        levels = np.sqrt(self._power[:-1])
        return len(levels) == STEREO and bool(levels.min() > ALIVE * levels.max())

    def _measure(self, frames: NDArray[Any], mean: Samples) -> None:
        every = np.column_stack((frames, mean))
        if len(every) > self._lag:
            every = every[self._lag :] - every[: -self._lag]
        power = np.square(every, dtype=np.float64).mean(axis=0)
        if self._power is None or self._power.max() < AUDIBLE**2:
            self._power = power
        else:
            kept = np.exp(-len(frames) / (MEMORY * self._rate))
            self._power = kept * self._power + (1 - kept) * power

    def _choose(self) -> int:
        assert self._power is not None
        levels = np.sqrt(self._power)
        channels, mean = levels[:-1], float(levels[-1])
        loudest = int(channels.argmax())
        if channels[loudest] < AUDIBLE:
            return self._taken
        share = mean / float(channels[loudest])
        if self._taken == MEAN:
            return loudest if share < QUIET else MEAN
        if share > FULL:
            return MEAN
        return loudest if channels[loudest] > LOUDER * channels[self._taken] else self._taken


def _of(frames: NDArray[Any], mean: Samples, taken: int) -> Samples:
    return mean if taken == MEAN else frames[:, taken].astype(np.float32)
