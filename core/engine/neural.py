"""Opens a trained avatar model; imported only where there is one, since that takes a while."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from core.look.stream import Look
from core.model.audio import SpeechFeatures
from core.model.avatar import fitted, load_avatar
from core.neural.heap import keep_memory
from core.neural.sitting import sit
from core.neural.steadfast import Steadfast
from core.neural.stream import NeuralStream
from core.neural.trial import MARGIN, pace
from core.perception.speech import SpeechState, load_encoder
from core.stream import AvatarStream
from core.video import VideoFormat

Puppet = Callable[[VideoFormat], AvatarStream]
"""Opens the same person as a puppet, which takes over when the model fails."""

Tell = Callable[[str], None]
"""Gets a sentence for people when that happens."""


class TooSlow(Exception):
    """The model does not run in real time on this machine; says by how much."""


def open_neural(
    weights: Path,
    look: Look,
    format: VideoFormat,
    puppet: Puppet,
    tell: Callable[[str], None],
) -> tuple[AvatarStream, str]:
    """Return the model's stream of `look`, and a line that says what it runs on.

    Raises:
        ValueError: a photo, or the background's picture, cannot be used.
        BadCheckpoint: the weights are damaged.
    """
    stream, where = _opened(weights, look, format)
    return Steadfast(stream, partial(puppet, format), tell), f"neural engine on {where}"


def open_in_time(
    weights: Path,
    look: Look,
    format: VideoFormat,
    puppet: Puppet,
    tell: Callable[[str], None],
) -> tuple[AvatarStream, str]:
    """Do as `open_neural` does, if a trial of two seconds shows that the model is quick enough.

    Raises:
        TooSlow: it is not.
        ValueError, BadCheckpoint: as above.
    """
    stream, where = _opened(weights, look, format)
    speed = pace(stream)
    if speed < MARGIN:
        stream.close()
        raise TooSlow(
            f"the neural one is {speed:.1f} times real time on {where}, {MARGIN} are needed"
        )
    stream.restart()
    why = f"neural engine on {where}, {speed:.1f} times real time"
    return Steadfast(stream, partial(puppet, format), tell), why


def _opened(
    weights: Path, look: Look, format: VideoFormat
) -> tuple[NeuralStream[SpeechState], str]:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_num_threads(os.cpu_count() or 1)  # a puppet before it left one
    keep_memory()
    avatar = fitted(load_avatar(weights), device)
    encoder = SpeechFeatures(load_encoder().to(device))
    sitting = sit(look.profile, format, avatar.config, look.background)
    stream = NeuralStream(avatar, encoder, sitting, format)
    return stream, torch.cuda.get_device_name() if device.type == "cuda" else "the CPU"
