"""Motion at another rate than the performance's own."""

import numpy as np
import pytest

from core.puppet.frame_interpolation import MotionInterpolator, interpolate_motion
from core.puppet.motion import Motion
from tests.core.puppet.faces import STILL


def bowed(pitch: float) -> Motion:
    return STILL._replace(turn=np.array([[0.0, pitch, 0.0]], np.float32))


def run(fps: int, count: int) -> list[tuple[float, int]]:
    """Bow by one radian in each of the performance's frames; return pitch and stream time."""
    tempo = MotionInterpolator(fps)
    moments = [moment for i in range(count) for moment in tempo.push(bowed(float(i)))]
    return [(float(motion.turn[0, 1]), sample) for motion, sample in moments]


def test_at_its_own_rate_it_is_as_it_was() -> None:
    tempo, given = MotionInterpolator(25), bowed(0.3)
    assert tempo.lag == 0
    ((motion, sample),) = tempo.push(given)
    assert motion is given
    assert sample == 0
    assert [sample for _, sample in run(25, 4)] == [0, 640, 1280, 1920]


@pytest.mark.parametrize("fps", [24, 30, 50, 60])
def test_an_even_motion_stays_even(fps: int) -> None:
    moments = run(fps, 51)
    assert len(moments) == 2 * fps + 1
    for given, (pitch, sample) in enumerate(moments):
        assert pitch == pytest.approx(given * 25 / fps, abs=1e-4)
        assert sample == round(given * 16_000 / fps)


def test_a_moment_comes_as_soon_as_the_one_after_it() -> None:
    tempo = MotionInterpolator(30)
    counts = [len(tempo.push(bowed(float(i)))) for i in range(11)]
    assert counts == [1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 2]
    assert tempo.lag == 640


def test_between_is_every_field() -> None:
    one = Motion(*(np.ones_like(field) for field in STILL))
    assert all((field == 0.25).all() for field in interpolate_motion(STILL, one, 0.25))
    assert interpolate_motion(STILL, one, 1.0) is one
