"""Value noise from a hash of seed and time: any cut of time gives the same."""

from core.puppet.arrays import Array, array_namespace, as_array_like, as_float32, floor_to_int

MIX_1, MIX_2, MIX_3 = 0x1CE4E5B9BF58476D, 0x133111EB94D049BB, 0x1E3779B97F4A7C15
"""Odd multipliers of the splitmix family, which scatter neighbouring numbers."""


def hash_uniform(seed: Array, channel: Array, slot: Array) -> Array:
    """Hash int64 arguments to uniform numbers in [0, 1), of the shape they broadcast to."""
    x = seed * MIX_1 + slot * MIX_2 + (channel + 1) * MIX_3
    for shift, factor in ((30, MIX_1), (27, MIX_2)):
        x = (x ^ ((x >> shift) & ((1 << (64 - shift)) - 1))) * factor
    return as_float32((x >> 36) & 0xFFFFFF) / float(1 << 24)


def value_noise(seed: Array, periods: Array, time: Array) -> Array:
    """Return value noise of two octaves, (n, channels, t), of mean 0 and deviation about 1.

    seed: (n,) int64; time: (t,) seconds, float64; periods: (channels,) seconds between two turning
    points of a channel's slower octave, float64.
    """
    xp = array_namespace(time)
    rates = xp.stack([1 / periods, 2.3 / periods], axis=-1)[..., None]
    at = rates * time  # (channels, octaves, t)
    slot = floor_to_int(at)
    t = as_float32(at - slot)
    t = t * t * t * (t * (6 * t - 15) + 10)
    channels, octaves = rates.shape[:2]
    channel = as_array_like(slot, range(channels * octaves)).reshape(channels, octaves, 1, 1)
    ends = slot[..., None] + as_array_like(slot, [0, 1])
    value = hash_uniform(seed.reshape(-1, 1, 1, 1, 1), channel, ends) * 2 - 1
    curve = value[..., 0] + (value[..., 1] - value[..., 0]) * t  # (n, channels, octaves, t)
    return (curve[:, :, 0] + 0.45 * curve[:, :, 1]) * 1.9
