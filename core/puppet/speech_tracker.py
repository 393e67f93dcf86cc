"""What the mouth does, frame by frame: from marks where there are any, else by listening."""

from dataclasses import dataclass

import numpy as np

from core.audio import Samples
from core.perception.speech.encoder_numpy import NumpySpeechEncoder, SpeechFrame
from core.perception.speech.marked_speech import MarkedFrame, frame_from_marks
from core.puppet.arrays import Array
from core.puppet.performance import SpeechTrack
from core.speech_marks import Marks

ARTICULATION = 1.15
"""Gain of the mouth's opening, which the network underestimates on real speech (docs/lab.md)."""


@dataclass(frozen=True)
class SpokenFrame:
    """One frame of speech, as `Performance` takes it."""

    track: SpeechTrack
    accents: Array | None = None
    """(1, 1), where it is known what is stressed."""


class SpeechTracker:
    """Turns hops of sound into frames, each exactly once and in order. One thread.

    A frame that is told comes at once, one that is heard EARLY_LATENCY_FRAMES later. Where a voice
    that tells follows one that is heard, the frames still owed come with its first; the other way
    round none comes until the ear has caught up. It always listens, so that it hears well when it
    must.
    """

    def __init__(self) -> None:
        self._encoder = NumpySpeechEncoder()
        self._frames_in = self._frames_heard = self._frames_out = 0

    def step(self, audio: Samples, marks: Marks | None) -> list[SpokenFrame]:
        """Take one frame of sound, shape (FRAME_SAMPLES,); return the frames that are ready."""
        frames = []
        heard = self._encoder.step_early(audio)
        if heard is not None:
            if self._frames_heard == self._frames_out:
                frames.append(SpokenFrame(as_track(heard)))
            self._frames_heard += 1
        self._frames_out += len(frames)
        self._frames_in += 1
        if marks is not None:
            owed = range(self._frames_out - self._frames_in + 1, 1)
            frames += [_told(frame_from_marks(marks, frame)) for frame in owed]
            self._frames_out = self._frames_in
        return frames


def as_track(frame: SpeechFrame) -> SpeechTrack:
    """Return one speech frame as a track (1, 1) for `Performance`."""
    opening = min(1.0, ARTICULATION * frame.opening)
    return _track(frame.visemes, opening, frame.voicing)


def _told(frame: MarkedFrame) -> SpokenFrame:
    accents = np.full((1, 1), frame.accent, np.float32)
    return SpokenFrame(_track(frame.visemes, frame.opening, frame.voicing), accents)


def _track(*numbers: Array | float) -> SpeechTrack:
    return SpeechTrack(*(np.array(part, np.float32)[None, None] for part in numbers))
