"""Lip-sync from outside: the mouth's opening, detected in the frames, against loudness."""

import argparse
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.audio import SAMPLE_RATE, Samples, Sound
from core.benchmark.measurements import Measurement, Report, Section, machine
from core.cli import portrait, voice
from core.clock import SwiftClock
from core.engine.choice import open_stream
from core.engine.names import AUTO, ENGINES
from core.live.offline import Ahead, render
from core.perception.face.finder import FaceFinder
from core.perception.face.topology import LIP_CENTRES
from core.portrait.face_crop import face_height
from core.progress import Bar
from core.training.metrics.correlation import best_lag_correlation, correlation_at_lag
from core.video import Frame, VideoFormat

FORMAT = VideoFormat(640, 360)
"""Large enough to measure lips, small enough to be fast."""

MAX_LAG = 6
"""Frames by which the lips may be early or late."""

SMOOTHING_FRAMES = 5
"""Frames of the moving average of loudness and opening."""

SILENCE_RMS = 10 ** (-55 / 20)
"""Root mean square of sound that counts as silence, full scale being 1."""

SETTLING_FRAMES = 5
"""Silent frames on both sides of a frame before its lips are expected to be shut."""


class LipSync(NamedTuple):
    """Correlation of a mouth with a sound; openings in face heights."""

    correlation: float
    """Of opening and log loudness, both averaged over five frames, at the best lag."""
    lag: float
    """Seconds by which the lips are late; negative when early."""
    control: float
    """Negative control: the same correlation with another part of the sound."""
    voiced_mean: float
    voiced_sd: float
    silent_p99: float
    """NaN where there was no silence."""


def lip_sync(gaps: NDArray[np.float64], levels: NDArray[np.float64], fps: int) -> LipSync:
    """Correlate openings of the lips (frames,) with the sound's root mean square (frames,).

    Raises:
        ValueError: there is less than two seconds of them, or no sound in them.
    """
    if len(gaps) < 2 * fps or levels.max() <= SILENCE_RMS:
        raise ValueError("lips need at least two seconds of audible sound to be measured")
    loud = _moving_average(np.log(np.maximum(levels, SILENCE_RMS)))
    opening = _moving_average(gaps)
    found = best_lag_correlation([(opening, loud)], MAX_LAG)
    voiced = levels > 0.1 * np.percentile(levels, 95)
    silent = np.convolve(levels > SILENCE_RMS, np.ones(2 * SETTLING_FRAMES + 1), mode="same") == 0
    return LipSync(
        correlation=found.correlation,
        lag=found.lag / fps,
        control=correlation_at_lag(opening, np.roll(loud, len(loud) // 2), 0),
        voiced_mean=float(gaps[voiced].mean()),
        voiced_sd=float(gaps[voiced].std()),
        silent_p99=float(np.percentile(gaps[silent], 99)) if silent.any() else float("nan"),
    )


def _moving_average(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.convolve(curve, np.ones(SMOOTHING_FRAMES) / SMOOTHING_FRAMES, "valid")


class _LipMeasurement:
    """Satisfies both sinks: keeps the sound, measures the frames."""

    def __init__(self) -> None:
        self._finder = FaceFinder()
        self.gaps: list[float] = []
        self.sound: list[Samples] = []

    def send(self, frame: Frame) -> None:
        landmarks = self._finder.face(frame.picture).landmarks
        upper, lower = landmarks[list(LIP_CENTRES), :2]
        gap = float(np.linalg.norm(lower - upper))
        self.gaps.append(gap / face_height(landmarks))

    def play(self, sound: Sound) -> None:
        self.sound.append(sound.samples)

    def close(self) -> None:
        pass


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lips`."""
    parser.add_argument("--audio", type=Path, metavar="FILE", help="speech to perform")
    parser.add_argument("--text", help="speak this instead (default: the demo's greeting)")
    person = parser.add_mutually_exclusive_group()
    person.add_argument("--profile", metavar="NAME", help="measure with this person")
    person.add_argument("--photo", type=Path, metavar="FILE", help="or the person in this photo")
    parser.add_argument("--engine", choices=ENGINES, default=AUTO)
    parser.add_argument("--seconds", type=float, help="stop after this much sound")
    parser.set_defaults(mic=False, language=None)


def measure(chosen: argparse.Namespace) -> Report:
    """Run the benchmark."""
    plugin, options = voice(chosen)
    person = portrait(chosen)
    ears = _LipMeasurement()
    with (
        closing(plugin.open(options, SwiftClock())) as source,
        closing(open_stream(chosen.engine, person, FORMAT)[0]) as stream,
    ):
        ahead = Ahead(source, stream.hop, chosen.seconds)
        frames = render(ahead, stream, ears, ears)
        for _ in Bar(frames, "Measuring", ahead.frames(FORMAT.fps), unit=" frames"):
            pass
    sound = np.concatenate(ears.sound)
    levels = _levels(sound, len(ears.gaps))
    found = lip_sync(np.array(ears.gaps), levels, FORMAT.fps)
    about = machine() | {"picture": person.title, "sound": str(chosen.audio or "text to speech")}
    title = f"Lips against sound, {len(ears.gaps)} frames, landmarks found in every frame"
    return Report(about, (Section(title, tuple(rows(found))),))


def _levels(sound: Samples, frames: int) -> NDArray[np.float64]:
    """Return the root mean square of the sound at each frame."""
    stretch = SAMPLE_RATE // FORMAT.fps
    padded = np.zeros(frames * stretch)
    padded[: min(len(sound), len(padded))] = sound[: len(padded)]
    return np.asarray(np.sqrt((padded.reshape(frames, stretch) ** 2).mean(1)))


def rows(found: LipSync) -> Iterator[Measurement]:
    """List the measurements; none of silence where there was none."""
    yield Measurement("correlation of opening and loudness", found.correlation, "")
    yield Measurement("the same with another part of the sound", found.control, "")
    yield Measurement("lips late by", 1e3 * found.lag, "ms", found.lag * FORMAT.fps, "a frame")
    yield Measurement("opening while voiced, mean", 100 * found.voiced_mean, "% of face")
    yield Measurement("opening while voiced, deviation", 100 * found.voiced_sd, "% of face")
    if not np.isnan(found.silent_p99):
        yield Measurement("opening in silence, p99", 100 * found.silent_p99, "% of face")
