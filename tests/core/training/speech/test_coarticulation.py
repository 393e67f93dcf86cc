"""From phonemes to what the mouth should do, and how well one does it."""

import numpy as np

from core.perception.speech.coarticulation import (
    MouthTargets,
    articulate,
    concatenate_segments,
)
from core.perception.speech.visemes import BILABIAL, INDEX, SILENCE
from core.training.speech.encoder_metrics import MouthFrames, best_shift, encoder_metrics
from core.training.speech.utterance_targets import viseme_segments
from core.training.speech.voices import Segment, Utterance

RATE = 16_000


def _utterance(*spans: tuple[str, float]) -> Utterance:
    segments, at = [], 0.0
    for symbol, length in spans:
        segments.append(Segment(symbol, at, at + length))
        at += length
    samples = np.random.default_rng(0).standard_normal(int(at * RATE)) * 0.1
    return Utterance(samples.astype(np.float32), tuple(segments), "arpabet")


def _curves(*spans: tuple[str, float]) -> MouthTargets:
    utterance = _utterance(*spans)
    return articulate(viseme_segments(utterance), len(utterance.samples) // 640)


def test_a_short_closure_is_shut_between_open_vowels() -> None:
    targets = _curves(("pau", 0.4), ("aa", 0.2), ("b", 0.05), ("aa", 0.2), ("pau", 0.4))
    place = int(0.625 / 0.04)
    assert targets.opening[place] == 0
    assert targets.closures[place] == 1
    assert targets.opening[place - 3] > 0.4
    assert targets.opening[place + 3] > 0.4


def test_lips_rest_in_silence_and_close_within_two_frames() -> None:
    targets = _curves(("pau", 0.4), ("aa", 0.4), ("pau", 0.6))
    assert targets.opening[: int(0.32 / 0.04)].max() == 0
    assert targets.opening[int(0.88 / 0.04) + 1 :].max() < 0.01
    assert targets.visemes[2].argmax() == SILENCE


def test_a_diphthong_passes_through_both_of_its_shapes() -> None:
    shapes = _curves(("pau", 0.2), ("ay", 0.32), ("pau", 0.2)).visemes.argmax(1)
    assert shapes[int(0.26 / 0.04)] == INDEX["aa"]
    assert shapes[int(0.46 / 0.04)] == INDEX["ih"]


def test_openings_follow_the_vowel_and_the_teeth() -> None:
    openings = {
        symbol: _curves(("pau", 0.2), (symbol, 0.4), ("pau", 0.2)).opening[10]
        for symbol in ("aa", "eh", "iy", "uw", "f", "m")
    }
    assert list(openings) == sorted(openings, key=lambda symbol: -openings[symbol])
    assert openings["m"] == 0


def test_shares_of_shapes_sum_to_one_and_joining_moves_them() -> None:
    shapes = viseme_segments(_utterance(("m", 0.2), ("aa", 0.2)))
    targets = articulate(concatenate_segments([(shapes, 0.4)]), 25)
    np.testing.assert_allclose(targets.visemes.sum(1), 1, atol=1e-5)
    assert targets.visemes[:9].argmax(1).max() == SILENCE
    assert targets.visemes[12].argmax() == BILABIAL
    assert articulate(concatenate_segments([]), 5).opening.max() == 0


def test_a_late_mouth_is_measured_as_late() -> None:
    targets = np.random.default_rng(0).random(400).astype(np.float32)
    targets = np.convolve(targets, np.ones(5) / 5, "same").astype(np.float32)
    correlation, lag = best_shift(np.roll(targets, 2), targets)
    assert abs(lag - 80) < 8
    assert correlation < 0.9


def test_a_perfect_mouth_gets_perfect_figures() -> None:
    targets = _curves(*[("pau", 0.5), ("m", 0.1), ("aa", 0.2), ("p", 0.1), ("iy", 0.2)] * 5)
    metrics = encoder_metrics(
        MouthFrames(targets.visemes, targets.opening, targets.voicing), targets
    )
    assert metrics.viseme_accuracy == metrics.closure_recall == 1
    assert metrics.false_closures == metrics.pause_99 == 0
    assert metrics.jitter == 1
    assert abs(metrics.lag_ms) < 1
