"""Sound made shorter where it does not show: a stretch is left out between two alike places.

The search is that of WSOLA (Verhelst and Roelands 1993): of all distances, the one after which the
sound goes on most as it would have.
"""

import numpy as np

from core.audio import VOICE_RATE, Voice

SHORTEST, LONGEST = VOICE_RATE // 400, VOICE_RATE // 66
"""Frames that can be left out at once: 2.5 to 15 ms, a period of any voice."""

JOINT = VOICE_RATE // 200
"""Frames over which both places are blended: 5 ms."""

ALIKE = 0.8
"""Correlation from which a joint is not heard."""

QUIET = 0.01
"""Root mean square below which anything can be left out: the pauses between words."""

RISE = (0.5 - 0.5 * np.cos(np.pi * (np.arange(JOINT) + 0.5) / JOINT)).astype(np.float32)[:, None]


def shortened(voice: Voice, most: int, alike: float = ALIKE) -> Voice:
    """Return `voice` with up to `most` frames left out, its ends untouched.

    Where no two places are as `alike` nothing is left out; at 0 nearly any two are.
    """
    longest = min(LONGEST, most, len(voice) - 2 * JOINT)
    if longest < SHORTEST:
        return voice
    mono = voice.mean(axis=1)
    start = JOINT // 2  # so that the joint touches neither end
    before = mono[start : start + JOINT]
    after = np.lib.stride_tricks.sliding_window_view(mono[start:], JOINT)[SHORTEST : longest + 1]
    if np.sqrt(np.mean(voice[: start + longest + JOINT] ** 2)) < QUIET:
        return _joined(voice, start, longest)
    likeness = after @ before / np.sqrt(np.sum(after**2, axis=1) * np.sum(before**2) + 1e-12)
    best = int(np.argmax(likeness))
    if likeness[best] < alike:
        return voice
    return _joined(voice, start, SHORTEST + best)


def bridged(voice: Voice, last: Voice) -> Voice:
    """Return `voice` bent at its beginning so that it goes on from the frame `last`."""
    length = min(JOINT, len(voice))
    bent = voice.copy()
    bent[:length] += (last - voice[0]) * RISE[::-1][:length]
    return bent


def risen(voice: Voice) -> Voice:
    """Return `voice` faded in."""
    length = min(JOINT, len(voice))
    soft = voice.copy()
    soft[:length] *= RISE[:length]
    return soft


def _joined(voice: Voice, start: int, left_out: int) -> Voice:
    end = start + left_out
    joint = (1 - RISE) * voice[start : start + JOINT] + RISE * voice[end : end + JOINT]
    return np.concatenate([voice[:start], joint, voice[end + JOINT :]])
