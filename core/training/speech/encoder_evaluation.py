"""Evaluate a speech encoder: python -m core.training.speech.encoder_evaluation --weights FILE ...

    --data FOLDER        synthetic speech: held-out voices, and held-out sentences of the others
    --alignment FILE     phone times of real recordings, JSON: {"name": [["HH", 0.0, 0.08], ...]}
    --recordings FOLDER  those recordings, name.flac, 16 kHz

The phones are ARPAbet; any forced aligner will do.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import soundfile
import torch

from core.audio import SAMPLE_RATE, Samples
from core.perception.speech.coarticulation import (
    MouthTargets,
    articulate,
    concatenate_segments,
)
from core.perception.speech.config import FRAME_SAMPLES, WEIGHTS
from core.perception.speech.encoder_numpy import NumpySpeechEncoder
from core.perception.speech.encoder_torch import SpeechEncoder, load_speech_encoder
from core.training.speech.acoustics import NOISE_KINDS, draw_noise, draw_room_response
from core.training.speech.dataset import dataset_files, read_utterances
from core.training.speech.encoder_metrics import encode, encoder_metrics
from core.training.speech.utterance_targets import viseme_segments
from core.training.speech.voices import HELD_OUT, Segment, Utterance

PAUSE_SECONDS = 0.6
"""Seconds of silence between two utterances."""
TIMED_STEPS = 1000
"""Streaming steps timed: 40 s of sound."""
MAX_UTTERANCES = 60
"""Utterances per held-out voice."""
NOISE_SECONDS = 20.0
"""Length of each sound without speech."""

Distortion = Callable[[Samples, np.random.Generator], Samples]


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="Evaluate a speech encoder.")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--alignment", type=Path)
    parser.add_argument("--recordings", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    encoder = load_speech_encoder(arguments.weights)
    if arguments.data:
        for name, utterances in held_out_sets(arguments.data):
            print_report(encoder, name, utterances)
    if arguments.alignment:
        print_report(encoder, "real", aligned_recordings(arguments.alignment, arguments.recordings))
    print_silence(encoder)
    print_latency(arguments.weights)


def held_out_sets(folder: Path) -> Iterator[tuple[str, list[Utterance]]]:
    """Yield each held-out voice, then some held-out sentences of all other voices."""
    others: list[Utterance] = []
    for path in dataset_files(folder):
        name, index = path.stem.rsplit("-", 1)
        if int(index) == 0 and name in HELD_OUT:
            yield (
                f"{name} ({HELD_OUT[name]}, never heard)",
                list(read_utterances(path))[:MAX_UTTERANCES],
            )
        elif int(index) == 0:
            others += list(read_utterances(path))[:4]
    yield "sentences never heard", others


def aligned_recordings(alignment: Path, folder: Path) -> list[Utterance]:
    """Return real recordings with phone times from a forced aligner."""
    utterances = []
    for name, phones in json.loads(alignment.read_text()).items():
        samples, rate = soundfile.read(folder / f"{name}.flac", dtype="float32")
        if rate != SAMPLE_RATE:
            raise ValueError(f"{name}: {rate} samples a second, expected {SAMPLE_RATE}")
        spoken = _last_sound(samples)
        segments = tuple(
            Segment(phone.lower(), start, min(end, max(spoken, start + 0.05)))
            for phone, start, end in phones
        )
        utterances.append(Utterance(samples, segments, "arpabet"))
    return utterances


def _last_sound(samples: Samples) -> float:
    """Return when sound ends, in seconds: aligners give final silence to the last phone."""
    blocks = np.square(samples[: len(samples) // 160 * 160]).reshape(-1, 160).mean(1)
    return float(np.flatnonzero(blocks > blocks.max() * 1e-4)[-1] + 1) * 0.01


def concatenated(utterances: Sequence[Utterance]) -> tuple[Samples, MouthTargets]:
    """Concatenate utterances with pauses of faint noise; return samples and targets."""
    random, sounds, shapes, at = np.random.default_rng(0), [], [], 0
    for one in utterances:
        shapes.append((viseme_segments(one), at / SAMPLE_RATE))
        sounds += [one.samples, np.zeros(int(PAUSE_SECONDS * SAMPLE_RATE), np.float32)]
        at += len(one.samples) + int(PAUSE_SECONDS * SAMPLE_RATE)
    sound = np.concatenate(sounds)
    sound = sound + random.normal(0, 1e-4, len(sound)).astype(np.float32)
    sound = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES]
    return sound, articulate(concatenate_segments(shapes), len(sound) // FRAME_SAMPLES)


def print_report(encoder: SpeechEncoder, name: str, utterances: Sequence[Utterance]) -> None:
    """Print the metrics under each distortion."""
    sound, targets = concatenated(utterances)
    print(f"\n{name}: {len(utterances)} utterances, {len(sound) / SAMPLE_RATE:.0f} s")
    for condition, change in CONDITIONS.items():
        changed = change(sound, np.random.default_rng(1))
        row = asdict(encoder_metrics(encode(encoder, changed), targets))
        cells = (f"{key} {value:.0f}" if abs(value) > 2 else f"{key} {value:.3f}"
                 for key, value in row.items())  # fmt: skip
        print(f"  {condition:10s} " + "  ".join(cells))


def print_silence(encoder: SpeechEncoder) -> None:
    """Print the lip opening on sounds without speech."""
    random = np.random.default_rng(2)
    count = int(NOISE_SECONDS * SAMPLE_RATE)
    sounds = {"digital silence": np.zeros(count, np.float32)}
    for kind in dict.fromkeys(NOISE_KINDS):
        for level in (-60, -35, -15):
            sound = draw_noise(kind, NOISE_SECONDS, random) * 10 ** (level / 20)
            sounds[f"{kind} {level} dB"] = np.clip(sound, -1, 1).astype(np.float32)
    print(f"\nnobody speaks: opening, mean / 99th percentile over {NOISE_SECONDS:.0f} s")
    for name, sound in sounds.items():
        opening = encode(encoder, sound).opening
        print(f"  {name:20s} {opening.mean():.3f} / {np.percentile(opening, 99):.3f}")


def print_latency(weights: Path) -> None:
    """Print the latency of a streaming step on one core, in noise and in silence."""
    random, reader = np.random.default_rng(3), NumpySpeechEncoder(weights)
    for name, level in (("noise", 0.1), ("digital silence", 0.0)):
        times = []
        for _ in range(TIMED_STEPS):
            sound = (level * random.standard_normal(FRAME_SAMPLES)).astype(np.float32)
            begun = time.perf_counter()
            reader.step(sound)
            times.append((time.perf_counter() - begun) * 1000)
        half, most = np.percentile(times[TIMED_STEPS // 10 :], [50, 95])
        print(f"\none step in {name}: {half:.2f} ms, 95th percentile {most:.2f} ms")


def _add_noise(ratio: float) -> Distortion:
    def change(sound: Samples, random: np.random.Generator) -> Samples:
        level = np.sqrt(np.mean(np.square(sound))) * 10 ** (-ratio / 20)
        added = draw_noise("coloured", len(sound) / SAMPLE_RATE, random)[: len(sound)]
        return np.asarray(sound + level * np.pad(added, (0, len(sound) - len(added))), np.float32)

    return change


def _change_gain(decibels: float) -> Distortion:
    def change(sound: Samples, _: np.random.Generator) -> Samples:
        return np.asarray(np.clip(sound * 10 ** (decibels / 20), -1, 1), np.float32)

    return change


def _reverberate(sound: Samples, random: np.random.Generator) -> Samples:
    size = len(sound) + SAMPLE_RATE
    spectrum = np.fft.rfft(sound, size)
    wet = np.fft.irfft(spectrum * draw_room_response(len(spectrum), random), size)
    return np.asarray(wet[: len(sound)], np.float32)


def _band_limit(sound: Samples, _: np.random.Generator) -> Samples:
    hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    passed = (hertz > 300) & (hertz < 3400)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound) * passed, len(sound)), np.float32)


CONDITIONS: dict[str, Distortion] = {
    "clean": _change_gain(0),
    "-30 dB": _change_gain(-30),
    "+10 dB": _change_gain(10),
    "noise 20": _add_noise(20),
    "noise 10": _add_noise(10),
    "room": _reverberate,
    "telephone": _band_limit,
}
"""Distortions of the sound before encoding; ratios in dB."""


if __name__ == "__main__":
    main()
