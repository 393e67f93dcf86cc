"""How well an encoder's mouth follows a voice: figures from answers and references."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.audio import Samples
from core.perception.hearing import FRAME, LOOK_AHEAD
from core.perception.speech import SpeechEncoder
from core.perception.visemes import SILENCE, VOWELS
from core.training.speech_targets import Curve, Targets

SHUT = 0.15
"""Opening below which lips look closed."""
OPEN = 0.35
"""Reference opening above which a vowel must not look closed."""
SPAN = 10
"""Frames either way in which the best shift is sought."""
LONG = 8
"""Frames of silence that make a pause."""
SETTLED = 3
"""Frames of silence after which the mouth should have come to rest."""


@dataclass(frozen=True)
class Heard:
    """What an encoder answered, moved to the time it is about."""

    visemes: Curve
    opening: Curve
    voicing: Curve


@dataclass(frozen=True)
class Figures:
    """One row of the report. Openings are shares of fully open, lags milliseconds."""

    frames: int
    viseme_accuracy: float
    closure_hits: float
    false_closures: float
    correlation: float
    lag: float
    mean: float
    deviation: float
    reference_mean: float
    reference_deviation: float
    restlessness: float
    """Mean second difference of the opening over that of the reference; above 1 it chatters."""
    shutting: float
    pause_mean: float
    pause_99: float
    voicing_accuracy: float


def hear(encoder: SpeechEncoder, sound: Samples) -> Heard:
    """Return the mouth of each whole frame of `sound`."""
    frames = len(sound) // FRAME
    padded = np.concatenate([sound[: frames * FRAME], np.zeros(LOOK_AHEAD, np.float32)])
    with torch.inference_mode():
        x = torch.from_numpy(np.asarray(padded, np.float32))[None]
        speech, _ = encoder(x, encoder.initial_state(1))
    late = slice(LOOK_AHEAD // FRAME, None)
    answers = (speech.visemes, speech.opening, speech.voicing)
    return Heard(*(answer[0, late].numpy() for answer in answers))


def measure(heard: Heard, wanted: Targets) -> Figures:
    """Compare answers with references of the same length."""
    best = wanted.visemes.argmax(1)
    vowels = np.isin(best, list(VOWELS)) & (wanted.opening > OPEN)
    rest = _settled(best == SILENCE)
    shut = heard.opening < SHUT
    correlation, lag = align(heard.opening, wanted.opening)
    pause = heard.opening[rest] if rest.any() else np.zeros(1)
    return Figures(
        frames=len(best),
        viseme_accuracy=float(np.mean(heard.visemes.argmax(1) == best)),
        closure_hits=_hits(shut, wanted.closed),
        false_closures=float(np.mean(shut[vowels])) if vowels.any() else 0.0,
        correlation=correlation,
        lag=lag,
        mean=float(heard.opening.mean()),
        deviation=float(heard.opening.std()),
        reference_mean=float(wanted.opening.mean()),
        reference_deviation=float(wanted.opening.std()),
        restlessness=float(_turns(heard.opening) / _turns(wanted.opening)),
        shutting=_shutting(shut, best == SILENCE),
        pause_mean=float(pause.mean()),
        pause_99=float(np.percentile(pause, 99)),
        voicing_accuracy=float(np.mean((heard.voicing > 0.5) == (wanted.voicing > 0.5))),
    )


def align(heard: Curve, wanted: Curve) -> tuple[float, float]:
    """Return the correlation unmoved, and by how many ms `heard` is late.

    The best shift is the top of a parabola through the three best whole frames.
    """
    shifts = list(range(-SPAN, SPAN + 1))
    scores = np.array([_shifted(heard, wanted, shift) for shift in shifts])
    top = int(np.clip(np.argmax(scores), 1, len(scores) - 2))
    before, peak, after = (float(score) for score in scores[top - 1 : top + 2])
    part = 0.5 * (before - after) / (before - 2 * peak + after - 1e-9)
    return float(scores[SPAN]), (shifts[top] + part) * 40


def _shifted(heard: Curve, wanted: Curve, shift: int) -> float:
    """Return the correlation if `heard` came `shift` frames earlier."""
    count = len(heard)
    moved = heard[max(0, shift) : count + min(0, shift)].astype(np.float64)
    still = wanted[max(0, -shift) : count + min(0, -shift)].astype(np.float64)
    return float(np.corrcoef(moved, still)[0, 1])


def _shutting(shut: NDArray[np.bool_], silent: NDArray[np.bool_]) -> float:
    """Return the 90th percentile of the time from the start of a pause to closed lips, in ms."""
    starts = [
        start
        for start in np.flatnonzero(silent[1:] & ~silent[:-1]) + 1
        if len(silent[start : start + LONG]) == LONG and silent[start : start + LONG].all()
    ]
    waits = [int(np.argmax(np.append(shut[start:], True))) for start in starts]
    return float(np.percentile(waits, 90)) * 40 if waits else 0.0


def _turns(opening: Curve) -> float:
    return float(np.abs(np.diff(opening, 2)).mean())


def _hits(shut: NDArray[np.bool_], closed: Curve) -> float:
    """Return the share of closures at which the lips are seen shut, within one frame."""
    places = np.flatnonzero(closed)
    near = [shut[max(0, place - 1) : place + 2].any() for place in places]
    return float(np.mean(near)) if near else 0.0


def _settled(silent: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which frames lie in silence, SETTLED after its start and before its last two."""
    rest = np.zeros(len(silent), np.bool_)
    for index in range(SETTLED, len(silent)):
        rest[index] = silent[index - SETTLED : index + 3].all()
    return rest
