"""Distributed training: FSDP for the generator's blocks, data parallelism for everything else.

Processes are started by `torchrun`, each with a device and data of its own; in a single process
nothing of this happens.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, distributed, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor

from core.model.generator.dit_block import DiTBlock


class ProcessInfo(NamedTuple):
    """Rank of this process, and its device."""

    rank: int
    device: str


def join_process_group(device: str) -> ProcessInfo:
    """Join the process group that `torchrun` started, if it did.

    Raises:
        ValueError: there are several, each on a graphics card of its own, but one is named.
    """
    count, number = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
    if count == 1:
        return ProcessInfo(0, device)
    if device not in ("cuda", "cpu"):
        raise ValueError(f"device {device!r} for {count} processes; expected 'cuda' or 'cpu'")
    if device == "cuda":
        device = f"cuda:{os.environ['LOCAL_RANK']}"
        torch.cuda.set_device(device)
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    return ProcessInfo(number, device)


def is_distributed() -> bool:
    """Return whether there is more than one process."""
    return distributed.is_available() and distributed.is_initialized() and _world_size() > 1


def rank() -> int:
    """Return the rank of this process; 0 if there is no other."""
    return distributed.get_rank() if is_distributed() else 0


def broadcast_value(value: float, device: torch.device) -> float:
    """Return rank 0's value, so that all processes take the same decisions by it."""
    if not is_distributed():
        return value
    tensor = torch.tensor(value, dtype=torch.float64, device=device)
    distributed.broadcast(tensor, 0)
    return float(tensor)


def shard_layers(network: nn.Module) -> None:
    """Shard the blocks of generators with FSDP, if there are several processes."""
    if is_distributed():
        device = next(network.parameters()).device.type
        mesh = init_device_mesh(device, (_world_size(),))
        for module in network.modules():
            if isinstance(module, DiTBlock):
                fully_shard(module, mesh=mesh)


@torch.no_grad()
def broadcast_weights(network: nn.Module) -> None:
    """Give all processes the weights of rank 0."""
    if is_distributed():
        for tensor in network.state_dict().values():
            distributed.broadcast(tensor, 0)


def all_reduce_mean(gradients: Iterable[Tensor]) -> None:
    """Average replicated gradients over processes; FSDP has averaged sharded ones already."""
    if is_distributed():
        for gradient in gradients:
            if not isinstance(gradient, DTensor):
                distributed.all_reduce(gradient)
                gradient /= _world_size()


def global_norm(gradients: Sequence[Tensor]) -> float:
    """Return the norm of all gradients together, sharded or not."""
    if not gradients:
        return 0.0
    norms = [full_tensor(nn.utils.get_total_norm(alike)) for alike in split_sharded(gradients)]
    return float(torch.stack(norms).norm())


def split_sharded(tensors: Sequence[Tensor]) -> list[list[Tensor]]:
    """Return replicated and sharded tensors apart: fused operations cannot mix them."""
    shards: list[Tensor] = [tensor for tensor in tensors if isinstance(tensor, DTensor)]
    others = [tensor for tensor in tensors if not isinstance(tensor, DTensor)]
    return [alike for alike in (others, shards) if alike]


def full_tensor(tensor: Tensor) -> Tensor:
    """Gather a sharded tensor; collective."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def distribute_like(full: Tensor, like: Tensor) -> Tensor:
    """Shard a full tensor as another one is."""
    if not isinstance(like, DTensor):
        return full
    on_device = full.to(like.device)
    return distribute_tensor(on_device, like.device_mesh, like.placements)


def load_full_state(network: nn.Module, weights: "dict[str, Tensor]") -> None:
    """Load full weights into a network that may be sharded.

    Raises:
        RuntimeError: they are those of another network.
    """
    own = network.state_dict()
    known = {
        name: distribute_like(t, own[name]) if name in own else t for name, t in weights.items()
    }
    network.load_state_dict(known)


def end_rank() -> None:
    """End this process, with code 0, if it is one of several; what it had to do is done.

    Whoever shards its layers refers to the process group to the end, and so Gloo's threads live
    on: one that asks for Python while that is taken down aborts the process.
    """
    if is_distributed():
        distributed.barrier()
        distributed.destroy_process_group()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(0)


def _world_size() -> int:
    return distributed.get_world_size()
