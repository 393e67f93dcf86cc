"""The stock of speech: our encoder's features and the true mouth shapes, 33 bytes a frame.

It holds no sound: scenes are sampled as for the encoder's own training (voices, rooms, noise,
microphones), encoded once, and kept as features and ground truth.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from core import tensors
from core.perception.speech.config import LATENCY_FRAMES
from core.perception.speech.encoder_torch import SpeechEncoder
from core.training.speech.dataset import dataset_files, read_utterances
from core.training.speech.encoder_training import training_utterances
from core.training.speech.mixtures import LevelledUtterance, MixtureSampler, level_utterance
from core.training.speech.voices import HELD_OUT
from core.training.studio.compression import deflate, inflate

BATCH = 16
"""Scenes encoded at a time."""
QUANTIZATION_STEP = 0.7
"""Quantization step of the features' principal components, in standard deviations of a feature:
4 % of their variance is lost, for 31 bytes a frame (see docs/lab.md)."""
UNIT_LEVELS = 255
"""Levels from 0 to 1 of everything else."""


@dataclass(frozen=True)
class SpeechStockConfig:
    """How much a stock of speech holds."""

    scenes: int
    frames: int
    """Of each scene, 25 a second."""
    visemes: int
    features: int
    validation: int
    """The last so many scenes have voices, or words, that are never trained on."""


class AlignedSpeech(NamedTuple):
    """Speech aligned with frames, truth and features; leading dimensions (scenes, frames)."""

    visemes: Tensor
    """(..., 15) share of each viseme, from phonemes and their times"""
    opening: Tensor
    """0..1 of the lips, from the same"""
    voicing: Tensor
    """0..1"""
    features: Tensor
    """(..., 128) of the speech encoder, without its lag"""


def encode_scenes(encoder: SpeechEncoder, stage: MixtureSampler, scenes: int) -> AlignedSpeech:
    """Sample and encode scenes; the last LAG frames of each, not yet encoded, are left out."""
    parts = []
    with torch.inference_mode():
        for first in range(0, scenes, BATCH):
            count = min(BATCH, scenes - first)
            samples, targets = stage.sample(count)
            encoded, _ = encoder(samples, encoder.initial_state(count))
            visemes, opening, voicing = (x[:, :-LATENCY_FRAMES] for x in targets[:3])
            parts.append(
                AlignedSpeech(visemes, opening, voicing, encoded.features[:, LATENCY_FRAMES:])
            )
            print(f"{first + count}/{scenes} scenes heard", flush=True)
    return AlignedSpeech(*(torch.cat(column) for column in zip(*parts, strict=True)))


def validation_lines(folder: Path) -> list[list[LevelledUtterance]]:
    """Return the utterances that the encoder was not trained on, by voice."""
    voices: dict[str, list[LevelledUtterance]] = {}
    for path in dataset_files(folder):
        name, index = path.stem.rsplit("-", 1)
        if name in HELD_OUT or int(index) == 0:
            voices.setdefault(name, []).extend(
                level_utterance(said) for said in read_utterances(path)
            )
    return list(voices.values())


def build_speech_stock(
    encoder: SpeechEncoder, folder: Path, scenes: int, validation: int, seed: int
) -> AlignedSpeech:
    """Encode `scenes` of the synthetic speech in `folder`, the last of them for validation.

    Raises:
        ValueError: there is no synthetic speech.
    """
    train = encode_scenes(
        encoder, MixtureSampler(training_utterances(folder), seed), scenes - validation
    )
    rest = encode_scenes(encoder, MixtureSampler(validation_lines(folder), seed + 1), validation)
    return AlignedSpeech(*(torch.cat(pair) for pair in zip(train, rest, strict=True)))


def save_speech_stock(path: Path, speech: AlignedSpeech, validation: int) -> None:
    """Quantize and write speech: about 33 bytes a frame."""
    features = speech.features.flatten(0, 1)
    mean, std = features.mean(0), features.std(0).clamp(min=1e-3)
    basis = _principal_axes((features - mean) / std)
    rounded = (((features - mean) / std @ basis) / QUANTIZATION_STEP).round().clamp(-127, 127)
    numbers = torch.stack([speech.opening, speech.voicing], -1)
    targets = (torch.cat([speech.visemes, numbers], -1).clamp(0, 1) * UNIT_LEVELS).round().byte()
    weights = {
        "targets": deflate(targets.flatten(0, 1).numpy()),
        "features": deflate(rounded.to(torch.int8).numpy()),
        "mean": mean, "std": std, "basis": basis,
    }  # fmt: skip
    scenes, frames = speech.opening.shape
    sizes = (scenes, frames, speech.visemes.shape[-1], features.shape[-1], validation)
    about = {"recipe": "core.training.studio"}
    tensors.save(path, weights, SpeechStockConfig(*sizes), about)


def load_speech_stock(path: Path) -> tuple[AlignedSpeech, SpeechStockConfig]:
    """Read a stock of speech; features come back in half precision.

    Raises:
        BadCheckpoint: it is missing, damaged or of another kind.
        ValueError: it is cut short.
    """
    stock = tensors.load(path, SpeechStockConfig)
    config, weights = stock.config, stock.weights
    shape = (config.scenes, config.frames)
    targets = (
        inflate(weights["targets"], (*shape, config.visemes + 2), np.uint8).float() / UNIT_LEVELS
    )
    parts = inflate(weights["features"], (*shape, config.features), np.int8)
    from_components = weights["basis"].T * QUANTIZATION_STEP * weights["std"]
    features = [(scene.float() @ from_components + weights["mean"]).half() for scene in parts]
    visemes, opening, voicing = torch.split(targets, [config.visemes, 1, 1], -1)
    return AlignedSpeech(visemes, opening[..., 0], voicing[..., 0], torch.stack(features)), config


def _principal_axes(values: Tensor) -> Tensor:
    """Return the principal axes (features, features) of values (n, features), in columns."""
    _, axes = torch.linalg.eigh(values.T.double() @ values.double())
    rising: Tensor = axes.flip(1).float()
    return rising
