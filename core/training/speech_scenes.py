"""Endless scenes to train on: people speak and pause, in rooms, with noise, into microphones."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal import resample_poly
from torch import Tensor

from core.audio import SAMPLE_RATE, Samples
from core.perception.hearing import FRAME
from core.training.speech_noise import KINDS, Generator, breath, microphone, noise, room
from core.training.speech_targets import Targets, curves, join, parts
from core.training.speech_voices import Utterance

SECONDS = 16
"""Length of a scene."""
SPEEDS = (
    (1, 1),
    (1, 1),
    (9, 10),
    (10, 9),
    (7, 8),
    (8, 7),
    (5, 6),
    (6, 5),
    (4, 5),
    (19, 20),
    (20, 19),
)
"""Ratios of length; pitch and the length of the throat go along."""
BANK = 40
"""Backgrounds kept ready; made anew now and then."""
NOMINAL = -24.0
"""Level of a well-set microphone while one speaks, in dB below full scale."""


class Wanted(NamedTuple):
    """What the mouth should do in a batch; `Targets` as tensors, (batch, frames, ...)."""

    visemes: Tensor
    opening: Tensor
    voicing: Tensor
    closed: Tensor


class Line(NamedTuple):
    """One utterance, ready to be placed: sound of speech level 1, and mouth shapes."""

    samples: NDArray[np.int16]
    scale: float
    shapes: NDArray[np.void]


def line(said: Utterance) -> Line:
    """Prepare an utterance; its loudness is measured where something is said."""
    loud = np.square(said.samples.reshape(-1)[: len(said.samples) // 160 * 160]).reshape(-1, 160)
    power = loud.mean(1)
    spoken = power[power > power.max(initial=0) * 1e-3]
    level = np.sqrt(spoken.mean()) if len(spoken) else 1.0
    return Line((said.samples * 32767).astype(np.int16), 1 / (32767 * level), parts(said))


class Stage:
    """Draws scenes from lines, with backgrounds from a bank of its own."""

    def __init__(self, lines: Sequence[Sequence[Line]], seed: int, bank: int = BANK) -> None:
        """`lines` has one list per voice; who has said more speaks more, but not in proportion."""
        self._lines = [voice for voice in lines if voice]
        weights = np.sqrt([len(voice) for voice in self._lines])
        self._weights = weights / weights.sum()
        self._random = np.random.default_rng(seed)
        self._bank = [self._background() for _ in range(bank)]

    def draw(self, batch: int) -> tuple[Tensor, Wanted]:
        """Return the sound of `batch` new scenes, (batch, samples), and what mouths do in them."""
        self._bank[self._random.integers(len(self._bank))] = self._background()
        scenes = [self._scene() for _ in range(batch)]
        clean = self._place(np.stack([clean for clean, _ in scenes]))
        pairs = zip(clean, scenes, strict=True)
        sound = np.stack([self._record(heard, dry) for heard, (dry, _) in pairs])
        columns = [torch.from_numpy(np.stack(c)) for c in zip(*(t for _, t in scenes), strict=True)]
        return torch.from_numpy(sound), Wanted(*columns)

    def _background(self) -> Samples:
        return noise(str(self._random.choice(KINDS)), SECONDS, self._random)

    def _scene(self) -> tuple[Samples, Targets]:
        """Return clean speech with pauses, and the mouth; one scene in eight says nothing."""
        sound = np.zeros(SECONDS * SAMPLE_RATE, np.float32)
        shapes: list[tuple[NDArray[np.void], float]] = []
        at = int(self._random.exponential(0.5) * SAMPLE_RATE)
        silent = self._random.random() < 0.125
        loyal = self._voice()
        while not silent and at < len(sound) - SAMPLE_RATE // 4:
            voice = loyal if self._random.random() < 0.7 else self._voice()
            samples, said = self._say(voice)
            if self._random.random() < 0.12:
                self._breathe(sound, at)
            piece = samples[: len(sound) - at]
            sound[at : at + len(piece)] += piece * 10 ** (self._random.normal(0, 3) / 20)
            shapes.append((said, at / SAMPLE_RATE))
            at += len(samples) + int(self._pause() * SAMPLE_RATE)
        return sound, curves(join(shapes), len(sound) // FRAME)

    def _voice(self) -> Sequence[Line]:
        return self._lines[self._random.choice(len(self._lines), p=self._weights)]

    def _pause(self) -> float:
        long = self._random.random() < 0.25
        return float(self._random.exponential(1.5 if long else 0.15))

    def _say(self, voice: Sequence[Line]) -> tuple[Samples, NDArray[np.void]]:
        said = voice[int(self._random.integers(len(voice)))]
        up, down = SPEEDS[self._random.integers(len(SPEEDS))]
        samples = said.samples.astype(np.float32) * said.scale
        shapes = said.shapes
        if up != down:
            samples = resample_poly(samples, up, down)
            shapes = shapes.copy()
            shapes["start"] *= up / down
            shapes["end"] *= up / down
        if self._random.random() < 0.12:
            samples, shapes = _cut_in(samples, shapes, self._random.uniform(0.05, 0.6))
        return np.asarray(samples, np.float32), shapes

    def _breathe(self, sound: Samples, at: int) -> None:
        """Put a breath before what is said at `at`, if there is room for one."""
        air = breath(self._random) * 10 ** (self._random.uniform(-30, -10) / 20)
        if at > len(air):
            sound[at - len(air) : at] += air

    def _place(self, clean: Samples) -> Samples:
        """Put each scene into a room and before a microphone; some are recorded as they are."""
        size = clean.shape[1] + SAMPLE_RATE  # so that no room's tail comes round to the start
        spectra = torch.fft.rfft(torch.from_numpy(clean), size)
        for spectrum in spectra:
            response = microphone(len(spectrum), self._random).astype(np.complex64)
            if self._random.random() < 0.5:
                response *= room(len(spectrum), self._random)
            spectrum *= torch.from_numpy(response)
        placed: Samples = torch.fft.irfft(spectra, size)[:, : clean.shape[1]].numpy()
        return placed

    def _record(self, sound: Samples, dry: Samples) -> Samples:
        """Add backgrounds, set the gain, and do to the sound what cheap recorders do."""
        random = self._random
        if dry.any():
            sound = sound / np.sqrt(np.mean(np.square(sound[dry != 0])) + 1e-12)
        loudest = -5 if dry.any() else 5
        quiet = random.random() < 0.15
        if not quiet:
            sound = sound + self._noise(len(sound), random.uniform(-55, loudest))
        if not quiet and random.random() < 0.35:
            sound = sound + self._noise(len(sound), random.uniform(-45, -3))
        if random.random() < 0.15 and dry.any():
            sound = sound + self._babble(len(sound)) * 10 ** (random.uniform(-35, -12) / 20)
        if random.random() < 0.18:
            sound = _gate(sound, random)
        gain = NOMINAL + random.uniform(-30, 10)
        return _digitise(np.asarray(sound * 10 ** (gain / 20), np.float32), random)

    def _noise(self, count: int, level: float) -> Samples:
        piece = self._bank[self._random.integers(len(self._bank))]
        turned = np.roll(piece, self._random.integers(count))
        return np.asarray(turned * 10 ** (level / 20), np.float32)

    def _babble(self, count: int) -> Samples:
        """Return several people at once, of level about 1."""
        sound, people = np.zeros(count, np.float32), self._random.integers(2, 6)
        for _ in range(people * 3):
            samples, _shapes = self._say(self._voice())
            piece = samples[:count]
            start = self._random.integers(count - len(piece) + 1)
            sound[start : start + len(piece)] += piece / np.sqrt(people)
        return sound


def _cut_in(
    samples: Samples, shapes: NDArray[np.void], seconds: float
) -> tuple[Samples, NDArray[np.void]]:
    """Begin in the middle of a word, as recordings do, and microphones that open late."""
    later = shapes[shapes["end"] > seconds].copy()
    later["start"] = np.maximum(later["start"] - seconds, 0)
    later["end"] -= seconds
    return samples[int(seconds * SAMPLE_RATE) :], later


def _gate(sound: Samples, random: Generator) -> Samples:
    """Do as meeting programs do: turn the sound down where it is quiet."""
    loud = np.abs(sound[: len(sound) // 160 * 160]).reshape(-1, 160).max(1)
    hold = np.ones(random.integers(5, 30))
    passed = np.convolve(loud > random.uniform(0.03, 0.3), hold)[: len(loud)] > 0
    closed = 0.0 if random.random() < 0.5 else 10 ** (random.uniform(-60, -15) / 20)
    gain = np.where(passed, 1.0, closed)
    gain = np.interp(np.arange(len(sound)) / 160, np.arange(len(gain)), gain)
    return np.asarray(sound * gain, np.float32)


def _digitise(sound: Samples, random: Generator) -> Samples:
    """Offset, overload, and the steps of 16 bits or of a telephone."""
    if random.random() < 0.15:
        sound = sound + random.uniform(-0.03, 0.03)
    if random.random() < 0.05:
        sound = sound * random.uniform(2, 8)
    sound = np.clip(sound, -1, 1)
    if random.random() < 0.08:
        bent = np.sign(sound) * np.log1p(255 * np.abs(sound)) / np.log(256)
        bent = np.round(bent * 127) / 127
        sound = np.sign(bent) * np.expm1(np.abs(bent) * np.log(256)) / 255
    return np.asarray(np.round(sound * 32767) / 32767, np.float32)
