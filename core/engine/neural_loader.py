"""Load a trained avatar model as a stream; imports torch, so imported only when one is there."""

from pathlib import Path
from typing import Any

import torch

from core.engine.cpu_tuning import tune_malloc
from core.look import Look
from core.model.audio_encoders.encoder_choice import open_audio_encoder
from core.model.avatar import load_avatar, prepack, prepare_for_inference
from core.neural.neural_stream import NeuralStream
from core.neural.references import prepare_references
from core.sentence import said
from core.video import VideoFormat


def open_neural(weights: Path, look: Look, format: VideoFormat) -> tuple[NeuralStream[Any], str]:
    """Return the model's stream of `look`, and what it runs on.

    Raises:
        ValueError: a photo, or the background's picture, cannot be used.
        BadCheckpoint: the weights, or those of the model's audio encoder, are missing or damaged.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tune_malloc()
    avatar = prepare_for_inference(load_avatar(weights), device)
    prepack(avatar, avatar.config.generator.sampling)
    encoder = open_audio_encoder(avatar.config.generator.audio, weights, device)
    references = prepare_references(look.profile, format, avatar.config, look.background)
    stream = NeuralStream(avatar, encoder, references, format)
    return stream, torch.cuda.get_device_name() if device.type == "cuda" else said("the CPU")
