"""Frames of speech that are told, and frames that are heard."""

import numpy as np

from core.perception.speech.config import EARLY_LATENCY_FRAMES, FRAME_SAMPLES
from core.puppet.speech_tracker import SpeechTracker, SpokenFrame
from core.speech_marks import Marks, PhonemeMark

QUIET = np.zeros(FRAME_SAMPLES, np.float32)
SPOKEN: Marks = (PhonemeMark("a", -1.0, 1.0, stress=1.0),)


def steps(tracker: SpeechTracker, marks: Marks | None, count: int) -> list[list[SpokenFrame]]:
    return [tracker.step(QUIET, marks) for _ in range(count)]


def test_what_is_told_is_shown_at_once() -> None:
    for frames in steps(SpeechTracker(), SPOKEN, 5):
        (frame,) = frames
        assert frame.track.opening > 0.5
        assert frame.accents is not None
        assert frame.accents > 0


def test_what_is_heard_comes_later() -> None:
    found = steps(SpeechTracker(), None, 5)
    assert [len(frames) for frames in found] == [0] * EARLY_LATENCY_FRAMES + [1] * 4
    assert found[-1][0].accents is None


def test_every_frame_comes_once_whoever_speaks() -> None:
    tracker = SpeechTracker()
    heard = steps(tracker, None, 6)
    told = steps(tracker, SPOKEN, 4)
    again = steps(tracker, None, 6)
    assert [len(frames) for frames in told] == [1 + EARLY_LATENCY_FRAMES, 1, 1, 1]
    assert [len(frames) for frames in again] == [0] * EARLY_LATENCY_FRAMES + [1] * 5
    assert sum(map(len, heard + told + again)) == 16 - EARLY_LATENCY_FRAMES
    assert told[0][0].accents is None  # heard before, and due now
    assert all(frame.track.opening > 0.5 for frame in told[0][1:])
