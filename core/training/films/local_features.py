"""Audio features of films by a local encoder: wav2vec 2.0 or HuBERT in place of our own."""

from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor

from core.audio import Samples
from core.model.audio_encoders.audio_encoder import AudioEncoder
from core.model.audio_encoders.encoder_choice import fingerprint, open_local_encoder
from core.perception.speech.config import FRAME_SAMPLES

HOPS_AT_ONCE = 16
"""Hops that are encoded in one batch: each takes a window of seconds."""

S = TypeVar("S")


class LocalFeatures(NamedTuple):
    """An audio encoder, and the fingerprint by which models name it."""

    encoder: AudioEncoder[Any]
    fingerprint: str


def open_local_features(folder: Path, device: str) -> LocalFeatures:
    """Open the encoder in a folder.

    Raises:
        BadCheckpoint: there is none, or it is damaged.
    """
    return LocalFeatures(open_local_encoder(folder, torch.device(device)), fingerprint(folder))


def encode_features(encoder: AudioEncoder[S], samples: Samples, count: int) -> Tensor:
    """Encode `count` frames of sound, (count, features), without the encoder's lag.

    Where the sound ends sooner, silence follows.
    """
    wanted = (count + encoder.lag) * FRAME_SAMPLES
    whole = np.zeros(-(-wanted // encoder.hop) * encoder.hop, np.float32)
    whole[: min(wanted, len(samples))] = samples[:wanted]
    state, parts = encoder.initial_state(1), []
    with torch.inference_mode():
        for piece in torch.split(torch.from_numpy(whole)[None], HOPS_AT_ONCE * encoder.hop, 1):
            features, state = encoder.encode(piece, state)
            parts.append(features[0].cpu())
    return torch.cat(parts)[encoder.lag : encoder.lag + count].clone()
