"""Frame interpolation: motion at another frame rate, linear between two moments."""

from itertools import count

from core.audio import SAMPLE_RATE
from core.puppet.motion import Motion
from core.video import FPS


class MotionInterpolator:
    """Resamples motion from `FPS` to `fps`, each moment with its stream time. One thread.

    At another rate than `FPS`, a moment waits for the one after it: up to a frame of delay.
    """

    def __init__(self, fps: int) -> None:
        self._fps = fps
        self._previous: Motion | None = None
        self._frames_in = 0
        self._frames_out = 0

    @property
    def lag(self) -> int:
        """Samples of sound that the next moment may need beyond its own."""
        return 0 if self._fps == FPS else SAMPLE_RATE // FPS

    def push(self, motion: Motion) -> list[tuple[Motion, int]]:
        """Return the moments up to `motion`, which is the next at `FPS`."""
        before, self._previous = self._previous or motion, motion
        moments = []
        for index in count(self._frames_out):
            # In units of 1 / (FPS * fps) seconds all of this is exact.
            ahead = index * FPS - (self._frames_in - 1) * self._fps
            if ahead > self._fps:
                break
            sample = round(index * SAMPLE_RATE / self._fps)
            moments.append((interpolate_motion(before, motion, ahead / self._fps), sample))
        self._frames_out += len(moments)
        self._frames_in += 1
        return moments


def interpolate_motion(before: Motion, after: Motion, share: float) -> Motion:
    """Interpolate linearly: 0 is `before`, 1 is `after`."""
    if share >= 1:
        return after
    return Motion(*(b + share * (a - b) for b, a in zip(before, after, strict=True)))
