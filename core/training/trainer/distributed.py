"""Several processes that train one network, each on a device and on clips of its own.

The generator's layers, nearly all that is large, are sharded (FSDP); everything else is replicated
and its gradients averaged. Started by `torchrun`; alone, nothing of this happens.
"""

import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, distributed, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor

from core.model.generator.dit_block import DiTBlock


class ProcessInfo(NamedTuple):
    """Which process this is, and its device."""

    rank: int
    device: str


def join_process_group(device: str) -> ProcessInfo:
    """Join the processes that `torchrun` started; without it, be alone.

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
    """Return whether there are other processes."""
    return distributed.is_available() and distributed.is_initialized() and _world_size() > 1


def rank() -> int:
    """Return the number of this process, 0 if there is no other."""
    return distributed.get_rank() if is_distributed() else 0


def broadcast_value(value: float, device: torch.device) -> float:
    """Return the first process's value, so that all end and change their ways together."""
    if not is_distributed():
        return value
    tensor = torch.tensor(value, dtype=torch.float64, device=device)
    distributed.broadcast(tensor, 0)
    return float(tensor)


def shard_layers(network: nn.Module) -> None:
    """Divide the layers of generators among the processes, if there are several."""
    if is_distributed():
        device = next(network.parameters()).device.type
        mesh = init_device_mesh(device, (_world_size(),))
        for module in network.modules():
            if isinstance(module, DiTBlock):
                fully_shard(module, mesh=mesh)


@torch.no_grad()
def broadcast_weights(network: nn.Module) -> None:
    """Give all processes the weights of the first."""
    if is_distributed():
        for tensor in network.state_dict().values():
            distributed.broadcast(tensor, 0)


def all_reduce_mean(gradients: Iterable[Tensor]) -> None:
    """Bring gradients of what is replicated to their mean; those of shards are that already."""
    if is_distributed():
        for gradient in gradients:
            if not isinstance(gradient, DTensor):
                distributed.all_reduce(gradient)
                gradient /= _world_size()


def global_norm(gradients: Sequence[Tensor]) -> float:
    """Return the norm of gradients, shards and others together."""
    if not gradients:
        return 0.0
    norms = [full_tensor(nn.utils.get_total_norm(alike)) for alike in split_sharded(gradients)]
    return float(torch.stack(norms).norm())


def split_sharded(tensors: Sequence[Tensor]) -> list[list[Tensor]]:
    """Return shards and other tensors apart, for they are not computed with together."""
    shards: list[Tensor] = [tensor for tensor in tensors if isinstance(tensor, DTensor)]
    others = [tensor for tensor in tensors if not isinstance(tensor, DTensor)]
    return [alike for alike in (others, shards) if alike]


def full_tensor(tensor: Tensor) -> Tensor:
    """Return a tensor that is no shard; all processes ask for it together."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def distribute_like(full: Tensor, like: Tensor) -> Tensor:
    """Return a whole tensor divided as another one is."""
    if not isinstance(like, DTensor):
        return full
    on_device = full.to(like.device)
    return distribute_tensor(on_device, like.device_mesh, like.placements)


def load_full_state(network: nn.Module, weights: "dict[str, Tensor]") -> None:
    """Load whole weights into a network that may be sharded.

    Raises:
        RuntimeError: they are those of another network.
    """
    own = network.state_dict()
    known = {
        name: distribute_like(t, own[name]) if name in own else t for name, t in weights.items()
    }
    network.load_state_dict(known)


def leave_process_group() -> None:
    """Part from other processes, if there are any."""
    if is_distributed():
        distributed.destroy_process_group()


def _world_size() -> int:
    return distributed.get_world_size()
