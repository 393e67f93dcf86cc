"""Decodes a film to pictures at a constant 25 a second, and to mono sound at 16 kHz."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np

from core.audio import SAMPLE_RATE, Samples
from core.pixels import scaled
from core.sentence import said
from core.video import FPS, Picture

SILENCE_PEAK = 1e-3
"""Peak below which a film is silent: -60 dB."""
MAX_SIDE = 1280
"""Pixels of a picture's longer side, at most."""


class UnusableFilm(ValueError):
    """A film that cannot be learned from, and why."""


def read_frames(path: Path) -> Iterator[Picture]:
    """Give a film's pictures at a constant rate, at each time the nearest one.

    Raises:
        UnusableFilm: it shows nothing that could be read.
    """
    made, last = 0, None
    for picture, seconds in _decode(path):
        while last is not None and (made + 0.5) / FPS <= seconds:
            yield last
            made += 1
        last = picture
    if last is None:
        raise UnusableFilm(said("{0} shows no picture", path.name))
    yield last


def read_sound(path: Path) -> Samples:
    """Return a film's sound, mono, from its first picture on.

    Raises:
        UnusableFilm: it has none, or nothing is heard.
    """
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
    parts: list[Samples] = []
    with _open(path) as film:
        if not film.streams.audio:
            raise UnusableFilm(said("{0} has no sound", path.name))
        begin = _start_seconds(film.streams.video[0])
        early = round((begin - _start_seconds(film.streams.audio[0])) * SAMPLE_RATE)
        for frame in _frames(film, film.streams.audio[0], path):
            parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
        parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    heard = np.concatenate([np.zeros(max(0, -early), np.float32), *parts])
    if np.abs(heard).max(initial=0) < SILENCE_PEAK:
        raise UnusableFilm(said("{0} is silent", path.name))
    return np.asarray(heard[max(0, early) :], np.float32)


def detect_cuts(
    frames: Iterator[Picture], threshold: float = 30.0
) -> Iterator[tuple[Picture, bool]]:
    """Detect cuts: give pictures, and of each whether it differs much from the one before.

    threshold: mean difference, of 255, above which it is a cut and no movement.
    """
    before = None
    for picture in frames:
        rows, columns = (max(1, size // 32) for size in picture.shape[:2])
        small = picture[::rows, ::columns].astype(np.float32)
        yield picture, before is not None and float(np.abs(small - before).mean()) > threshold
        before = small


def _decode(path: Path) -> Iterator[tuple[Picture, float]]:
    """Decode all pictures of a film and their times in seconds from the first."""
    with _open(path) as film:
        stream = film.streams.video[0]
        stream.thread_type = "AUTO"
        begin = _start_seconds(stream)
        for frame in _frames(film, stream, path):
            turned = np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90))
            picture = np.ascontiguousarray(turned, np.uint8)
            factor = MAX_SIDE / max(picture.shape[:2])
            yield scaled(picture, factor) if factor < 1 else picture, float(frame.time) - begin


def _frames(film: av.container.InputContainer, stream: Any, path: Path) -> Iterator[Any]:
    """Decode a stream; what is damaged later on makes the film unusable, too."""
    try:
        yield from film.decode(stream)
    except av.FFmpegError as error:
        raise UnusableFilm(said("{0} is damaged: {1}", path.name, error)) from error


def _open(path: Path) -> av.container.InputContainer:
    try:
        film = av.open(str(path))
    except (av.FFmpegError, OSError) as error:
        why = said("{0} is no film that can be read: {1}", path.name, error)
        raise UnusableFilm(why) from error
    if not film.streams.video:
        film.close()
        raise UnusableFilm(said("{0} shows no picture", path.name))
    return film


def _start_seconds(stream: av.stream.Stream) -> float:
    """Return a stream's start time in seconds."""
    return float((stream.start_time or 0) * (stream.time_base or 0))
