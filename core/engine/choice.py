"""Which engines can bring a profile to life, and how one is opened."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import platformdirs
import torch

from core.engine.names import AUTO, ENGINES
from core.engine.pulldown import Pulldown
from core.engine.testcard import TestCard
from core.look.background import AS_PHOTO, Background
from core.look.stream import Look
from core.profile import Profile
from core.puppet.stream import PuppetStream, seen
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

    `tell` gets a sentence for people when an engine fails later and a simpler one takes over.

    Raises:
        ValueError: there is no such engine, or the profile's picture cannot be used.
        BadCheckpoint: a network's weights are damaged.
        LookupError: the neural engine is asked for, and there is no trained avatar model.
    """
    if engine == AUTO:
        return _best(profile, format, background, tell)
    if engine == "neural":
        return _neural(Look(profile, background), format, tell)
    if engine == "puppet":
        return _puppet(profile, format, background), "puppet engine on the CPU"
    if engine == "testcard":
        return TestCard(format), f"test card for {profile.title}"
    raise ValueError(f"there is no engine {engine!r}; choose one of: {', '.join(ENGINES)}")


def expect(profile: Profile) -> None:
    """Look at a person who is likely to be opened next: a puppet then opens in half the time.

    Raises:
        ValueError: the profile's picture cannot be used.
    """
    if _weights() is None:
        seen(profile)


def _best(
    profile: Profile, format: VideoFormat, background: Background, tell: Callable[[str], None]
) -> tuple[AvatarStream, str]:
    """Return the neural engine if it is there and quick enough, otherwise the puppet."""
    weights = _weights()
    if weights is None:
        why = "puppet engine on the CPU (no trained avatar model here)"
        return _puppet(profile, format, background), why
    from core.engine.neural import TooSlow, open_in_time

    look, puppet = Look(profile, background), partial(_puppet, profile, background=background)
    try:
        stream, why = open_in_time(weights, look, _own_rate(format), puppet, tell)
    except TooSlow as slow:
        return _puppet(profile, format, background), f"puppet engine on the CPU ({slow})"
    return _at_rate(stream, format), why


def _neural(
    look: Look, format: VideoFormat, tell: Callable[[str], None]
) -> tuple[AvatarStream, str]:
    weights = _weights()
    if weights is None:
        raise LookupError(
            f"there is no trained avatar model: put one at {own_weights()}, or choose the puppet"
        )
    from core.engine.neural import open_neural

    puppet = partial(_puppet, look.profile, background=look.background)
    stream, why = open_neural(weights, look, _own_rate(format), puppet, tell)
    return _at_rate(stream, format), why


def _own_rate(format: VideoFormat) -> VideoFormat:
    return replace(format, fps=FPS)


def _at_rate(stream: AvatarStream, format: VideoFormat) -> AvatarStream:
    """Repeat frames where the model's rate is not the one wanted: its time cannot be divided."""
    return stream if stream.format == format else Pulldown(stream, format.fps)


def _weights() -> Path | None:
    return next((path for path in (own_weights(), SHIPPED) if path.exists()), None)


def _puppet(
    profile: Profile, format: VideoFormat, background: Background = AS_PHOTO
) -> AvatarStream:
    # Its many small pieces of work lose more to waking other threads than these win.
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    return PuppetStream(profile, format, background=background)
