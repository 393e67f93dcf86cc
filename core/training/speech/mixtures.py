"""Speech mixtures to train on: utterances, pauses, room and microphone responses, noise."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.audio import SAMPLE_RATE, Samples
from core.perception.speech.coarticulation import (
    MouthTargets,
    articulate,
    concatenate_segments,
)
from core.perception.speech.config import FRAME_SAMPLES
from core.training.speech.acoustics import (
    NOISE_KINDS,
    Generator,
    draw_breath,
    draw_microphone_response,
    draw_noise,
    draw_room_response,
)
from core.training.speech.utterance_targets import viseme_segments
from core.training.speech.voices import Utterance

MIXTURE_SECONDS = 16
"""Length of a mixture."""
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
"""Speed perturbation by resampling: length ratios; pitch and formants move along."""
NOISE_BANK_SIZE = 40
"""Noises kept ready; one is replaced with every batch."""
NOMINAL_LEVEL_DB = -24.0
"""Level of a well-set microphone while one speaks, in dB below full scale."""


class TargetBatch(NamedTuple):
    """`MouthTargets` of a batch as tensors, (batch, frames, ...)."""

    visemes: Tensor
    opening: Tensor
    voicing: Tensor
    closures: Tensor


class LevelledUtterance(NamedTuple):
    """An utterance with the scale that gives it speech level 1, and its viseme segments."""

    samples: NDArray[np.int16]
    scale: float
    segments: NDArray[np.void]


def level_utterance(utterance: Utterance) -> LevelledUtterance:
    """Measure an utterance's speech level over its active blocks."""
    whole = utterance.samples.reshape(-1)[: len(utterance.samples) // 160 * 160]
    power = np.square(whole).reshape(-1, 160).mean(1)
    active = power[power > power.max(initial=0) * 1e-3]
    level = np.sqrt(active.mean()) if len(active) else 1.0
    samples = (utterance.samples * 32767).astype(np.int16)
    return LevelledUtterance(samples, 1 / (32767 * level), viseme_segments(utterance))


class MixtureSampler:
    """Draws random mixtures of utterances and noise from a bank of its own."""

    def __init__(
        self,
        voices: Sequence[Sequence[LevelledUtterance]],
        seed: int,
        noise_bank_size: int = NOISE_BANK_SIZE,
    ) -> None:
        """`voices` has a list of utterances per voice, drawn by the square root of its length."""
        self._voices = [voice for voice in voices if voice]
        weights = np.sqrt([len(voice) for voice in self._voices])
        self._weights = weights / weights.sum()
        self._random = np.random.default_rng(seed)
        self._noise_bank = [self._draw_noise() for _ in range(noise_bank_size)]

    def sample(self, batch_size: int) -> tuple[Tensor, TargetBatch]:
        """Return samples (batch_size, samples) of new mixtures, and their targets."""
        self._noise_bank[self._random.integers(len(self._noise_bank))] = self._draw_noise()
        drawn = [self._draw_speech() for _ in range(batch_size)]
        reverberant = self._apply_acoustics(np.stack([dry for dry, _ in drawn]))
        pairs = zip(reverberant, drawn, strict=True)
        sound = np.stack([self._add_channel(wet, dry) for wet, (dry, _) in pairs])
        columns = [torch.from_numpy(np.stack(c)) for c in zip(*(t for _, t in drawn), strict=True)]
        return torch.from_numpy(sound), TargetBatch(*columns)

    def _draw_noise(self) -> Samples:
        return draw_noise(str(self._random.choice(NOISE_KINDS)), MIXTURE_SECONDS, self._random)

    def _draw_speech(self) -> tuple[Samples, MouthTargets]:
        """Return clean speech with pauses, and its targets; one mixture in eight has none."""
        sound = np.zeros(MIXTURE_SECONDS * SAMPLE_RATE, np.float32)
        segments: list[tuple[NDArray[np.void], float]] = []
        at = int(self._random.exponential(0.5) * SAMPLE_RATE)
        silent = self._random.random() < 0.125
        main_voice = self._draw_voice()
        while not silent and at < len(sound) - SAMPLE_RATE // 4:
            voice = main_voice if self._random.random() < 0.7 else self._draw_voice()
            samples, spoken = self._perturb_speed(voice)
            if self._random.random() < 0.12:
                self._add_breath(sound, at)
            piece = samples[: len(sound) - at]
            sound[at : at + len(piece)] += piece * 10 ** (self._random.normal(0, 3) / 20)
            segments.append((spoken, at / SAMPLE_RATE))
            at += len(samples) + int(self._draw_pause() * SAMPLE_RATE)
        return sound, articulate(concatenate_segments(segments), len(sound) // FRAME_SAMPLES)

    def _draw_voice(self) -> Sequence[LevelledUtterance]:
        return self._voices[self._random.choice(len(self._voices), p=self._weights)]

    def _draw_pause(self) -> float:
        long = self._random.random() < 0.25
        return float(self._random.exponential(1.5 if long else 0.15))

    def _perturb_speed(
        self, voice: Sequence[LevelledUtterance]
    ) -> tuple[Samples, NDArray[np.void]]:
        utterance = voice[int(self._random.integers(len(voice)))]
        up, down = SPEED_RATIOS[self._random.integers(len(SPEED_RATIOS))]
        samples = utterance.samples.astype(np.float32) * utterance.scale
        segments = utterance.segments
        if up != down:
            from scipy.signal import resample_poly  # who trains on films alone need not have it

            samples = resample_poly(samples, up, down)
            segments = segments.copy()
            segments["start"] *= up / down
            segments["end"] *= up / down
        if self._random.random() < 0.12:
            samples, segments = _truncate_start(samples, segments, self._random.uniform(0.05, 0.6))
        return np.asarray(samples, np.float32), segments

    def _add_breath(self, sound: Samples, at: int) -> None:
        """Add a breath before the utterance at sample `at`, if there is room."""
        air = draw_breath(self._random) * 10 ** (self._random.uniform(-30, -10) / 20)
        if at > len(air):
            sound[at - len(air) : at] += air

    def _apply_acoustics(self, clean: Samples) -> Samples:
        """Apply a microphone response, and to half of the mixtures a room response."""
        size = clean.shape[1] + SAMPLE_RATE  # so that no tail wraps around
        spectra = torch.fft.rfft(torch.from_numpy(clean), size)
        for spectrum in spectra:
            response = draw_microphone_response(len(spectrum), self._random).astype(np.complex64)
            if self._random.random() < 0.5:
                response *= draw_room_response(len(spectrum), self._random)
            spectrum *= torch.from_numpy(response)
        placed: Samples = torch.fft.irfft(spectra, size)[:, : clean.shape[1]].numpy()
        return placed

    def _add_channel(self, sound: Samples, dry: Samples) -> Samples:
        """Add noise and babble, gate, set the gain and quantise."""
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
        """Return babble of two to five voices, of level about 1."""
        sound, people = np.zeros(count, np.float32), self._random.integers(2, 6)
        for _ in range(people * 3):
            samples, _segments = self._perturb_speed(self._draw_voice())
            piece = samples[:count]
            start = self._random.integers(count - len(piece) + 1)
            sound[start : start + len(piece)] += piece / np.sqrt(people)
        return sound


def _truncate_start(
    samples: Samples, segments: NDArray[np.void], seconds: float
) -> tuple[Samples, NDArray[np.void]]:
    """Cut the beginning off, as recordings and late-opening microphones do."""
    later = segments[segments["end"] > seconds].copy()
    later["start"] = np.maximum(later["start"] - seconds, 0)
    later["end"] -= seconds
    return samples[int(seconds * SAMPLE_RATE) :], later


def _noise_gate(sound: Samples, random: Generator) -> Samples:
    """Apply a noise gate, as meeting programs do."""
    loud = np.abs(sound[: len(sound) // 160 * 160]).reshape(-1, 160).max(1)
    hold = np.ones(random.integers(5, 30))
    passed = np.convolve(loud > random.uniform(0.03, 0.3), hold)[: len(loud)] > 0
    closed = 0.0 if random.random() < 0.5 else 10 ** (random.uniform(-60, -15) / 20)
    gain = np.where(passed, 1.0, closed)
    gain = np.interp(np.arange(len(sound)) / 160, np.arange(len(gain)), gain)
    return np.asarray(sound * gain, np.float32)


def _quantise(sound: Samples, random: Generator) -> Samples:
    """Apply DC offset, clipping, and 16-bit or mu-law quantisation."""
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
