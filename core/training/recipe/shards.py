"""Shards of rendered clips on disk: rendered once in the background, drawn from many times."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from core import tensors
from core.checkpoint import BadCheckpoint
from core.training.studio.clip_renderer import ClipRenderer, ClipTensors
from core.training.studio.speech_stock import AlignedSpeech
from core.training.studio.subject_bank import to_device

CLIPS_PER_DRAW = 8
"""Clips rendered at a time."""
Choose = Callable[[int], Sequence[int]]
"""Says which of so many clips are read."""
PICTURES = ("frames", "references", "plate", "photo")
"""Parts of a clip from -1 to 1, stored as bytes."""
BYTE_MASKS = ("alphas", "flow_valid", "mouth_mask", "eye_mask")
"""Those from 0 to 1, stored so too."""
CLIP_WIDE = ("references", "alphas", "plate", "photo", "reference_landmarks", "identity")
"""Parts without a frame's axis."""


@dataclass(frozen=True)
class ShardConfig:
    """What a shard holds."""

    clips: int
    frames: int
    references: int
    size: int
    field: int


class ShardFolder(NamedTuple):
    """A folder of shards, all of one kind."""

    path: Path

    def files(self) -> list[Path]:
        """Return the shards, oldest first."""
        return sorted(self.path.glob("[0-9]*.safetensors"))


def render_shards(
    folder: ShardFolder, renderer: ClipRenderer, clips: int, count: int, renew: bool = False
) -> Iterator[Path]:
    """Render until the folder holds `count` shards, then, if `renew`, replace the oldest for ever.

    `clips` of each; the path of every shard is given when it is written.
    """
    folder.path.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(_next_number(folder)):
        files = folder.files()
        if len(files) >= count and not renew:
            return
        path = folder.path / f"{number:07}.safetensors"
        batches = [renderer.next_batch() for _ in range(0, clips, renderer.config.clips)]
        save_shard(path, batches)
        for old in files[: max(0, len(files) + 1 - count)]:
            old.unlink(missing_ok=True)
        yield path


def save_shard(path: Path, batches: list[ClipTensors]) -> None:
    """Write clips: pictures and masks as bytes, everything else in half precision."""
    joined = [torch.cat(part) for part in zip(*map(_flat, batches), strict=True)]
    named = dict(zip(_names(), joined, strict=True))
    pictures = {
        name: ((named.pop(name) + 1) * 127.5).round().clamp(0, 255).byte() for name in PICTURES
    }
    masks = {name: (named.pop(name).float() * 255).round().byte() for name in BYTE_MASKS}
    identity = named.pop("identity")
    halves = {name: part.half() for name, part in named.items()}
    n, t, _, size, _ = pictures["frames"].shape
    field = masks["mouth_mask"].shape[-1]
    config = ShardConfig(n, t, pictures["references"].shape[1], size, field)
    weights = {**pictures, **masks, **halves, "identity": identity}
    tensors.save(path, weights, config, {"recipe": "core.training.recipe"})


class ShardClips:
    """Draws clips from shards, over and over. Satisfies `ClipSource`.

    Clips of a batch come from one shard; the list of shards is read anew as they are renewed.
    """

    def __init__(
        self,
        folder: ShardFolder,
        people: int,
        seed: int,
        validation: ShardFolder | None = None,
        device: str = "cpu",
    ) -> None:
        """people: how many there are to train on; validation: shards of people held out."""
        self.people, self._device = people, device
        self._folder, self._validation = folder, validation
        self._random = np.random.default_rng(seed)

    def next_batch(self, batch_size: int, frames: int, size: int | None = None) -> ClipTensors:
        """See `ClipSource`.

        Raises:
            ValueError: there are no shards, or their clips are shorter.
        """
        for _ in range(8):
            files = self._folder.files()
            if not files:
                break
            path = files[int(self._random.integers(len(files)))]
            try:
                clip = self._read(path, frames, lambda clips: self._draw(clips, batch_size))
                return clip.resized(size) if size else clip
            except BadCheckpoint:
                continue  # replaced by a new one between looking and reading
        raise ValueError(f"{self._folder.path} holds no shards of clips; render some first")

    def validation_batch(self, batch_size: int, frames: int) -> ClipTensors | None:
        """See `ClipSource`."""
        if self._validation is None or not (files := self._validation.files()):
            return None
        return self._read(files[0], frames, lambda clips: range(min(clips, batch_size)))

    def _draw(self, clips: int, batch_size: int) -> list[int]:
        chosen: list[int] = self._random.permutation(clips)[:batch_size].tolist()
        return chosen

    def _read(self, path: Path, frames: int, choose: Choose) -> ClipTensors:
        clip: ClipTensors = to_device(read_shard(path, frames, choose), self._device)
        return clip


def read_shard(path: Path, frames: int, choose: Choose) -> ClipTensors:
    """Read some clips of a shard, cut to so many frames.

    Raises:
        BadCheckpoint: it is missing or damaged.
        ValueError: its clips are shorter, or an older version rendered it.
    """
    shard = tensors.load(path, ShardConfig)
    if missing := [name for name in _names() if name not in shard.weights]:
        raise ValueError(
            f"{path} holds no {missing[0]}, an older version rendered it; remove {path.parent}"
        )
    if shard.config.frames < frames:
        raise ValueError(f"{path.name} holds clips of {shard.config.frames} frames, not {frames}")
    chosen = sorted(choose(shard.config.clips))
    parts = {name: shard.weights[name][chosen] for name in _names()}
    cut = {name: part if name in CLIP_WIDE else part[:, :frames] for name, part in parts.items()}
    pictures = {name: cut.pop(name).float() / 127.5 - 1 for name in PICTURES}
    masks = {name: cut.pop(name).float() / 255 for name in BYTE_MASKS}
    identity = cut.pop("identity")
    floats = {name: part.float() for name, part in cut.items()}
    speech = AlignedSpeech(*(floats.pop(name) for name in AlignedSpeech._fields))
    return ClipTensors(**pictures, **masks, **floats, speech=speech, identity=identity)


def _names() -> list[str]:
    plain = [name for name in ClipTensors._fields if name != "speech"]
    return [*plain, *AlignedSpeech._fields]


def _flat(clip: ClipTensors) -> list[Tensor]:
    named = {**clip._asdict(), **clip.speech._asdict()}
    return [named[name].cpu() for name in _names()]


def _next_number(folder: ShardFolder) -> int:
    files = folder.files()
    return int(files[-1].stem) + 1 if files else 0
