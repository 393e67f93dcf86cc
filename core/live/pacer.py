"""Keeping time."""

from core.clock import Clock


class Pacer:
    """Deadlines at a fixed rate, measured from the start so that errors do not add up."""

    def __init__(self, rate: float, clock: Clock) -> None:
        self.period = 1 / rate
        self._clock = clock
        self._next = clock.now()

    def remaining(self) -> float:
        """Seconds until the next deadline; never negative."""
        return max(0.0, self._next - self._clock.now())

    def advance(self) -> None:
        """Move to the next deadline, skipping those already missed."""
        late = max(0.0, self._clock.now() - self._next)
        self._next += self.period * (1 + late // self.period)

    def slip(self) -> None:
        """Let all deadlines move so that this one is now: what was awaited came a little late."""
        self._next = max(self._next, self._clock.now())

    def hurry(self, seconds: float) -> None:
        """Let all deadlines come a little earlier: what was awaited was there before its time."""
        self._next -= seconds
