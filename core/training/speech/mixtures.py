"""Endless scenes to train on: people speak and pause, in rooms, with noise, into microphones."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal import resample_poly
from torch import Tensor

from core.audio import SAMPLE_RATE, Samples
from core.perception.speech.config import FRAME_SAMPLES
from core.training.speech.acoustics import (
    NOISE_KINDS,
    Generator,
    draw_breath,
    draw_microphone_response,
    draw_noise,
    draw_room_response,
)
from core.training.speech.coarticulation import (
    MouthTargets,
    articulate,
    concatenate_segments,
    viseme_segments,
)
from core.training.speech.voices import Utterance

MIXTURE_SECONDS = 16
"""Length of a scene."""
SPEED_RATIOS = (
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
NOISE_BANK_SIZE = 40
"""Backgrounds kept ready; made anew now and then."""
NOMINAL_LEVEL_DB = -24.0
"""Level of a well-set microphone while one speaks, in dB below full scale."""


class TargetBatch(NamedTuple):
    """What the mouth should do in a batch; `Targets` as tensors, (batch, frames, ...)."""

    visemes: Tensor
    opening: Tensor
    voicing: Tensor
    closures: Tensor


class LevelledUtterance(NamedTuple):
    """One utterance, ready to be placed: sound of speech level 1, and mouth shapes."""

    samples: NDArray[np.int16]
    scale: float
    segments: NDArray[np.void]


def level_utterance(utterance: Utterance) -> LevelledUtterance:
    """Prepare an utterance; its loudness is measured where something is said."""
    blocks = np.square(
        utterance.samples.reshape(-1)[: len(utterance.samples) // 160 * 160]
    ).reshape(-1, 160)
    power = blocks.mean(1)
    active = power[power > power.max(initial=0) * 1e-3]
    level = np.sqrt(active.mean()) if len(active) else 1.0
    return LevelledUtterance(
        (utterance.samples * 32767).astype(np.int16),
        1 / (32767 * level),
        viseme_segments(utterance),
    )


class MixtureSampler:
    """Draws scenes from lines, with backgrounds from a bank of its own."""

    def __init__(
        self,
        voices: Sequence[Sequence[LevelledUtterance]],
        seed: int,
        noise_bank_size: int = NOISE_BANK_SIZE,
    ) -> None:
        """`lines` has one list per voice; who has said more speaks more, but not in proportion."""
        self._voices = [voice for voice in voices if voice]
        weights = np.sqrt([len(voice) for voice in self._voices])
        self._weights = weights / weights.sum()
        self._random = np.random.default_rng(seed)
        self._noise_bank = [self._draw_noise() for _ in range(noise_bank_size)]

    def sample(self, batch_size: int) -> tuple[Tensor, TargetBatch]:
        """Return the sound of `batch` new scenes, (batch, samples), and what mouths do in them."""
        self._noise_bank[self._random.integers(len(self._noise_bank))] = self._draw_noise()
        scenes = [self._draw_speech() for _ in range(batch_size)]
        clean = self._apply_acoustics(np.stack([clean for clean, _ in scenes]))
        pairs = zip(clean, scenes, strict=True)
        sound = np.stack([self._add_channel(heard, dry) for heard, (dry, _) in pairs])
        columns = [torch.from_numpy(np.stack(c)) for c in zip(*(t for _, t in scenes), strict=True)]
        return torch.from_numpy(sound), TargetBatch(*columns)

    def _draw_noise(self) -> Samples:
        return draw_noise(str(self._random.choice(NOISE_KINDS)), MIXTURE_SECONDS, self._random)

    def _draw_speech(self) -> tuple[Samples, MouthTargets]:
        """Return clean speech with pauses, and the mouth; one scene in eight says nothing."""
        sound = np.zeros(MIXTURE_SECONDS * SAMPLE_RATE, np.float32)
        shapes: list[tuple[NDArray[np.void], float]] = []
        at = int(self._random.exponential(0.5) * SAMPLE_RATE)
        silent = self._random.random() < 0.125
        loyal = self._draw_voice()
        while not silent and at < len(sound) - SAMPLE_RATE // 4:
            voice = loyal if self._random.random() < 0.7 else self._draw_voice()
            samples, said = self._perturb_speed(voice)
            if self._random.random() < 0.12:
                self._add_breath(sound, at)
            piece = samples[: len(sound) - at]
            sound[at : at + len(piece)] += piece * 10 ** (self._random.normal(0, 3) / 20)
            shapes.append((said, at / SAMPLE_RATE))
            at += len(samples) + int(self._draw_pause() * SAMPLE_RATE)
        return sound, articulate(concatenate_segments(shapes), len(sound) // FRAME_SAMPLES)

    def _draw_voice(self) -> Sequence[LevelledUtterance]:
        return self._voices[self._random.choice(len(self._voices), p=self._weights)]

    def _draw_pause(self) -> float:
        long = self._random.random() < 0.25
        return float(self._random.exponential(1.5 if long else 0.15))

    def _perturb_speed(
        self, voice: Sequence[LevelledUtterance]
    ) -> tuple[Samples, NDArray[np.void]]:
        said = voice[int(self._random.integers(len(voice)))]
        up, down = SPEED_RATIOS[self._random.integers(len(SPEED_RATIOS))]
        samples = said.samples.astype(np.float32) * said.scale
        shapes = said.segments
        if up != down:
            samples = resample_poly(samples, up, down)
            shapes = shapes.copy()
            shapes["start"] *= up / down
            shapes["end"] *= up / down
        if self._random.random() < 0.12:
            samples, shapes = _truncate_start(samples, shapes, self._random.uniform(0.05, 0.6))
        return np.asarray(samples, np.float32), shapes

    def _add_breath(self, sound: Samples, at: int) -> None:
        """Put a breath before what is said at `at`, if there is room for one."""
        air = draw_breath(self._random) * 10 ** (self._random.uniform(-30, -10) / 20)
        if at > len(air):
            sound[at - len(air) : at] += air

    def _apply_acoustics(self, clean: Samples) -> Samples:
        """Put each scene into a room and before a microphone; some are recorded as they are."""
        size = clean.shape[1] + SAMPLE_RATE  # so that no room's tail comes round to the start
        spectra = torch.fft.rfft(torch.from_numpy(clean), size)
        for spectrum in spectra:
            response = draw_microphone_response(len(spectrum), self._random).astype(np.complex64)
            if self._random.random() < 0.5:
                response *= draw_room_response(len(spectrum), self._random)
            spectrum *= torch.from_numpy(response)
        placed: Samples = torch.fft.irfft(spectra, size)[:, : clean.shape[1]].numpy()
        return placed

    def _add_channel(self, sound: Samples, dry: Samples) -> Samples:
        """Add backgrounds, set the gain, and do to the sound what cheap recorders do."""
        random = self._random
        if dry.any():
            sound = sound / np.sqrt(np.mean(np.square(sound[dry != 0])) + 1e-12)
        loudest = -5 if dry.any() else 5
        quiet = random.random() < 0.15
        if not quiet:
            sound = sound + self._noise_at(len(sound), random.uniform(-55, loudest))
        if not quiet and random.random() < 0.35:
            sound = sound + self._noise_at(len(sound), random.uniform(-45, -3))
        if random.random() < 0.15 and dry.any():
            sound = sound + self._draw_babble(len(sound)) * 10 ** (random.uniform(-35, -12) / 20)
        if random.random() < 0.18:
            sound = _noise_gate(sound, random)
        gain = NOMINAL_LEVEL_DB + random.uniform(-30, 10)
        return _quantise(np.asarray(sound * 10 ** (gain / 20), np.float32), random)

    def _noise_at(self, count: int, level: float) -> Samples:
        piece = self._noise_bank[self._random.integers(len(self._noise_bank))]
        turned = np.roll(piece, self._random.integers(count))
        return np.asarray(turned * 10 ** (level / 20), np.float32)

    def _draw_babble(self, count: int) -> Samples:
        """Return several people at once, of level about 1."""
        sound, people = np.zeros(count, np.float32), self._random.integers(2, 6)
        for _ in range(people * 3):
            samples, _shapes = self._perturb_speed(self._draw_voice())
            piece = samples[:count]
            start = self._random.integers(count - len(piece) + 1)
            sound[start : start + len(piece)] += piece / np.sqrt(people)
        return sound


def _truncate_start(
    samples: Samples, shapes: NDArray[np.void], seconds: float
) -> tuple[Samples, NDArray[np.void]]:
    """Begin in the middle of a word, as recordings do, and microphones that open late."""
    later = shapes[shapes["end"] > seconds].copy()
    later["start"] = np.maximum(later["start"] - seconds, 0)
    later["end"] -= seconds
    return samples[int(seconds * SAMPLE_RATE) :], later


def _noise_gate(sound: Samples, random: Generator) -> Samples:
    """Do as meeting programs do: turn the sound down where it is quiet."""
    loud = np.abs(sound[: len(sound) // 160 * 160]).reshape(-1, 160).max(1)
    hold = np.ones(random.integers(5, 30))
    passed = np.convolve(loud > random.uniform(0.03, 0.3), hold)[: len(loud)] > 0
    closed = 0.0 if random.random() < 0.5 else 10 ** (random.uniform(-60, -15) / 20)
    gain = np.where(passed, 1.0, closed)
    gain = np.interp(np.arange(len(sound)) / 160, np.arange(len(gain)), gain)
    return np.asarray(sound * gain, np.float32)


def _quantise(sound: Samples, random: Generator) -> Samples:
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
