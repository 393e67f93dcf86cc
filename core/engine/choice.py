"""Which engines can bring a profile to life, and how one is opened."""

import logging
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import platformdirs
import torch

from core.engine.names import AUTO, ENGINES
from core.engine.pulldown import Pulldown
from core.engine.testcard import TestCard
from core.look.background import AS_PHOTO, Background
from core.model.audio import SpeechFeatures
from core.model.avatar import fitted, load_avatar
from core.neural.heap import keep_memory
from core.neural.sitting import sit
from core.neural.steadfast import Steadfast
from core.neural.stream import NeuralStream
from core.neural.trial import MARGIN, pace
from core.perception.speech import SpeechState, load_encoder
from core.profile import Profile
from core.puppet.stream import PuppetStream
from core.stream import AvatarStream
from core.video import FPS, VideoFormat

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).parents[1] / "weights" / "avatar.safetensors"
"""Where a trained avatar model lies if one ships with the program."""


def own_weights() -> Path:
    """Return where users put an avatar model of their own; it comes before the shipped one."""
    return platformdirs.user_data_path("understudy", appauthor=False) / "avatar.safetensors"


def open_stream(
    engine: str,
    profile: Profile,
    format: VideoFormat,
    background: Background = AS_PHOTO,
    tell: Callable[[str], None] = log.error,
) -> tuple[AvatarStream, str]:
    """Return the avatar of `profile`, and a line that says what it runs on and why.

    The neural engine shows the person before what the photo shows, whatever the background.
    `tell` gets a sentence for people when an engine fails later and a simpler one takes over.

    Raises:
        ValueError: there is no such engine, or the profile's picture cannot be used.
        BadCheckpoint: a network's weights are damaged.
        LookupError: the neural engine is asked for, and there is no trained avatar model.
    """
    if engine == AUTO:
        return _best(profile, format, background, tell)
    if engine == "neural":
        stream, where = _neural(profile, _own_rate(format))
        kept = _steadfast(stream, profile, stream.format, tell)
        return _at_rate(kept, format), f"neural engine on {where}"
    if engine == "puppet":
        return _puppet(profile, format, background), "puppet engine on the CPU"
    if engine == "testcard":
        return TestCard(format), f"test card for {profile.title}"
    raise ValueError(f"there is no engine {engine!r}; choose one of: {', '.join(ENGINES)}")


def _best(
    profile: Profile, format: VideoFormat, background: Background, tell: Callable[[str], None]
) -> tuple[AvatarStream, str]:
    """Return the neural engine if it is there and quick enough, otherwise the puppet."""
    if _weights() is None:
        return _puppet(
            profile, format, background
        ), "puppet engine on the CPU (no trained avatar model here)"
    stream, where = _neural(profile, _own_rate(format))
    speed = pace(stream)
    if speed >= MARGIN:
        stream.restart()
        kept = _at_rate(_steadfast(stream, profile, stream.format, tell), format)
        return kept, f"neural engine on {where}, {speed:.1f} times real time"
    stream.close()
    why = f"the neural one is {speed:.1f} times real time on {where}, {MARGIN} are needed"
    return _puppet(profile, format, background), f"puppet engine on the CPU ({why})"


def _own_rate(format: VideoFormat) -> VideoFormat:
    return replace(format, fps=FPS)


def _at_rate(stream: AvatarStream, format: VideoFormat) -> AvatarStream:
    """Repeat frames where the model's rate is not the one wanted: its time cannot be divided."""
    return stream if stream.format == format else Pulldown(stream, format.fps)


def _weights() -> Path | None:
    return next((path for path in (own_weights(), SHIPPED) if path.exists()), None)


def _neural(profile: Profile, format: VideoFormat) -> tuple[NeuralStream[SpeechState], str]:
    path = _weights()
    if path is None:
        raise LookupError(
            f"there is no trained avatar model: put one at {own_weights()}, or choose the puppet"
        )
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_num_threads(os.cpu_count() or 1)  # `_puppet` leaves one
    keep_memory()
    avatar = fitted(load_avatar(path), device)
    encoder = SpeechFeatures(load_encoder().to(device))
    stream = NeuralStream(avatar, encoder, sit(profile, format, avatar.config), format)
    return stream, torch.cuda.get_device_name() if device.type == "cuda" else "the CPU"


def _steadfast(
    stream: AvatarStream, profile: Profile, format: VideoFormat, tell: Callable[[str], None]
) -> AvatarStream:
    return Steadfast(stream, lambda: _puppet(profile, format), tell)


def _puppet(
    profile: Profile, format: VideoFormat, background: Background = AS_PHOTO
) -> AvatarStream:
    # Its many small pieces of work lose more to waking other threads than these win.
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    return PuppetStream(profile, format, background=background)
