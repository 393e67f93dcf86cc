"""Opens a trained avatar model; imported only where there is one, since that takes a while."""

from pathlib import Path

import torch

from core.look import Look
from core.model.audio import SpeechFeatures
from core.model.avatar import fitted, load_avatar, packed
from core.neural.heap import keep_memory
from core.neural.sitting import sit
from core.neural.stream import NeuralStream
from core.perception.speech import SpeechState, load_encoder
from core.video import VideoFormat


def open_neural(
    weights: Path, look: Look, format: VideoFormat
) -> tuple[NeuralStream[SpeechState], str]:
    """Return the model's stream of `look`, and what it runs on.

    Raises:
        ValueError: a photo, or the background's picture, cannot be used.
        BadCheckpoint: the weights are damaged.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    keep_memory()
    avatar = fitted(load_avatar(weights), device)
    packed(avatar, avatar.config.generator.sampling)
    encoder = SpeechFeatures(load_encoder().to(device))
    sitting = sit(look.profile, format, avatar.config, look.background)
    stream = NeuralStream(avatar, encoder, sitting, format)
    return stream, torch.cuda.get_device_name() if device.type == "cuda" else "the CPU"
