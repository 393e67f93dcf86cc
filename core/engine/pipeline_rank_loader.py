"""Open a rank of a pipeline: join the others, load its part of the model onto its device."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import distributed

from core.audio import Samples
from core.engine.cpu_tuning import tune_malloc
from core.engine.rank_processes import ANSWER_TIMEOUT
from core.look import Look
from core.model.audio_encoders.audio_encoder import AudioEncoder
from core.model.audio_encoders.encoder_choice import open_audio_encoder
from core.model.avatar import Avatar, load_avatar, prepack, prepare_for_inference
from core.model.generator.timestep_pipeline import DistributedRankLink, RankLost
from core.neural.pipeline_ranks import RenderingRank, StreamingDenoiser
from core.neural.references import prepare_references
from core.record import from_json
from core.sentence import said
from core.video import Frame, VideoFormat

__all__ = ["OpenedRank", "RankLost", "open_rank"]

LOOPBACK = {"linux": "lo", "darwin": "lo0"}
"""Network interface by which ranks talk that are all on this computer."""

Show = Callable[[Sequence[Frame]], None]


class OpenedRank(NamedTuple):
    """A rank that is ready; see `core.engine.pipeline_rank_process` for its messages."""

    about: dict[str, Any]
    """What the launcher is told."""
    run: Callable[[Mapping[str, Any], Iterable[Samples], Show], None]
    """Runs a stream, as its order says; only the last rank has something to show."""


def open_rank(order: Mapping[str, Any]) -> OpenedRank:
    """Open the rank that the launcher asks for.

    Raises:
        ValueError: a photo, or the background's picture, or the model, cannot be used.
        BadCheckpoint: the weights are damaged.
        RankLost: another rank is gone.
    """
    rank, ranks = order["rank"], order["ranks"]
    device = _device(rank, ranks)
    _join(rank, ranks, order["meeting"], device)
    tune_malloc()
    weights = Path(order["weights"])
    avatar = prepare_for_inference(load_avatar(weights), device)
    look = from_json(Look, order["look"])
    format = VideoFormat(order["width"], order["height"], order["fps"])
    if rank == ranks - 1:
        return _open_renderer(avatar, look, format)
    encoder = open_audio_encoder(avatar.config.generator.audio, weights, device)
    return _open_denoiser(avatar, encoder, len(look.profile.references))


def _open_denoiser(avatar: Avatar, encoder: AudioEncoder[Any], references: int) -> OpenedRank:
    prepack(avatar, avatar.config.generator.sampling)
    denoiser = StreamingDenoiser(avatar.generator, encoder, references, DistributedRankLink())
    heard = denoiser.conditioner
    return OpenedRank(
        {"device": _name(avatar.mean.device), "hop": heard.hop, "lag": heard.lag},
        lambda order, hops, _: denoiser.run(hops, order["seed"]),
    )


def _open_renderer(avatar: Avatar, look: Look, format: VideoFormat) -> OpenedRank:
    frames = prepare_references(look.profile, format, avatar.config, look.background)
    renderer = RenderingRank(avatar, frames, DistributedRankLink())
    return OpenedRank(
        {"device": _name(avatar.mean.device)},
        lambda order, hops, show: renderer.run(hops, order["lag"], show),
    )


def _device(rank: int, ranks: int) -> torch.device:
    """Return a GPU of the rank's own, as long as there are enough, or its share of the cores."""
    if torch.cuda.is_available():
        torch.cuda.set_device(rank % torch.cuda.device_count())
        return torch.device("cuda", torch.cuda.current_device())
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // ranks))
    return torch.device("cpu")


def _join(rank: int, ranks: int, meeting: str, device: torch.device) -> None:
    """Join the other ranks, who are all on this computer."""
    if name := LOOPBACK.get(sys.platform):
        os.environ.setdefault("GLOO_SOCKET_IFNAME", name)
        os.environ.setdefault("NCCL_SOCKET_IFNAME", name)
    own = device.type == "cuda" and torch.cuda.device_count() >= ranks
    distributed.init_process_group(
        "nccl" if own else "gloo",
        store=distributed.FileStore(meeting, ranks),  # type: ignore[attr-defined]
        rank=rank,
        world_size=ranks,
        timeout=timedelta(seconds=ANSWER_TIMEOUT),
    )


def _name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else said("the CPU")
