"""One file holds a whole network: weights, shape, origin and measured quality."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from core.record import from_json, to_json

FORMAT = "understudy/1"
OURS = {"format", "kind", "config"}

C = TypeVar("C")
M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True)
class Checkpoint(Generic[C]):
    """What one file says: the network's shape, its weights, and where they come from."""

    config: C
    weights: Mapping[str, Tensor]
    about: Mapping[str, str]
    """Recipe, data and measured quality, in words: the model card's source."""


class BadCheckpoint(ValueError):
    """The file is not a checkpoint that this version can use."""


def save(path: Path, weights: Mapping[str, Tensor], config: Any, about: Mapping[str, str]) -> None:
    """Write a checkpoint whole or not at all; `about` says how it was made and how good it is."""
    shape = {"format": FORMAT, "kind": type(config).__name__, "config": to_json(config)}
    part = path.with_suffix(".part")
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
    save_file(plain, part, {**about, **shape})
    part.replace(path)


def load(path: Path, kind: type[C], device: str = "cpu") -> Checkpoint[C]:
    """Read a checkpoint of the network that `kind`, a config class, describes.

    Raises:
        BadCheckpoint: `path` is missing, damaged, no safetensors file, or of another kind.
    """
    try:
        with safe_open(path, framework="pt", device=device) as file:
            about = dict(file.metadata() or {})
            _check(path, about, kind)
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise BadCheckpoint(
            f"{path.name} is missing or damaged ({error}); reinstall the program or fetch it again"
        ) from error
    try:
        config = from_json(kind, about["config"])
    except ValueError as error:
        raise BadCheckpoint(f"{path.name}: its config does not fit: {error}") from error
    return Checkpoint(config, weights, {k: v for k, v in about.items() if k not in OURS})


def fill(network: M, checkpoint: Checkpoint[Any], path: Path) -> M:
    """Put the checkpoint's weights into `network` as float32, all of them and no others.

    Raises:
        BadCheckpoint: names or shapes differ.
    """
    try:
        network.load_state_dict(
            {name: tensor.float() for name, tensor in checkpoint.weights.items()}, strict=True
        )
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise BadCheckpoint(f"{path.name}: its weights do not fit its config: {reason}") from error
    return network.eval()


def _check(path: Path, about: Mapping[str, str], kind: type[Any]) -> None:
    if about.get("format") != FORMAT:
        raise BadCheckpoint(f"{path.name}: format {about.get('format')!r}, expected {FORMAT!r}")
    if about.get("kind") != kind.__name__:
        raise BadCheckpoint(f"{path.name} holds a {about.get('kind')}, expected {kind.__name__}")
