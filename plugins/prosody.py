"""Prosody of an utterance: how loud its vowels are, and what brows and head accent."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.perception.speech.phonemes import parse_ipa_leniently
from core.perception.speech.visemes import VOWELS
from core.speech_marks import Marks, PhonemeMark

PAUSE = 0.2
"""Seconds of silence from which on a pause is one that head and brows mark."""
FIRST_ACCENT, OTHER_ACCENT, PAUSE_ACCENT = 1.0, 0.6, 0.5
"""Of stressed syllables: the first of a phrase and the others; and of the pause that ends it."""
NOD_SECONDS = 0.16
"""How long a pause is accented."""
LOUD_SHARE = 80
"""Percentile of the vowels' loudness that counts as full voice."""
SILENT_DB = -100.0
AUDIBLE_STEP = 0.01
"""Seconds over which it is told whether there is sound."""
AUDIBLE_SHARE = 2e-4
"""Power of what is heard, against the loud parts: softer than any consonant."""
SHORTEST = 0.08
"""Seconds that a phoneme keeps, and that a pause in it has at least."""


def accented(marks: Marks, samples: NDArray[np.float32], rate: float) -> Marks:
    """Return marks with the loudness of each vowel, phrases accented at their first stress, and a
    nod where a pause begins, also where the engine counts it to the phoneme before."""
    marks = tuple(_with_pauses(marks, samples, rate))
    levels = _levels(marks, samples, rate)
    out: list[PhonemeMark] = []
    share = FIRST_ACCENT
    for mark, level in zip(marks, levels, strict=True):
        if not mark.symbol and mark.end - mark.start >= PAUSE and out:
            nod = min(mark.end, mark.start + NOD_SECONDS)
            out += [mark._replace(end=nod, stress=PAUSE_ACCENT), mark._replace(start=nod)]
            share = FIRST_ACCENT
            continue
        out.append(mark._replace(level=level, stress=share * mark.stress))
        if mark.stress >= 1:
            share = OTHER_ACCENT
    return tuple(out)


def _with_pauses(marks: Marks, samples: NDArray[np.float32], rate: float) -> Iterator[PhonemeMark]:
    """Yield marks that end where their sound does; a closure's silence comes before its sound."""
    step = int(AUDIBLE_STEP * rate)
    power = np.square(samples[: len(samples) // step * step]).reshape(-1, step).mean(1)
    heard = power > AUDIBLE_SHARE * np.percentile(power, LOUD_SHARE) if len(power) else power > 0
    for mark in marks:
        first, last = (max(0, round(at / AUDIBLE_STEP)) for at in (mark.start, mark.end))
        audible = np.flatnonzero(heard[first:last])
        end = (first + audible[-1] + 1) * AUDIBLE_STEP if len(audible) else mark.start
        end = max(float(end), mark.start + SHORTEST)
        if mark.symbol and mark.end - end > SHORTEST:
            yield mark._replace(end=end)
            yield PhonemeMark("", end, mark.end)
        else:
            yield mark


def _levels(marks: Marks, samples: NDArray[np.float32], rate: float) -> list[float]:
    """Return each vowel's loudness in dB against the loud ones; 0 for whatever is none."""
    found = [_loudness(mark, samples, rate) for mark in marks]
    vowels = [level for level in found if level is not None]
    full = float(np.percentile(vowels, LOUD_SHARE)) if vowels else 0.0
    return [0.0 if level is None else level - full for level in found]


def _loudness(mark: PhonemeMark, samples: NDArray[np.float32], rate: float) -> float | None:
    if parse_ipa_leniently(mark.symbol).visemes[0] not in VOWELS:
        return None
    span = samples[max(0, int(mark.start * rate)) : max(0, int(mark.end * rate))]
    return float(10 * np.log10(np.mean(np.square(span)) + 1e-10)) if len(span) else SILENT_DB
