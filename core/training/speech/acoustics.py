"""Synthetic acoustics for augmentation: background noise, room and microphone responses."""

import math

import numpy as np
from numpy.typing import NDArray

from core.audio import SAMPLE_RATE, Samples

Generator = np.random.Generator
NOISE_KINDS = ("coloured", "coloured", "fan", "hum", "keys", "tones", "music", "rustle")
"""Kinds of `draw_noise`; coloured noise is twice as likely."""


def draw_noise(kind: str, seconds: float, random: Generator) -> Samples:
    """Return background noise of one of NOISE_KINDS, of power 1."""
    count = int(seconds * SAMPLE_RATE)
    makers = {
        "coloured": _coloured, "fan": _fan, "hum": _hum, "keys": _keys, "tones": _tones,
        "music": _music, "rustle": _rustle,
    }  # fmt: skip
    sound = makers[kind](count, random)
    return np.asarray(sound / (np.sqrt(np.mean(np.square(sound))) + 1e-9), np.float32)


def draw_breath(random: Generator) -> Samples:
    """Return one inhaled breath, 0.2 to 0.6 s, with a peak of about 1."""
    count = int(random.uniform(0.2, 0.6) * SAMPLE_RATE)
    envelope = np.sin(np.linspace(0, np.pi, count)) ** random.uniform(1, 3)
    sound = _band_pass(random.standard_normal(count), *_draw_band(random, 500, 2000, 3000, 7000))
    return np.asarray(sound * envelope / (np.abs(sound).max() + 1e-9), np.float32)


def draw_room_response(size: int, random: Generator) -> NDArray[np.complex64]:
    """Return a room's frequency response for spectra of `size` bins, the direct sound at time 0.

    A few early reflections, then noise that dies away, faster at high frequencies; the voice is
    near the microphone or across the room. Nothing comes before the direct sound, so lips keep
    their time.
    """
    decay = random.uniform(0.1, 0.9)
    count = int(decay * SAMPLE_RATE)
    from scipy.signal import lfilter  # who trains on films alone need not have it

    times = np.arange(count) / SAMPLE_RATE
    tail = random.standard_normal(count) * np.exp(-6.9 * times / decay)
    tail[: int(random.uniform(0.002, 0.02) * SAMPLE_RATE)] = 0
    tail = lfilter([1 - 0.6], [1, -random.uniform(0.2, 0.7)], tail)
    for _ in range(random.integers(3, 9)):
        tail[int(random.uniform(0.001, 0.04) * SAMPLE_RATE)] += random.normal() * 2
    tail /= np.sqrt(np.sum(np.square(tail))) + 1e-9
    response = tail * 10 ** (random.uniform(-25, 2) / 20)
    response[0] = 1
    return np.asarray(np.fft.rfft(response, 2 * (size - 1)), np.complex64)


def draw_microphone_response(size: int, random: Generator) -> NDArray[np.float32]:
    """Return the gain at each of `size` frequencies: colouring and band limits of cheap devices."""
    hertz = np.linspace(0, SAMPLE_RATE / 2, size)
    octaves = np.log2(np.maximum(hertz, 30) / 30)
    knots = random.normal(0, random.uniform(0, 5), 9)
    gain = np.interp(octaves, np.linspace(0, octaves[-1], 9), knots)
    low, high = random.uniform(20, 150), 8000.0
    limit = random.random()
    if limit < 0.12:
        low, high = 300, 3400
    elif limit < 0.35:
        high = random.uniform(3500, 7500)
    order = random.choice([2, 4, 8])
    passed = 1 / (1 + (low / np.maximum(hertz, 1)) ** (2 * order))
    passed = passed / (1 + (hertz / high) ** (8 * order)) if high < 8000 else passed
    return np.asarray(10 ** (gain / 20) * np.sqrt(passed), np.float32)


def _coloured(count: int, random: Generator) -> NDArray[np.float64]:
    """Return noise of random spectral tilt and bumps, sometimes amplitude modulated."""
    spectrum = np.fft.rfft(random.standard_normal(count))
    octaves = np.log2(1 + np.linspace(0, SAMPLE_RATE / 2, len(spectrum)) / 30)
    gain = -random.uniform(-1, 7) * octaves
    gain += np.interp(octaves, np.linspace(0, octaves[-1], 8), random.normal(0, 6, 8))
    sound = np.fft.irfft(spectrum * 10 ** (gain / 20), count)
    if random.random() < 0.4:
        sound *= 10 ** (_random_curve(count, random, 2.0) * 6 / 20)
    return np.asarray(sound)


def _fan(count: int, random: Generator) -> NDArray[np.float64]:
    times = np.arange(count) / SAMPLE_RATE
    blades = random.uniform(40, 300)
    whir = sum(np.sin(2 * np.pi * blades * k * times + k * k) / k for k in range(1, 6))
    return np.asarray(_coloured(count, random) + whir * random.uniform(0, 0.02))


def _hum(count: int, random: Generator) -> NDArray[np.float64]:
    times = np.arange(count) / SAMPLE_RATE
    mains = random.choice([50.0, 60.0])
    partials = range(1, random.integers(4, 30))
    hum = sum(random.random() / k * np.sin(2 * np.pi * mains * k * times) for k in partials)
    return np.asarray(hum + random.uniform(0.001, 0.05) * random.standard_normal(count))


def _keys(count: int, random: Generator) -> NDArray[np.float64]:
    """Return typing, or knocks and taps."""
    sound = 1e-3 * random.standard_normal(count)
    at, knocks = 0.0, random.random() < 0.3
    while (at := at + random.exponential(1.0 if knocks else 0.18)) < count / SAMPLE_RATE - 0.3:
        length = int(random.uniform(0.01, 0.12 if knocks else 0.04) * SAMPLE_RATE)
        click = random.standard_normal(length) * np.exp(
            -np.linspace(0, random.uniform(4, 9), length)
        )
        click = _band_pass(click, *_draw_band(random, 60 if knocks else 500, 1500, 2500, 7500))
        start = int(at * SAMPLE_RATE)
        sound[start : start + length] += click * random.lognormal(0, 0.5)
    return sound


def _tones(count: int, random: Generator) -> NDArray[np.float64]:
    """Return beeps, rings and alarms."""
    sound, at = 1e-4 * random.standard_normal(count), random.uniform(0, 1)
    pitch = random.uniform(200, 2500)
    while at < count / SAMPLE_RATE - 1.5:
        length = int(random.uniform(0.08, 1.2) * SAMPLE_RATE)
        pitch = pitch if random.random() < 0.5 else random.uniform(200, 2500)
        times = np.arange(length) / SAMPLE_RATE
        partials = range(1, random.integers(2, 5))
        tone = sum(np.sin(2 * np.pi * pitch * k * times) / k**2 for k in partials)
        start = int(at * SAMPLE_RATE)
        sound[start : start + length] += tone * np.minimum(1, np.arange(length)[::-1] / 800)
        at += length / SAMPLE_RATE + random.uniform(0.05, 2)
    return sound


def _music(count: int, random: Generator) -> NDArray[np.float64]:
    """Return plucked or bowed chords over a beat: not a tune, but the spectrum of one."""
    sound = 1e-4 * random.standard_normal(count)
    beat = int(random.uniform(0.2, 0.6) * SAMPLE_RATE)
    bowed = random.random() < 0.4
    for start in range(0, count - 4 * beat, beat):
        for _ in range(random.integers(0, 4)):
            pitch = 110 * 2 ** (random.choice([0, 2, 4, 5, 7, 9, 11, 12, 14, 16, 19, 24]) / 12)
            length = beat * int(random.integers(1, 4))
            times = np.arange(length) / SAMPLE_RATE
            envelope = np.sin(np.linspace(0, np.pi, length)) if bowed else np.exp(-4 * times)
            partials = range(1, 9)
            note = sum(np.sin(2 * np.pi * pitch * k * times) / k**1.3 for k in partials)
            sound[start : start + length] += envelope * note * random.uniform(0.3, 1)
        if random.random() < 0.5:
            drum = random.standard_normal(beat // 2) * np.exp(-np.linspace(0, 9, beat // 2))
            sound[start : start + beat // 2] += 2 * drum
    return sound


def _rustle(count: int, random: Generator) -> NDArray[np.float64]:
    """Return cloth and paper on the microphone: bursts of dull or hissing noise."""
    strength = np.maximum(0, _random_curve(count, random, 6.0) - random.uniform(0, 1)) ** 2
    sound = _band_pass(random.standard_normal(count), *_draw_band(random, 50, 2000, 1500, 7500))
    return np.asarray(sound * strength + 1e-4 * random.standard_normal(count))


def _random_curve(count: int, random: Generator, rate: float) -> NDArray[np.float64]:
    """Return smooth noise of standard deviation about 1, `rate` knots a second."""
    knots = random.standard_normal(math.ceil(count / SAMPLE_RATE * rate) + 2)
    return np.interp(np.arange(count) * rate / SAMPLE_RATE, np.arange(len(knots)), knots)


def _draw_band(
    random: Generator, low: float, low_end: float, high: float, high_end: float
) -> tuple[float, float]:
    return random.uniform(low, low_end), random.uniform(high, high_end)


def _band_pass(sound: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """Apply a gentle band-pass between two frequencies, in hertz."""
    hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    gain = 1 / (1 + (low / np.maximum(hertz, 1)) ** 4) / (1 + (hertz / high) ** 4)
    return np.fft.irfft(np.fft.rfft(sound) * gain, len(sound))
