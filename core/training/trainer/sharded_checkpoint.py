"""Sharded checkpoint: safetensors files of at most 16 MB and a manifest, replaced atomically.

Shards are written first, under new names; then the manifest replaces the one before; then stale
shards are removed. A writer killed before the manifest is there leaves the old checkpoint whole.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save_file
from torch import Tensor

from core.atomic_file import atomic_write
from core.checkpoint import BadCheckpoint
from core.record import from_json, to_json

MAX_SHARD_BYTES = 16_000_000
"""Size of a shard, at most."""
HEADER_BYTES = 256
"""Allowance for a tensor's entry in the header of a shard."""
ROW_SEPARATOR = "#"
"""Between the name of a tensor that is split, and the first of its rows in a part."""


@dataclass(frozen=True)
class Shard:
    """One file of a checkpoint."""

    name: str
    digest: str


@dataclass(frozen=True)
class ShardManifest:
    """The shards of a checkpoint, and what `about` says of it."""

    shards: tuple[Shard, ...]
    about: str


def write_checkpoint(
    folder: Path, tensors: Mapping[str, Tensor], about: str, max_bytes: int = MAX_SHARD_BYTES
) -> tuple[Shard, ...]:
    """Replace the folder's checkpoint; `about` is any text that is to be read with it."""
    folder.mkdir(parents=True, exist_ok=True)
    token = secrets.token_hex(4)
    shards = []
    for index, content in enumerate(_pack(tensors, max_bytes)):
        path = folder / f"shard-{token}-{index:03}.safetensors"
        save_file(content, path)
        shards.append(Shard(path.name, _digest(path.read_bytes())))
        _fsync(path)
    manifest = ShardManifest(tuple(shards), about)
    with atomic_write(_manifest_path(folder)) as part:
        part.write_text(to_json(manifest))
        _fsync(part)
    _remove_stale_shards(folder, manifest)
    return manifest.shards


def read_checkpoint(folder: Path) -> tuple[Mapping[str, Tensor], str]:
    """Return a checkpoint's tensors and its `about`.

    Raises:
        BadCheckpoint: there is none, or a shard is missing, damaged or of another checkpoint.
    """
    manifest = read_manifest(folder)
    parts: dict[str, Tensor] = {}
    for shard in manifest.shards:
        parts |= _read_shard(folder / shard.name, shard.digest)
    return _join_rows(parts), manifest.about


def read_manifest(folder: Path) -> ShardManifest:
    """Return the manifest of a checkpoint, without opening its shards.

    Raises:
        BadCheckpoint: there is none.
    """
    try:
        return from_json(ShardManifest, _manifest_path(folder).read_text(), lenient=True)
    except (OSError, ValueError) as error:
        raise BadCheckpoint(f"{folder.name} holds no whole checkpoint: {error}") from error


def _manifest_path(folder: Path) -> Path:
    return folder / "checkpoint.json"


def _read_shard(path: Path, digest: str) -> dict[str, Tensor]:
    try:
        content = path.read_bytes()
        if _digest(content) != digest:
            raise BadCheckpoint(f"{path.name} is not the shard that was written; fetch it again")
        return load(content)
    except (OSError, SafetensorError) as error:
        raise BadCheckpoint(f"{path.name} is missing or damaged; fetch it again") from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _fsync(path: Path) -> None:
    """Flush to disk: a manifest must not be there before its shards."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _remove_stale_shards(folder: Path, manifest: ShardManifest) -> None:
    wanted = {shard.name for shard in manifest.shards}
    for path in folder.glob("shard-*.safetensors"):
        if path.name not in wanted:
            path.unlink()


def _pack(tensors: Mapping[str, Tensor], max_bytes: int) -> Iterator[dict[str, Tensor]]:
    """Fill shards one after the other."""
    content: dict[str, Tensor] = {}
    size = 0
    for name, part in _split_rows(tensors, max_bytes):
        if content and size + part.nbytes + HEADER_BYTES > max_bytes:
            yield content
            content, size = {}, 0
        content[name] = part
        size += part.nbytes + HEADER_BYTES
    if content:
        yield content


def _split_rows(tensors: Mapping[str, Tensor], max_bytes: int) -> Iterator[tuple[str, Tensor]]:
    """Give tensors as they are; those larger than a shard in parts of whole rows."""
    for name, tensor in tensors.items():
        plain = tensor.detach().cpu().contiguous()
        if plain.nbytes + HEADER_BYTES <= max_bytes:
            yield name, plain
            continue
        if plain.nbytes // len(plain) > max_bytes - HEADER_BYTES:
            raise ValueError(f"a row of {name} is over {max_bytes} bytes; expected larger shards")
        rows = (max_bytes - HEADER_BYTES) * len(plain) // plain.nbytes
        for start in range(0, len(plain), rows):
            yield f"{name}{ROW_SEPARATOR}{start}", plain[start : start + rows].clone()


def _join_rows(parts: Mapping[str, Tensor]) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    rows: dict[str, list[tuple[int, Tensor]]] = {}
    for name, part in parts.items():
        whole, cut, start = name.partition(ROW_SEPARATOR)
        if cut:
            rows.setdefault(whole, []).append((int(start), part))
        else:
            tensors[name] = part
    for name, found in rows.items():
        tensors[name] = torch.cat([part for _, part in sorted(found, key=lambda pair: pair[0])])
    return tensors
