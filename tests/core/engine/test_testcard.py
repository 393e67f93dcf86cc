"""The avatar without a model keeps the stream's contract."""

import numpy as np
import pytest

from core.engine.testcard import TestCard
from core.video import VideoFormat
from tests.fakes import tone


@pytest.mark.parametrize("frames_per_step", [1, 4])
def test_frames_are_numbered_by_the_samples_given(frames_per_step: int) -> None:
    card = TestCard(VideoFormat(8, 6), frames_per_step)
    frames = [f for _ in range(3) for f in card.step(np.zeros(card.hop, np.float32))]
    assert [f.sample for f in frames] == [640 * i for i in range(3 * frames_per_step)]
    assert all(f.picture.shape == (6, 8, 3) for f in frames)


def test_the_bar_rises_with_the_voice() -> None:
    card = TestCard(VideoFormat(8, 60))
    quiet, loud = card.step(np.zeros(640, np.float32)), card.step(tone(0.04))
    assert quiet[0].picture.sum() < loud[0].picture.sum()
