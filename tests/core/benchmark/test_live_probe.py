"""What a probe notes of sound and pictures that are handed on."""

from dataclasses import replace

import numpy as np
import pytest

from core.audio import Sound
from core.benchmark.live_probe import Probe, picture_latency
from core.video import Frame
from tests.fakes import tone, voiced

QUIET = voiced(Sound(np.zeros(640, np.float32), 640, 0.0))


def test_the_end_of_what_is_loud_is_noted_to_the_sample_and_silence_changes_nothing() -> None:
    probe = Probe()
    probe.play(QUIET)
    assert probe.loud_until == float("-inf")
    half = np.concatenate([tone(0.02), np.zeros(320, np.float32)])
    probe.play(voiced(Sound(half, 0, 0.0)))
    until = probe.loud_until
    assert until - probe.voice[-1].at == pytest.approx(0.02, abs=0.001)
    probe.play(QUIET)
    assert probe.loud_until == until
    assert [moment.start for moment in probe.voice] == [640, 0, 640]


def test_pictures_that_are_repeated_count_once_and_their_latency_is_from_the_sound() -> None:
    probe = Probe()
    frame = Frame(np.zeros((2, 2, 3), np.uint8), 0, 0.0)
    for sample in (0, 0, 640):
        probe.send(replace(frame, sample=sample))
    assert [moment.start for moment in probe.pictures] == [0, 640]
    ends = [moment.at for moment in probe.pictures]
    assert picture_latency(probe) == pytest.approx(np.median(ends))
