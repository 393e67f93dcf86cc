"""An opened bank of subjects on disk: preparing a subject takes longer than reading it back."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from torch import Tensor

from core import tensors
from core.checkpoint import BadCheckpoint
from core.training.studio.portrait_stock import PortraitStock
from core.training.studio.subject_bank import SubjectBank, open_bank, to_device


@dataclass(frozen=True)
class BankConfig:
    """Whom a bank holds."""

    digest: str
    """Of the portraits that it was prepared from."""
    people: int


def open_kept_bank(
    path: Path, stock: PortraitStock, indices: Sequence[int], device: str, workers: int = 1
) -> SubjectBank:
    """Return the bank of `open_bank`, read from `path` if it was kept there, else keep it."""
    digest = stock_digest(stock, indices)
    try:
        kept = tensors.load(path, BankConfig)
        if kept.config.digest == digest:
            return to_device(restored(SubjectBank, kept.weights), device)  # type: ignore[no-any-return]
    except BadCheckpoint:
        pass  # there is none yet, or it was cut short: it is made anew
    bank = open_bank(stock, indices, "cpu", workers)
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {"recipe": "core.training.studio"}
    tensors.save(path, dict(flattened(bank)), BankConfig(digest, len(indices)), about)
    return to_device(bank, device)  # type: ignore[no-any-return]


def stock_digest(stock: PortraitStock, indices: Sequence[int]) -> str:
    """Return a digest of the portraits at `indices`."""
    digest = hashlib.sha256()
    for part in (stock.photos, stock.mattes, stock.landmarks, stock.probability):
        digest.update(part[list(indices)].contiguous().numpy().tobytes())
    return digest.hexdigest()


def flattened(tree: Any, name: str = "") -> Iterator[tuple[str, Tensor]]:
    """Give the tensors of nested named tuples by dotted name."""
    if isinstance(tree, Tensor):
        yield name, tree
        return
    for field, part in tree._asdict().items():
        yield from flattened(part, f"{name}.{field}" if name else field)


def restored(kind: Any, weights: Mapping[str, Tensor], name: str = "") -> Any:
    """Return the named tuple of a kind, from what `flattened` gave.

    Raises:
        KeyError: a tensor is missing.
    """
    if name in weights:
        return weights[name]
    fields = get_type_hints(kind)
    prefix = f"{name}." if name else ""
    return kind(*(restored(fields[field], weights, prefix + field) for field in kind._fields))
