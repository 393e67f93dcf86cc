"""Keeps a queue between two clocks at its level, so slowly that nobody hears it.

One clock says when sound comes, another how fast it is played. A proportional-integral controller
(Astrom and Murray, Feedback Systems, chapter 11) turns how much waits into a pace; what no
inaudible pace could mend in time is named as surplus, to be cut out.
"""

from dataclasses import dataclass
from typing import NamedTuple


class SteeringState(NamedTuple):
    """What is remembered from one piece of sound to the next."""

    error: float = 0.0
    """Seconds above the target, smoothed."""
    drift: float = 0.0
    """Part of the pace that makes up for the clocks' difference."""
    least: tuple[tuple[float, float], ...] = ()
    """(seconds, level) of the last pieces."""


class Correction(NamedTuple):
    """What is to be done with a piece of sound."""

    pace: float
    """How much faster to play it: 0.001 makes it a thousandth shorter."""
    surplus: float
    """Seconds that have waited in vain for `WINDOW` and should be cut out."""


@dataclass(frozen=True)
class Steering:
    """Steers towards a level of `target` seconds, as seen just before each piece is put."""

    target: float
    limit: float = 0.002
    """Largest pace; a semitone is 0.06."""
    gain: float = 0.05
    """Pace per second of error; its inverse is the time in which an error fades."""
    smoothing: float = 1.0
    """Seconds over which the level is averaged: pieces come when frames do, not evenly."""
    tolerance: float = 0.03
    """Seconds above the target that are left to the pace."""
    window: float = 0.5
    """Seconds for which more than that must have waited to be surplus."""

    def step(
        self, level: float, seconds: float, state: SteeringState
    ) -> tuple[Correction, SteeringState]:
        """Return what to do with a piece of `seconds` that found `level` seconds waiting."""
        share = min(1.0, seconds / self.smoothing)
        error = state.error + share * (level - self.target - state.error)
        drift = state.drift
        if abs(error) < self.tolerance:  # further off it is a stall that speaks, not a clock
            drift = self._bounded(drift + self.gain**2 / 4 * error * seconds)
        least = self._recent((*state.least, (seconds, level)))
        pace = self._bounded(drift + self.gain * error)
        return Correction(pace, self._surplus(least)), SteeringState(error, drift, least)

    def shortened(self, seconds: float, state: SteeringState) -> SteeringState:
        """Return `state` after `seconds` of sound were cut out."""
        least = tuple((length, level - seconds) for length, level in state.least)
        return SteeringState(state.error - seconds, state.drift, least)

    def restarted(self, state: SteeringState) -> SteeringState:
        """Return `state` after a silence: the clocks are the same, the level is a new one."""
        return SteeringState(drift=state.drift)

    def _bounded(self, pace: float) -> float:
        return max(-self.limit, min(self.limit, pace))

    def _recent(self, least: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        while sum(length for length, _ in least[1:]) >= self.window:
            least = least[1:]
        return least

    def _surplus(self, least: tuple[tuple[float, float], ...]) -> float:
        if sum(length for length, _ in least) < self.window:
            return 0.0
        surplus = min(level for _, level in least) - self.target
        return surplus if surplus > self.tolerance else 0.0
