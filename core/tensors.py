"""Checkpoints in torch: tensors written, read onto a device, and put into networks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from safetensors.torch import save_file
from torch import Tensor, nn

from core.atomic_file import atomic_write
from core.checkpoint import BadCheckpoint, Checkpoint, metadata, read
from core.sentence import said

C = TypeVar("C")
M = TypeVar("M", bound=nn.Module)


def save(path: Path, weights: Mapping[str, Tensor], config: Any, about: Mapping[str, str]) -> None:
    """Write a checkpoint whole or not at all; `about` says how it was made and how good it is."""
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
    with atomic_write(path) as part:
        save_file(plain, part, metadata(config, about))


def load(path: Path, kind: type[C], device: str = "cpu") -> Checkpoint[C, Tensor]:
    """Read a checkpoint of the network that `kind`, a config class, describes.

    Raises:
        BadCheckpoint: see `core.checkpoint.read`.
    """
    return read(path, kind, "pt", device)


def fill(network: M, checkpoint: Checkpoint[Any, Tensor], path: Path) -> M:
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
        raise BadCheckpoint(
            said("{0}: its weights do not fit its config: {1}", path.name, reason)
        ) from error
    return network.eval()
