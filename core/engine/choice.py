"""Open an engine by name; "auto" times the neural one and falls back to the puppet."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.checkpoint import BadCheckpoint, read_config
from core.engine.avatar_models import avatar_models, trusted_models, user_weights
from core.engine.badge import BadgeOptions, badged
from core.engine.cpu_tuning import limit_openmp_spin, limit_puppet_threads
from core.engine.fallback import FallbackStream
from core.engine.imprint import imprinted
from core.engine.names import parse_engine
from core.engine.pipeline_parallel_stream import open_pipeline
from core.engine.pulldown import Pulldown
from core.engine.realtime import REALTIME_MARGIN, realtime_factor
from core.engine.speed_memory import SpeedMemory, speed_file
from core.engine.testcard import TestCard
from core.look import AS_PHOTO, Background, Look
from core.optional_torch import has_torch, require_torch, torch_remedy
from core.profile import Profile
from core.puppet.puppet_stream import PuppetStream
from core.sentence import first_line, parted, said
from core.stream import AvatarStream
from core.video import FPS, VideoFormat
from core.watermark.embedding import Watermark

if TYPE_CHECKING:
    from core.neural.neural_stream import NeuralStream

log = logging.getLogger(__name__)


def open_stream(
    engine: str,
    profile: Profile,
    format: VideoFormat,
    background: Background = AS_PHOTO,
    tell: Callable[[str], None] = log.error,
    badge: BadgeOptions | None = None,
) -> tuple[AvatarStream, str]:
    """Return the avatar of `profile`, and a line that says what it runs on and why.

    `tell` gets a sentence for people when an engine fails later and a simpler one takes over.
    Whatever the engine, its frames bear the watermark, and `badge` where there is one.

    Raises:
        ValueError: there is no such engine, or the profile's picture cannot be used.
        BadCheckpoint: a network's weights are damaged.
        LookupError: the neural engine is asked for, and there is no avatar model, or no torch.
    """
    stream, why = _open(engine, Look(profile, background), format, tell)
    return badged(imprinted(stream, Watermark(format)), badge), why


def _open(
    engine: str, look: Look, format: VideoFormat, tell: Callable[[str], None]
) -> tuple[AvatarStream, str]:
    match parse_engine(engine):
        case "auto":
            return _open_best(look, format, tell)
        case "neural":
            return _open_neural_engine(look, format, tell)
        case "pipeline":
            return _open_pipeline_engine(look, format, tell)
        case "puppet":
            return _open_puppet(look, format), said("puppet engine on the CPU")
        case "testcard":
            return TestCard(format), said("test card for {0}", look.profile.title)


def opens_quickly(engine: str) -> bool:
    """Whether an engine opens in a moment, and is not timed meanwhile: that of the puppet."""
    return engine == "puppet" or (engine == "auto" and not trusted_models())


def _open_best(
    look: Look, format: VideoFormat, tell: Callable[[str], None]
) -> tuple[AvatarStream, str]:
    """Return the neural engine if there is one that runs in real time, otherwise the puppet."""
    weights = trusted_models()
    why = said("no trained avatar model here")
    if not weights and avatar_models():
        why = said("the neural one is experimental: it is taken where it is chosen")
    if weights and not has_torch():
        weights, why = [], said("the neural one needs PyTorch", remedy=torch_remedy())
    memory = SpeedMemory(speed_file())
    for path in weights:
        where: str = said("this machine")
        speed = memory.recall(path, format)
        if speed is None or speed >= REALTIME_MARGIN:
            try:
                stream, where, speed = _open_timed(path, look, format, speed)
            except Exception as error:  # whatever is wrong with a model, the picture goes on
                log.exception("the neural engine does not start")
                why = said("the neural one does not start: {0}", first_line(error))
                continue
            memory.remember(path, format, speed)
            if speed >= REALTIME_MARGIN:
                kept = _with_fallback(stream, look, format, tell)
                return kept, said("neural engine on {0}, {1:.1f} times real time", where, speed)
            stream.close()
        why = said(
            "the neural one is {0:.1f} times real time on {1}, {2} are needed",
            speed,
            where,
            REALTIME_MARGIN,
        )
        break
    return _open_puppet(look, format), said("puppet engine on the CPU ({0})", why)


def _open_timed(
    weights: Path, look: Look, format: VideoFormat, known: float | None
) -> tuple[AvatarStream, str, float]:
    """Return the model's stream, reset, what it runs on, and its real-time factor.

    A factor that is `known` is not measured again.
    """
    stream, where = _open_neural_stream(weights, look, format)
    if known is not None:
        return stream, where, known
    try:
        speed = realtime_factor(stream)
        stream.reset()
    except Exception:
        stream.close()
        raise
    return stream, where, speed


def _open_neural_engine(
    look: Look, format: VideoFormat, tell: Callable[[str], None]
) -> tuple[AvatarStream, str]:
    stream, where = _open_neural_stream(_required_weights(), look, format)
    return _with_fallback(stream, look, format, tell), said("neural engine on {0}", where)


def _open_pipeline_engine(
    look: Look, format: VideoFormat, tell: Callable[[str], None]
) -> tuple[AvatarStream, str]:
    weights = _required_weights()
    limit_openmp_spin()  # in the processes to come
    from core.model.avatar import AvatarConfig

    steps = read_config(weights, AvatarConfig).generator.sampling.steps
    stream = open_pipeline(weights, steps, look, replace(format, fps=FPS))
    where = ", ".join(dict.fromkeys(stream.devices))
    note = said("neural engine in {0} processes on {1}", steps + 1, where)
    return _with_fallback(stream, look, format, tell), note


def _required_weights() -> Path:
    weights = avatar_models()
    if not weights:
        raise LookupError(
            said(
                "there is no trained avatar model:",
                remedy=said("put one at {0}, or choose the puppet", user_weights()),
            )
        )
    require_torch()
    return weights[0]


def _open_neural_stream(
    weights: Path, look: Look, format: VideoFormat
) -> tuple["NeuralStream[Any]", str]:
    limit_openmp_spin()
    from core.engine.neural_loader import open_neural

    try:
        return open_neural(weights, look, replace(format, fps=FPS))  # the only rate of a model
    except BadCheckpoint as error:
        if weights != user_weights():
            raise
        wrong, _ = parted(str(error))
        raise BadCheckpoint(
            said(
                "your own avatar model {0} cannot be used: {1}",
                weights,
                wrong,
                remedy="put a whole one in its place, or remove it",
            )
        ) from error


def _with_fallback(
    stream: AvatarStream, look: Look, format: VideoFormat, tell: Callable[[str], None]
) -> AvatarStream:
    """Fall back to the puppet where the model fails; repeat or drop frames for another rate."""
    kept = FallbackStream(stream, partial(_open_puppet, look, stream.format), tell)
    return kept if kept.format == format else Pulldown(kept, format.fps)


def _open_puppet(look: Look, format: VideoFormat) -> AvatarStream:
    limit_puppet_threads()
    return PuppetStream(look.profile, format, background=look.background)
