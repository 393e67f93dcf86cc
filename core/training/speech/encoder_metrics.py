"""Metrics of a speech encoder's output against reference targets: correlation, lag, closures."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.audio import Samples
from core.perception.speech.coarticulation import Curve, MouthTargets
from core.perception.speech.config import FRAME_SAMPLES, LOOKAHEAD_SAMPLES
from core.perception.speech.encoder_torch import SpeechEncoder
from core.perception.speech.visemes import SILENCE, VOWELS

CLOSED_BELOW = 0.15
"""Opening below which lips look closed."""
OPEN_ABOVE = 0.35
"""Reference opening above which a vowel must not look closed."""
MAX_SHIFT = 10
"""Range of the lag search, frames either way."""
PAUSE_FRAMES = 8
"""Least silence that counts as a pause, frames."""
SETTLING_FRAMES = 3
"""Frames of silence after which the mouth should be closed."""


@dataclass(frozen=True)
class MouthFrames:
    """An encoder's output with its latency removed."""

    visemes: Curve
    opening: Curve
    voicing: Curve


@dataclass(frozen=True)
class EncoderMetrics:
    """Metrics of one sound. Openings are shares of fully open, times milliseconds."""

    frames: int
    viseme_accuracy: float
    closure_recall: float
    false_closures: float
    correlation: float
    lag_ms: float
    mean: float
    std: float
    reference_mean: float
    reference_std: float
    jitter: float
    """Mean second difference of the opening over that of the reference; above 1 it chatters."""
    closing_time: float
    pause_mean: float
    pause_99: float
    voicing_accuracy: float


def encode(encoder: SpeechEncoder, samples: Samples) -> MouthFrames:
    """Encode `samples`; return the output of each whole frame, latency removed."""
    frames = len(samples) // FRAME_SAMPLES
    padded = np.concatenate(
        [samples[: frames * FRAME_SAMPLES], np.zeros(LOOKAHEAD_SAMPLES, np.float32)]
    )
    with torch.inference_mode():
        x = torch.from_numpy(np.asarray(padded, np.float32))[None]
        speech, _ = encoder(x, encoder.initial_state(1))
    late = slice(LOOKAHEAD_SAMPLES // FRAME_SAMPLES, None)
    answers = (speech.visemes, speech.opening, speech.voicing)
    return MouthFrames(*(answer[0, late].numpy() for answer in answers))


def encoder_metrics(found: MouthFrames, targets: MouthTargets) -> EncoderMetrics:
    """Compare an encoder's output with targets of the same length."""
    best = targets.visemes.argmax(1)
    vowels = np.isin(best, list(VOWELS)) & (targets.opening > OPEN_ABOVE)
    rest = _settled_frames(best == SILENCE)
    shut = found.opening < CLOSED_BELOW
    correlation, lag = best_shift(found.opening, targets.opening)
    pause = found.opening[rest] if rest.any() else np.zeros(1)
    return EncoderMetrics(
        frames=len(best),
        viseme_accuracy=float(np.mean(found.visemes.argmax(1) == best)),
        closure_recall=_closure_recall(shut, targets.closures),
        false_closures=float(np.mean(shut[vowels])) if vowels.any() else 0.0,
        correlation=correlation,
        lag_ms=lag,
        mean=float(found.opening.mean()),
        std=float(found.opening.std()),
        reference_mean=float(targets.opening.mean()),
        reference_std=float(targets.opening.std()),
        jitter=float(
            _mean_second_difference(found.opening) / _mean_second_difference(targets.opening)
        ),
        closing_time=_closing_time(shut, best == SILENCE),
        pause_mean=float(pause.mean()),
        pause_99=float(np.percentile(pause, 99)),
        voicing_accuracy=float(np.mean((found.voicing > 0.5) == (targets.voicing > 0.5))),
    )


def best_shift(found: Curve, reference: Curve) -> tuple[float, float]:
    """Return the correlation at lag 0, and the lag in ms of maximum correlation.

    The maximum is interpolated by a parabola through the three best whole frames.
    """
    shifts = list(range(-MAX_SHIFT, MAX_SHIFT + 1))
    scores = np.array([_correlation_at(found, reference, shift) for shift in shifts])
    top = int(np.clip(np.argmax(scores), 1, len(scores) - 2))
    before, peak, after = (float(score) for score in scores[top - 1 : top + 2])
    part = 0.5 * (before - after) / (before - 2 * peak + after - 1e-9)
    return float(scores[MAX_SHIFT]), (shifts[top] + part) * 40


def _correlation_at(found: Curve, reference: Curve, shift: int) -> float:
    """Return the correlation of `found`, `shift` frames earlier, with the reference."""
    count = len(found)
    moved = found[max(0, shift) : count + min(0, shift)].astype(np.float64)
    still = reference[max(0, -shift) : count + min(0, -shift)].astype(np.float64)
    return float(np.corrcoef(moved, still)[0, 1])


def _closing_time(shut: NDArray[np.bool_], silent: NDArray[np.bool_]) -> float:
    """Return the 90th percentile of the time from a pause's start to closed lips, in ms."""
    starts = [
        start
        for start in np.flatnonzero(silent[1:] & ~silent[:-1]) + 1
        if len(silent[start : start + PAUSE_FRAMES]) == PAUSE_FRAMES
        and silent[start : start + PAUSE_FRAMES].all()
    ]
    waits = [int(np.argmax(np.append(shut[start:], True))) for start in starts]
    return float(np.percentile(waits, 90)) * 40 if waits else 0.0


def _mean_second_difference(opening: Curve) -> float:
    return float(np.abs(np.diff(opening, 2)).mean())


def _closure_recall(shut: NDArray[np.bool_], closed: Curve) -> float:
    """Return the share of reference closures with closed lips within one frame."""
    places = np.flatnonzero(closed)
    near = [shut[max(0, place - 1) : place + 2].any() for place in places]
    return float(np.mean(near)) if near else 0.0


def _settled_frames(silent: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mask the frames of silence SETTLING_FRAMES after its start and before its last two."""
    rest = np.zeros(len(silent), np.bool_)
    for index in range(SETTLING_FRAMES, len(silent)):
        rest[index] = silent[index - SETTLING_FRAMES : index + 3].all()
    return rest
