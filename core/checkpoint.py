"""One file holds a whole network: weights, shape, origin and measured quality."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from numpy.typing import NDArray
from safetensors import safe_open

from core.record import completed, from_json, to_json
from core.sentence import said

FORMAT = "understudy/1"
OURS = {"format", "kind", "config"}

C = TypeVar("C")
W = TypeVar("W")


@dataclass(frozen=True)
class Checkpoint(Generic[C, W]):
    """What one file says: the network's shape, its weights, and where they come from."""

    config: C
    weights: Mapping[str, W]
    about: Mapping[str, str]
    """Recipe, data and measured quality, in words: the model card's source."""


class BadCheckpoint(ValueError):
    """The file is not a checkpoint that this version can use."""


def load(path: Path, kind: type[C]) -> Checkpoint[C, NDArray[Any]]:
    """Read a checkpoint of what `kind`, a config class, describes, without torch.

    Raises:
        BadCheckpoint: see `read`.
    """
    return read(path, kind, "np")


def read(
    path: Path, kind: type[C], framework: Literal["np", "pt"], device: str = "cpu"
) -> Checkpoint[C, Any]:
    """Read a checkpoint into arrays of numpy ("np") or tensors of torch ("pt").

    Raises:
        BadCheckpoint: `path` is missing, damaged, no safetensors file, or of another kind; or
            holds bfloat16, which numpy does not know.
    """
    return _read(path, kind, framework, device, _all_weights)


def read_config(path: Path, kind: type[C]) -> C:
    """Read only the shape of a checkpoint's network.

    Raises:
        BadCheckpoint: see `read`.
    """
    return _read(path, kind, "np", "cpu", lambda _: {}).config


def metadata(config: Any, about: Mapping[str, str]) -> dict[str, str]:
    """Return what a checkpoint says beside its weights; `read` wants it so."""
    shape = {"format": FORMAT, "kind": type(config).__name__, "config": to_json(config)}
    return {**about, **shape}


def _all_weights(file: Any) -> Mapping[str, Any]:
    return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def _read(
    path: Path,
    kind: type[C],
    framework: Literal["np", "pt"],
    device: str,
    weights_of: Callable[[Any], Mapping[str, Any]],
) -> Checkpoint[C, Any]:
    try:
        with safe_open(path, framework=framework, device=device) as file:
            about = dict(file.metadata() or {})
            _check(path, about, kind)
            weights = weights_of(file)
    except BadCheckpoint:
        raise
    except Exception as error:
        raise BadCheckpoint(
            said(
                "{0} is missing or damaged ({1})",
                path.name,
                error,
                remedy="reinstall the program or fetch it again",
            )
        ) from error
    try:
        config = from_json(kind, completed(kind, about["config"]))
    except (ValueError, KeyError) as error:
        raise BadCheckpoint(said("{0}: its config does not fit: {1}", path.name, error)) from error
    return Checkpoint(config, weights, {k: v for k, v in about.items() if k not in OURS})


def read_about(path: Path) -> Mapping[str, str]:
    """Return what a checkpoint says beside its weights, without reading those.

    Raises:
        BadCheckpoint: it is missing, or no safetensors file.
    """
    try:
        with safe_open(path, framework="np") as file:
            return dict(file.metadata() or {})
    except Exception as error:
        raise BadCheckpoint(said("{0} is missing or damaged ({1})", path.name, error)) from error


def _check(path: Path, about: Mapping[str, str], kind: type[Any]) -> None:
    if about.get("format") != FORMAT:
        raise BadCheckpoint(
            said("{0}: format {1!r}, expected {2!r}", path.name, about.get("format"), FORMAT)
        )
    if about.get("kind") != kind.__name__:
        raise BadCheckpoint(
            said("{0} holds a {1}, expected {2}", path.name, about.get("kind"), kind.__name__)
        )
