"""Pieces of people who speak, with the watermark and without it, and what is found in them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import count, cycle
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.benchmark.call_channels import FPS, lumas
from core.benchmark.synthetic_speech import synthetic_speech
from core.look import AS_PHOTO, Background
from core.pixels import grey, resized
from core.profile import Profile
from core.puppet.puppet_stream import PuppetStream
from core.stream import skip
from core.video import HD, Picture
from core.watermark.detection import Evidence, correlate, phases_of, scales
from core.watermark.embedding import Watermark
from core.watermark.key import BANDS, draw_key, mirror

BACKGROUNDS = (AS_PHOTO, Background("colour", "#3c4a5a"), Background("blurred"))

PHOTOS = {".jpg", ".jpeg", ".png", ".webp"}

SHOT_EVERY = 15
"""Frames of which one is looked at as a still picture."""


class Take(NamedTuple):
    """Some seconds of a person before a background, without the watermark."""

    name: str
    pictures: list[Picture]


class Still(NamedTuple):
    """What a single picture goes through before somebody looks at it."""

    name: str
    height: int
    quality: int
    """Of JPEG; 0 for a lossless file."""

    def through(self, picture: Picture) -> NDArray[np.uint8]:
        """Return its luma as it arrives."""
        height, width = picture.shape[:2]
        small = resized(picture, round(width * self.height / height), self.height)
        if not self.quality:
            return grey(small)
        _, data = cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, self.quality])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


STILLS = (
    Still("as it was saved", HD.height, 0),
    Still("JPEG of quality 85", HD.height, 85),
    Still("360 lines, JPEG of quality 85", 360, 85),
)


def people_in(folder: Path) -> list[Profile]:
    """Return a profile for each photo in a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PHOTOS)
    return [Profile("photo", path.stem, (path.absolute(),), "For a measurement.") for path in paths]


def takes(people: Sequence[Profile], most: int, seconds: float) -> Iterator[Take]:
    """Yield so many takes: one person after the other, each time before another background and
    with another voice. Photos in which no face is found are passed over."""
    usable = list(people)
    for number in range(most):
        while usable:
            turn, place = divmod(number, len(usable))
            background = BACKGROUNDS[(turn + place) % len(BACKGROUNDS)]
            try:
                yield shoot(usable[place], background, seconds, turn)
                break
            except ValueError:
                del usable[place]


def shoot(person: Profile, background: Background, seconds: float, seed: int = 0) -> Take:
    """Let a person speak; return the frames that a call sends, at its rate.

    Raises:
        ValueError: the person's photo cannot be used.
    """
    pictures: list[Picture] = []
    with closing(PuppetStream(person, HD, seed, background=background)) as stream:
        speech = synthetic_speech(8.0, seed)
        sound = cycle(speech[: 8 * HD.fps * stream.hop].reshape(-1, stream.hop))
        for number in count():
            if len(pictures) >= round(seconds * FPS):
                break
            if number * FPS // HD.fps == (number - 1) * FPS // HD.fps:
                skip(stream, next(sound))
            else:
                pictures += [frame.picture for frame in stream.step(next(sound))]
    return Take(f"{person.title}, background {background.kind}", pictures)


def marked(pictures: Iterable[Picture]) -> Iterator[Picture]:
    """Yield copies with the watermark, as if they were live."""
    watermark = Watermark(HD)
    for picture in pictures:
        copy = picture.copy()
        watermark.apply(copy)
        yield copy


def evidence_of(*seen: NDArray[np.uint8]) -> Evidence:
    """Return what is seen of the watermark in lumas of one size."""
    evidence = Evidence()
    for luma in seen:
        evidence.add(luma)
    return evidence


def evidence_in(film: bytes) -> Evidence:
    """Return what is seen of the watermark in a film."""
    return evidence_of(*lumas(film))


class Alarms:
    """How well keys that are in no picture fit, at every place that is tried for ours.

    Ours is a key like them, so this is how often it is found where it is not.
    """

    def __init__(self, levels: Sequence[float]) -> None:
        self._levels = levels
        self.highest: list[float] = []
        """z of the best place, for each full search."""
        self._above = np.zeros(len(levels), np.int64)
        self._places = 0

    def search(self, evidence: Evidence, keys: Iterable[str]) -> None:
        """Search for the key of each of some words in full, as `detection.search` does."""
        spectra = [phases_of(evidence.tile(float(scale))) for scale in scales()]
        for words in keys:
            best = 0.0
            anchors = [draw_key(words, band).anchor for band in BANDS]
            for key in (*anchors, *map(mirror, anchors)):
                for phases in spectra:
                    best = max(best, self._count(correlate(phases, key)))
            self.highest.append(best)

    def _count(self, surface: NDArray[np.float64]) -> float:
        self._places += surface.size
        self._above += [int((surface > level).sum()) for level in self._levels]
        return float(surface.max())

    @property
    def places(self) -> int:
        """How many places were tried."""
        return self._places

    @property
    def shares(self) -> list[float]:
        """Of all places, those where a key fits better than each level."""
        return [float(count) / max(1, self._places) for count in self._above]
