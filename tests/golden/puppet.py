"""Pictures of people of our cast who are moved by a voice that is written down."""

from collections.abc import Iterator
from contextlib import closing

import numpy as np

from core.audio import SAMPLE_RATE, Samples
from core.profile import Profile
from core.puppet.puppet_stream import PuppetStream
from core.video import Picture, VideoFormat
from plugins.profiles import open_built_in

PEOPLE = ("ines", "theo")
FORMAT = VideoFormat(320, 180)


def performed(person: str, seconds: float, format: VideoFormat = FORMAT) -> Iterator[Picture]:
    """Give the frames of a built-in person, in order."""
    with closing(PuppetStream(_profile(person), format)) as stream:
        sound = voice(seconds)
        for piece in sound[: len(sound) // stream.hop * stream.hop].reshape(-1, stream.hop):
            for frame in stream.step(piece):
                yield frame.picture


def voice(seconds: float) -> Samples:
    """Return syllables of changing vowels with pauses, hisses between them, and a little noise."""
    random = np.random.default_rng(3)
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    hertz = 120 + 25 * np.sin(2 * np.pi * 0.4 * times)
    phase = 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE
    openness = 0.5 + 0.5 * np.sin(2 * np.pi * 0.9 * times)
    sound = np.zeros_like(times)
    for partial in range(1, 30):
        at = partial * hertz
        gains = ((400 + 400 * openness, 90, 1.0), (1900 - 700 * openness, 120, 0.6))
        gain = sum(g / (1 + ((at - centre) / width) ** 2) for centre, width, g in gains)
        sound += (gain + 0.003) / partial**0.3 * np.sin(partial * phase)
    syllables = np.clip(1.5 * np.sin(2 * np.pi * 2.2 * times), 0, 1)
    speaks = np.sin(2 * np.pi * 0.23 * times + 0.5) > -0.5
    hiss = np.clip(-1.5 * np.sin(2 * np.pi * 2.2 * times) - 1, 0, 1) * speaks
    noise = random.standard_normal(len(times))
    mixed = 0.25 * sound * syllables * speaks + 0.05 * noise * hiss + 0.001 * noise
    return mixed.astype(np.float32)


def coarse(picture: Picture, rows: int = 9, columns: int = 16) -> Picture:
    """Return the mean colours of rows by columns fields."""
    height, width = picture.shape[:2]
    fields = picture.reshape(rows, height // rows, columns, width // columns, 3)
    return np.asarray(np.rint(fields.mean((1, 3))), np.uint8)


def _profile(person: str) -> Profile:
    good, _ = open_built_in().profiles()
    return next(profile for profile in good if profile.name == person)
