"""Blinks: when lids fall, by chance, and how fast."""

import math

from core.puppet.arrays import Array, array_namespace, as_array_like, as_float32, floor_to_int
from core.puppet.noise import hash_uniform

BLINK_SLOT = 3.4
"""Seconds; each holds one blink, at a random moment."""

BLINK_CLOSE, BLINK_OPEN = 0.07, 0.16
"""Seconds a lid takes down and up."""

CHANNELS = 100, 101
"""Of random numbers: the moment of a slot's blink, and whether another follows it."""


class Blinks:
    """How far the eyes of n portraits are shut; depends on their seeds and on time only."""

    def __init__(self, seeds: Array, rate: float = 1.0) -> None:
        """seeds: (n,) int64; rate: how many times as often as usual they blink; 0: never."""
        self._seeds, self._rate = seeds, rate

    def __call__(self, time: Array) -> Array:
        """Return (n, frames), 0 open, 1 shut, at seconds (frames,): a blink in each slot, now and
        then two."""
        if not self._rate:
            return 0 * as_float32(self._seeds[:, None] + time)
        xp, seconds = array_namespace(time), BLINK_SLOT / self._rate
        slot = xp.floor(time / seconds) - as_array_like(time, [[0], [1]])
        channel = as_array_like(self._seeds, CHANNELS).reshape(-1, 1, 1, 1)
        seeds = self._seeds.reshape(-1, 1, 1)
        moment, twice = hash_uniform(seeds, channel, floor_to_int(slot))  # (n, 2, frames) each
        since = time - (slot + 0.85 * moment) * seconds
        again = since - (twice < 0.12) * 0.32
        return as_float32(xp.amax(xp.maximum(_lid(since), _lid(again)), 1))


def _lid(since: Array) -> Array:
    """Return how far a lid is closed, `since` seconds after it began to."""
    xp = array_namespace(since)
    down = xp.clip(since / BLINK_CLOSE, 0, 1)
    up = xp.clip((since - BLINK_CLOSE - 0.03) / BLINK_OPEN, 0, 1)
    return xp.sin(down * math.pi / 2) * (0.5 + 0.5 * xp.cos(up * math.pi)) * (since > 0)
