"""Hours of speech as a few bytes a frame: what was said, and what our own encoder hears of it.

Sound does not travel: scenes are drawn as for the encoder's own training (voices, rooms, noise,
microphones), heard once, and kept as the encoder's features and the mouth's true targets.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from core import tensors
from core.perception.hearing import LAG
from core.perception.speech import SpeechEncoder
from core.training.speech import train_lines
from core.training.speech_cache import files, read
from core.training.speech_scenes import Line, Stage, line
from core.training.speech_voices import HELD_OUT
from core.training.studio.packing import packed, unpacked

BATCH = 16
"""Scenes heard at a time."""
STEP = 0.7
"""Width of the steps to which the features' principal parts are rounded, in deviations of a
feature: what is lost is 4 % of their variance, for 31 bytes a frame (see docs/lab.md)."""
FINE = 255
"""Steps from 0 to 1 of everything else."""


@dataclass(frozen=True)
class SpeechStockConfig:
    """How much a stock of speech holds."""

    scenes: int
    frames: int
    """Of each scene, 25 a second."""
    visemes: int
    features: int
    held_out: int
    """The last so many scenes are said by voices, or in words, that are never trained on."""


class Said(NamedTuple):
    """What is said in some scenes; leading dimensions (scenes, frames)."""

    visemes: Tensor
    """(..., 15) share of each mouth shape, from phonemes and their times"""
    opening: Tensor
    """0..1 of the lips, from the same"""
    voicing: Tensor
    """0..1"""
    features: Tensor
    """(..., 128) what the encoder hears, aligned: frame by frame, without its lag"""


def hear(encoder: SpeechEncoder, stage: Stage, scenes: int) -> Said:
    """Draw scenes and hear them; the last LAG frames of each are still being heard and left out."""
    parts = []
    with torch.inference_mode():
        for first in range(0, scenes, BATCH):
            count = min(BATCH, scenes - first)
            sound, wanted = stage.draw(count)
            heard, _ = encoder(sound, encoder.initial_state(count))
            visemes, opening, voicing = (x[:, :-LAG] for x in wanted[:3])
            parts.append(Said(visemes, opening, voicing, heard.features[:, LAG:]))
            print(f"{first + count}/{scenes} scenes heard", flush=True)
    return Said(*(torch.cat(column) for column in zip(*parts, strict=True)))


def unheard_lines(folder: Path) -> list[list[Line]]:
    """Return what the encoder never heard in training, per voice."""
    voices: dict[str, list[Line]] = {}
    for path in files(folder):
        name, index = path.stem.rsplit("-", 1)
        if name in HELD_OUT or int(index) == 0:
            voices.setdefault(name, []).extend(line(said) for said in read(path))
    return list(voices.values())


def gather(encoder: SpeechEncoder, folder: Path, scenes: int, held_out: int, seed: int) -> Said:
    """Return `scenes` from the synthetic speech in `folder`, the last `held_out` never trained on.

    Raises:
        ValueError: there is no synthetic speech.
    """
    train = hear(encoder, Stage(train_lines(folder), seed), scenes - held_out)
    rest = hear(encoder, Stage(unheard_lines(folder), seed + 1), held_out)
    return Said(*(torch.cat(pair) for pair in zip(train, rest, strict=True)))


def save_speech(path: Path, said: Said, held_out: int) -> None:
    """Write what is said: about 33 bytes a frame."""
    features = said.features.flatten(0, 1)
    mean, spread = features.mean(0), features.std(0).clamp(min=1e-3)
    turn = _principal((features - mean) / spread)
    rounded = (((features - mean) / spread @ turn) / STEP).round().clamp(-127, 127)
    numbers = torch.stack([said.opening, said.voicing], -1)
    true = (torch.cat([said.visemes, numbers], -1).clamp(0, 1) * FINE).round().byte()
    weights = {
        "true": packed(true.flatten(0, 1).numpy()),
        "features": packed(rounded.to(torch.int8).numpy()),
        "mean": mean, "spread": spread, "turn": turn,
    }  # fmt: skip
    scenes, frames = said.opening.shape
    sizes = (scenes, frames, said.visemes.shape[-1], features.shape[-1], held_out)
    about = {"recipe": "core.training.studio"}
    tensors.save(path, weights, SpeechStockConfig(*sizes), about)


def load_speech(path: Path) -> tuple[Said, SpeechStockConfig]:
    """Read a stock of speech; features come back in half precision.

    Raises:
        BadCheckpoint: it is missing, damaged or of another kind.
        ValueError: it is cut short.
    """
    stock = tensors.load(path, SpeechStockConfig)
    config, weights = stock.config, stock.weights
    shape = (config.scenes, config.frames)
    true = unpacked(weights["true"], (*shape, config.visemes + 2), np.uint8).float() / FINE
    parts = unpacked(weights["features"], (*shape, config.features), np.int8)
    way = weights["turn"].T * STEP * weights["spread"]
    features = [(scene.float() @ way + weights["mean"]).half() for scene in parts]
    visemes, opening, voicing = torch.split(true, [config.visemes, 1, 1], -1)
    return Said(visemes, opening[..., 0], voicing[..., 0], torch.stack(features)), config


def _principal(values: Tensor) -> Tensor:
    """Return the directions (features, features) in which values (n, features) vary, in columns."""
    _, turn = torch.linalg.eigh(values.T.double() @ values.double())
    rising: Tensor = turn.flip(1).float()
    return rising
