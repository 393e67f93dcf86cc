"""A checkpoint in pieces of at most 16 MB: whole or not at all, whenever the writer is killed.

Pieces are written first, each under a name that no other has; then one manifest replaces the one
before; then what it does not name goes. Until the manifest is there the old checkpoint counts.
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

from core.checkpoint import BadCheckpoint
from core.record import from_json, to_json

MAX_SHARD_BYTES = 16_000_000
"""Bytes of a piece, at most."""
HEADER_BYTES = 256
"""Bytes that a tensor's name and shape may take."""
ROW_SEPARATOR = "#"
"""Stands between the name of a tensor that is cut, and the first of its rows in this part."""


@dataclass(frozen=True)
class Shard:
    """One file of a checkpoint."""

    name: str
    digest: str


@dataclass(frozen=True)
class ShardManifest:
    """What belongs together; the file that makes a checkpoint one."""

    shards: tuple[Shard, ...]
    about: str


def write_checkpoint(
    folder: Path, tensors: Mapping[str, Tensor], about: str, max_bytes: int = MAX_SHARD_BYTES
) -> tuple[Shard, ...]:
    """Replace the folder's checkpoint; `about` is any text that is to be read with it."""
    folder.mkdir(parents=True, exist_ok=True)
    token = secrets.token_hex(4)
    pieces = []
    for index, content in enumerate(_pack(tensors, max_bytes)):
        path = folder / f"piece-{token}-{index:03}.safetensors"
        save_file(content, path)
        pieces.append(Shard(path.name, _digest(path.read_bytes())))
        _fsync(path)
    manifest = ShardManifest(tuple(pieces), about)
    part = _manifest_path(folder).with_suffix(".part")
    part.write_text(to_json(manifest))
    _fsync(part)
    part.replace(_manifest_path(folder))
    _remove_stale_shards(folder, manifest)
    return manifest.shards


def read_checkpoint(folder: Path) -> tuple[Mapping[str, Tensor], str]:
    """Return a checkpoint's tensors and what was said about them.

    Raises:
        BadCheckpoint: there is none, or a piece is missing, damaged or of another checkpoint.
    """
    manifest = read_manifest(folder)
    parts: dict[str, Tensor] = {}
    for piece in manifest.shards:
        parts |= _read_shard(folder / piece.name, piece.digest)
    return _join_rows(parts), manifest.about


def read_manifest(folder: Path) -> ShardManifest:
    """Return what belongs to a checkpoint, without opening its pieces.

    Raises:
        BadCheckpoint: there is none.
    """
    try:
        return from_json(ShardManifest, _manifest_path(folder).read_text())
    except (OSError, ValueError) as error:
        raise BadCheckpoint(f"{folder.name} holds no whole checkpoint: {error}") from error


def _manifest_path(folder: Path) -> Path:
    return folder / "checkpoint.json"


def _read_shard(path: Path, digest: str) -> dict[str, Tensor]:
    try:
        content = path.read_bytes()
        if _digest(content) != digest:
            raise BadCheckpoint(f"{path.name} is not the piece that was written; fetch it again")
        return load(content)
    except (OSError, SafetensorError) as error:
        raise BadCheckpoint(f"{path.name} is missing or damaged; fetch it again") from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _fsync(path: Path) -> None:
    """Wait until the disk has it: a manifest must not be there before its pieces."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _remove_stale_shards(folder: Path, manifest: ShardManifest) -> None:
    wanted = {piece.name for piece in manifest.shards}
    for path in folder.glob("piece-*.safetensors"):
        if path.name not in wanted:
            path.unlink()


def _pack(tensors: Mapping[str, Tensor], max_bytes: int) -> Iterator[dict[str, Tensor]]:
    """Fill pieces one after the other."""
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
    """Give tensors as they are, or those that are too large as parts of whole rows."""
    for name, tensor in tensors.items():
        plain = tensor.detach().cpu().contiguous()
        if plain.nbytes + HEADER_BYTES <= max_bytes:
            yield name, plain
            continue
        if plain.nbytes // len(plain) > max_bytes - HEADER_BYTES:
            raise ValueError(f"a row of {name} is over {max_bytes} bytes; expected larger pieces")
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
