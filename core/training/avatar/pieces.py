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

LARGEST = 16_000_000
"""Bytes of a piece, at most."""
ENTRY = 256
"""Bytes that a tensor's name and shape may take."""
ROWS = "#"
"""Stands between the name of a tensor that is cut, and the first of its rows in this part."""


@dataclass(frozen=True)
class Piece:
    """One file of a checkpoint."""

    name: str
    digest: str


@dataclass(frozen=True)
class Manifest:
    """What belongs together; the file that makes a checkpoint one."""

    pieces: tuple[Piece, ...]
    about: str


def write(
    folder: Path, tensors: Mapping[str, Tensor], about: str, largest: int = LARGEST
) -> tuple[Piece, ...]:
    """Replace the folder's checkpoint; `about` is any text that is to be read with it."""
    folder.mkdir(parents=True, exist_ok=True)
    token = secrets.token_hex(4)
    pieces = []
    for index, content in enumerate(_packed(tensors, largest)):
        path = folder / f"piece-{token}-{index:03}.safetensors"
        save_file(content, path)
        pieces.append(Piece(path.name, _digest(path.read_bytes())))
        _settle(path)
    manifest = Manifest(tuple(pieces), about)
    part = _manifest(folder).with_suffix(".part")
    part.write_text(to_json(manifest))
    _settle(part)
    part.replace(_manifest(folder))
    _tidy(folder, manifest)
    return manifest.pieces


def read(folder: Path) -> tuple[Mapping[str, Tensor], str]:
    """Return a checkpoint's tensors and what was said about them.

    Raises:
        BadCheckpoint: there is none, or a piece is missing, damaged or of another checkpoint.
    """
    manifest = read_manifest(folder)
    parts: dict[str, Tensor] = {}
    for piece in manifest.pieces:
        parts |= _opened(folder / piece.name, piece.digest)
    return _joined(parts), manifest.about


def read_manifest(folder: Path) -> Manifest:
    """Return what belongs to a checkpoint, without opening its pieces.

    Raises:
        BadCheckpoint: there is none.
    """
    try:
        return from_json(Manifest, _manifest(folder).read_text())
    except (OSError, ValueError) as error:
        raise BadCheckpoint(f"{folder.name} holds no whole checkpoint: {error}") from error


def _manifest(folder: Path) -> Path:
    return folder / "checkpoint.json"


def _opened(path: Path, digest: str) -> dict[str, Tensor]:
    try:
        content = path.read_bytes()
        if _digest(content) != digest:
            raise BadCheckpoint(f"{path.name} is not the piece that was written; fetch it again")
        return load(content)
    except (OSError, SafetensorError) as error:
        raise BadCheckpoint(f"{path.name} is missing or damaged; fetch it again") from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _settle(path: Path) -> None:
    """Wait until the disk has it: a manifest must not be there before its pieces."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _tidy(folder: Path, manifest: Manifest) -> None:
    wanted = {piece.name for piece in manifest.pieces}
    for path in folder.glob("piece-*.safetensors"):
        if path.name not in wanted:
            path.unlink()


def _packed(tensors: Mapping[str, Tensor], largest: int) -> Iterator[dict[str, Tensor]]:
    """Fill pieces one after the other."""
    content: dict[str, Tensor] = {}
    size = 0
    for name, part in _cut(tensors, largest):
        if content and size + part.nbytes + ENTRY > largest:
            yield content
            content, size = {}, 0
        content[name] = part
        size += part.nbytes + ENTRY
    if content:
        yield content


def _cut(tensors: Mapping[str, Tensor], largest: int) -> Iterator[tuple[str, Tensor]]:
    """Give tensors as they are, or those that are too large as parts of whole rows."""
    for name, tensor in tensors.items():
        plain = tensor.detach().cpu().contiguous()
        if plain.nbytes + ENTRY <= largest:
            yield name, plain
            continue
        if plain.nbytes // len(plain) > largest - ENTRY:
            raise ValueError(f"a row of {name} is over {largest} bytes; expected larger pieces")
        rows = (largest - ENTRY) * len(plain) // plain.nbytes
        for start in range(0, len(plain), rows):
            yield f"{name}{ROWS}{start}", plain[start : start + rows].clone()


def _joined(parts: Mapping[str, Tensor]) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    rows: dict[str, list[tuple[int, Tensor]]] = {}
    for name, part in parts.items():
        whole, cut, start = name.partition(ROWS)
        if cut:
            rows.setdefault(whole, []).append((int(start), part))
        else:
            tensors[name] = part
    for name, found in rows.items():
        tensors[name] = torch.cat([part for _, part in sorted(found, key=lambda pair: pair[0])])
    return tensors
