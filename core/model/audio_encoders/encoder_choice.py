"""Which audio encoder a model was trained with: ours, or one that lies in a folder of its own."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import torch

from core.checkpoint import BadCheckpoint
from core.model.audio_encoders.audio_encoder import AudioEncoder, SpeechAudioEncoder
from core.model.audio_encoders.wav2vec import (
    WEIGHTS_FILE,
    Wav2VecAudioEncoder,
    load_wav2vec,
)
from core.model.generator.generator_config import AudioConfig
from core.perception.speech.encoder_torch import load_speech_encoder
from core.sentence import said

ENCODER_FOLDER = "audio_encoder"
"""Folder beside an avatar model, of the audio encoder that it was trained with if that is none of
ours."""

FINGERPRINT_DIGITS = 16


def fingerprint(folder: Path) -> str:
    """Return the beginning of the SHA-256 of a local encoder's weights.

    Raises:
        BadCheckpoint: they cannot be read.
    """
    try:
        with (folder / WEIGHTS_FILE).open("rb") as file:
            digest = sha256()
            while piece := file.read(1 << 20):
                digest.update(piece)
    except OSError as error:
        raise BadCheckpoint(
            said(
                "{0} holds no audio encoder that can be read ({1})",
                folder,
                error,
                remedy="put its config.json and model.safetensors there",
            )
        ) from error
    return digest.hexdigest()[:FINGERPRINT_DIGITS]


def open_local_encoder(folder: Path, device: torch.device) -> Wav2VecAudioEncoder:
    """Open the wav2vec 2.0 or HuBERT in a folder.

    Raises:
        BadCheckpoint: a file is missing or damaged, or describes another network.
    """
    return Wav2VecAudioEncoder(load_wav2vec(folder, str(device)))


def open_audio_encoder(
    config: AudioConfig, weights: Path, device: torch.device
) -> AudioEncoder[Any]:
    """Open what the model in the file `weights` hears by: ours, or the one in a folder beside it.

    Raises:
        BadCheckpoint: there is none, or not the one that the model was trained with.
    """
    if not config.encoder:
        return SpeechAudioEncoder(load_speech_encoder().to(device))
    folder = weights.parent / ENCODER_FOLDER
    if (found := fingerprint(folder)) != config.encoder:
        raise BadCheckpoint(
            said(
                "the model was trained with the audio encoder {0}, but {1} holds {2}",
                config.encoder,
                folder,
                found,
                remedy="put the config.json and model.safetensors of the former there",
            )
        )
    return open_local_encoder(folder, device)
