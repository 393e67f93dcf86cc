"""Mouth shapes from speech marks: where phonemes are known beforehand, nobody has to listen."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.perception.speech.coarticulation import (
    SEGMENT_DTYPE,
    articulate,
    open_by_loudness,
    phoneme_rows,
)
from core.perception.speech.phonemes import parse_ipa_leniently
from core.speech_marks import MARK_REACH, PhonemeMark, shifted

FRAME_SECONDS = 0.04
CONTEXT = int(MARK_REACH / FRAME_SECONDS) - 1
"""Frames on both sides of a frame that have a say in it; more than the kernels are long."""
ACCENT = 0.5
"""What full stress is to brows and head: as much as a vowel that opens half wider than the mean."""
ACCENT_LEAD = 0.06
"""Seconds by which an accent's movement begins before its vowel, as people's do."""


class MarkedFrame(NamedTuple):
    """What the mouth does in one video frame, and how much it is accented."""

    visemes: NDArray[np.float32]
    """(15,), sums to 1"""
    opening: float
    voicing: float
    accent: float


def frame_from_marks(marks: tuple[PhonemeMark, ...], frame: int = 0) -> MarkedFrame:
    """Return frame number `frame` after (or before) the one whose piece carries `marks`."""
    window = (2 * CONTEXT + 1) * FRAME_SECONDS
    near = [
        mark._replace(start=max(mark.start, 0.0), end=min(mark.end, window))
        for mark in shifted(marks, (CONTEXT - frame) * FRAME_SECONDS)
        if mark.end > 0 and mark.start < window and mark.end > mark.start
    ]
    mouth = articulate(_segments(near), 2 * CONTEXT + 1)
    opening, voicing = mouth.opening[CONTEXT], mouth.voicing[CONTEXT]
    return MarkedFrame(mouth.visemes[CONTEXT], float(opening), float(voicing), _accent(near))


def _segments(marks: list[PhonemeMark]) -> NDArray[np.void]:
    """Return the visemes of `marks`, (segments,) of SEGMENT_DTYPE; silence where there are none."""
    rows, levels = [], []
    for mark in marks or [PhonemeMark("", 0.0, FRAME_SECONDS)]:
        shapes = list(phoneme_rows(parse_ipa_leniently(mark.symbol), mark.start, mark.end))
        rows += shapes
        levels += [mark.level] * len(shapes)
    segments = np.array(rows, SEGMENT_DTYPE)
    open_by_loudness(segments, np.array(levels))
    return segments


def _accent(marks: list[PhonemeMark]) -> float:
    now = (CONTEXT + 0.5) * FRAME_SECONDS
    active = (m.stress for m in marks if m.start - ACCENT_LEAD <= now < m.end)
    return ACCENT * max(active, default=0.0)
