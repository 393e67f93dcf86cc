"""Latents of films, each segment encoded once: a generator learns without decoding pictures again.

A segment is encoded as it streams, and each latent's last picture once more by itself, as a photo
or a stream's first frame is. A clip then begins with such a frame and goes on with the stream. Its
next latents know what was before that frame, where a clip that is encoded anew would repeat it: so
it is in all windows of a stream but the first.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from core import tensors
from core.checkpoint import BadCheckpoint
from core.model.vae.causal_vae import CausalVideoVae
from core.training.films.film_clips import ClipPlan, FilmClips, SegmentFile
from core.training.films.segment_files import read_segment_labels, read_segment_pictures
from core.training.studio.clip_renderer import ClipTensors
from core.training.studio.speech_stock import AlignedSpeech
from core.training.studio.subject_bank import to_device
from core.training.trainer.clip_batch import ClipSource, LatentClip

CHUNK = 8
"""Latents that are encoded at a time, at most."""


@dataclass(frozen=True)
class SegmentLatentsConfig:
    """Whose latents a file holds."""

    encoder: str
    """Fingerprint of the encoder's weights."""
    latents: int


class SegmentLatents(NamedTuple):
    """The latents of a segment, (latents, channels, grid, grid) each."""

    stream: Tensor
    """Encoded one after the other."""
    alone: Tensor
    """Of each latent's last picture, by itself."""


class LatentCache:
    """Latents of segments in a folder.

    What is missing, of another encoder, or older than the segment is encoded.
    """

    def __init__(self, folder: Path, vae: CausalVideoVae) -> None:
        self._folder, self._vae = folder, vae
        self._encoder = fingerprint(vae)

    def path(self, segment: SegmentFile) -> Path:
        """Return where a segment's latents are kept, also where the folder is that of the films."""
        return self._folder / f"{segment.path.stem}.latents.safetensors"

    def latents(self, segment: SegmentFile) -> SegmentLatents:
        """Read a segment's latents, or encode them first."""
        path = self.path(segment)
        if kept := self._kept(segment):
            return kept
        found = encode_segment(self._vae, segment)
        self._folder.mkdir(parents=True, exist_ok=True)
        config = SegmentLatentsConfig(self._encoder, len(found.stream))
        halves = {name: part.half() for name, part in found._asdict().items()}
        tensors.save(path, halves, config, {"recipe": "core.training.films"})
        return SegmentLatents(*(part.half().float() for part in found))

    def _kept(self, segment: SegmentFile) -> SegmentLatents | None:
        path = self.path(segment)
        try:
            kept = tensors.load(path, SegmentLatentsConfig)
        except BadCheckpoint:
            return None
        older = path.stat().st_mtime < segment.path.stat().st_mtime
        if older or kept.config.encoder != self._encoder:
            return None
        return SegmentLatents(*(kept.weights[name].float() for name in SegmentLatents._fields))


@torch.no_grad()
def encode_segment(vae: CausalVideoVae, segment: SegmentFile) -> SegmentLatents:
    """Encode a segment's whole latents; pictures at its end that make none are left out."""
    span, state = vae.frames_per_latent, None
    device = next(vae.parameters()).device
    stream, alone = [], []
    for first, count in _chunks(segment.pictures, span):
        pictures = torch.from_numpy(read_segment_pictures(segment.path, first, count))
        frames = pictures.to(device).permute(0, 3, 1, 2).float() / 127.5 - 1
        posterior, state = vae.encode(frames[None], state)
        stream.append(posterior.mean[0].float().cpu())
        last = frames[(0 if first == 0 else span - 1) :: span]
        alone.append(vae.encode(last[:, None])[0].mean[:, 0].float().cpu())
    return SegmentLatents(torch.cat(stream), torch.cat(alone))


def fingerprint(vae: CausalVideoVae) -> str:
    """Return a fingerprint of the encoder's weights in half precision, as checkpoints hold them."""
    digest = hashlib.sha256()
    for name, weight in sorted(vae.encoder.state_dict().items()):
        digest.update(name.encode())
        digest.update(weight.half().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def cached_clips(source: ClipSource, vae: CausalVideoVae, folder: Path) -> "CachedClips":
    """Return clips as latents of a VAE, kept in a folder.

    Raises:
        ValueError: they are none of films: those of the studio are never the same again.
    """
    if not isinstance(source, FilmClips):
        raise ValueError(
            f"latents of {type(source).__name__} cannot be kept; prepare films, or leave out "
            "--latent-cache"
        )
    return CachedClips(source, LatentCache(folder, vae), vae.frames_per_latent)


class CachedClips:
    """Clips of films as latents; those of the validation set as pictures. A `BatchSource`."""

    def __init__(self, clips: FilmClips, cache: LatentCache, span: int) -> None:
        """span: frames of a latent"""
        self._clips, self._cache, self._span = clips, cache, span
        self.people = clips.people

    def next_batch(
        self,
        batch_size: int,
        frames: int,
        size: int | None = None,  # noqa: ARG002
    ) -> LatentClip:
        """See `BatchSource`."""
        plans = self._clips.draw(batch_size, frames)
        latents, references, landmarks, speech, people = zip(*map(self._read, plans), strict=True)
        clip = LatentClip(
            torch.stack(latents),
            torch.stack(references),
            torch.stack(landmarks),
            AlignedSpeech(*map(torch.stack, zip(*speech, strict=True))),
            torch.tensor(people),
        )
        on_device: LatentClip = to_device(clip, self._clips.device)
        return on_device

    def validation_batch(self, batch_size: int, frames: int) -> ClipTensors | None:
        """See `BatchSource`."""
        return self._clips.validation_batch(batch_size, frames)

    def _read(self, plan: ClipPlan) -> tuple[Tensor, Tensor, Tensor, AlignedSpeech, int]:
        """Read a clip from the nearest whole latent on: latents, references, landmarks, sound."""
        begin = plan.begin // self._span
        count = 1 + (plan.frames - 1) // self._span
        found = self._cache.latents(plan.segment)
        first, rest = found.alone[begin : begin + 1], found.stream[begin + 1 : begin + count]
        photos = [self._cache.latents(one).alone[at // self._span] for one, at in plan.photos]
        path = plan.segment.path
        landmarks, speech = read_segment_labels(path, begin * self._span, plan.frames)
        return torch.cat([first, rest]), torch.stack(photos), landmarks, speech, plan.person


def _chunks(pictures: int, span: int) -> Iterator[tuple[int, int]]:
    """Give first picture and number of pictures of each chunk; the first is one longer."""
    whole = pictures - (pictures - 1) % span
    yield 0, (first := min(whole, 1 + CHUNK * span))
    for start in range(first, whole, CHUNK * span):
        yield start, min(CHUNK * span, whole - start)
