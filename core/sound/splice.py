"""Sound made shorter where it does not show: a stretch is left out between two alike places.

The search is that of WSOLA (Verhelst and Roelands 1993): of all distances, the one after which the
sound goes on most as it would have.
"""

import numpy as np

from core.audio import SAMPLE_RATE, Samples

SHORTEST, LONGEST = SAMPLE_RATE // 400, SAMPLE_RATE // 66
"""Samples that can be left out at once: 2.5 to 15 ms, a period of any voice."""

JOINT = SAMPLE_RATE // 200
"""Samples over which both places are blended: 5 ms."""

ALIKE = 0.8
"""Correlation from which a joint is not heard."""

QUIET = 0.01
"""Root mean square below which anything can be left out: the pauses between words."""

RISE = (0.5 - 0.5 * np.cos(np.pi * (np.arange(JOINT) + 0.5) / JOINT)).astype(np.float32)


def shortened(samples: Samples, most: int, alike: float = ALIKE) -> Samples:
    """Return `samples` with up to `most` left out, its ends untouched.

    Where no two places are as `alike` nothing is left out; at 0 nearly any two are.
    """
    longest = min(LONGEST, most, len(samples) - 2 * JOINT)
    if longest < SHORTEST:
        return samples
    start = JOINT // 2  # so that the joint touches neither end
    before = samples[start : start + JOINT]
    after = np.lib.stride_tricks.sliding_window_view(samples[start:], JOINT)[SHORTEST : longest + 1]
    if np.sqrt(np.mean(samples[: start + longest + JOINT] ** 2)) < QUIET:
        return _joined(samples, start, longest)
    likeness = after @ before / np.sqrt(np.sum(after**2, axis=1) * np.sum(before**2) + 1e-12)
    best = int(np.argmax(likeness))
    if likeness[best] < alike:
        return samples
    return _joined(samples, start, SHORTEST + best)


def bridged(samples: Samples, last: float) -> Samples:
    """Return `samples` bent at their beginning so that they go on from a sample of `last`."""
    length = min(JOINT, len(samples))
    bent = samples.copy()
    bent[:length] += (last - samples[0]) * RISE[::-1][:length]
    return bent


def risen(samples: Samples) -> Samples:
    """Return `samples` faded in."""
    length = min(JOINT, len(samples))
    soft = samples.copy()
    soft[:length] *= RISE[:length]
    return soft


def _joined(samples: Samples, start: int, left_out: int) -> Samples:
    end = start + left_out
    joint = (1 - RISE) * samples[start : start + JOINT] + RISE * samples[end : end + JOINT]
    return np.concatenate([samples[:start], joint, samples[end + JOINT :]])
