"""Computational cost: parameters, multiply-adds (MACs, half of FLOPs), and bytes moved."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from core.model.vae.causal_vae import CausalVideoVae
from core.model.vae.vae_config import VaeConfig

MEASURED_LATENTS = 4
"""Latents over which the cost of a frame is averaged."""


def count_multiply_adds(run: Callable[[], Any]) -> Mapping[str, int]:
    """Return the multiply-adds of a call (products, convolutions, attention), by module path.

    Elementwise work is not counted. On the meta device nothing is computed.
    """
    plain = sdpa_kernel(SDPBackend.MATH)  # whose products are counted on every device
    with FlopCounterMode(display=False) as counter, plain, torch.no_grad():
        run()
    counts = counter.get_flop_counts()
    return {str(path): sum(by.values()) // 2 for path, by in counts.items()}


class _Traffic(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Adds up the bytes of all tensors that operators read and write."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.moved: int = 0

    def __torch_dispatch__(self, func: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if not func.is_view:
            tensors = [x for x in tree_leaves((args, kwargs, result)) if isinstance(x, Tensor)]
            self.moved += sum(x.numel() * x.element_size() for x in tensors)
        return result


def count_bytes_moved(run: Callable[[], Any]) -> int:
    """Return the bytes that the operators of a call read and write, views left out.

    Each operator counts for itself, as if no cache kept what the one before it wrote.
    """
    with _Traffic() as traffic, torch.no_grad():
        run()
    return int(traffic.moved)


def count_parameters(network: nn.Module) -> int:
    """Return the number of learned parameters."""
    return sum(parameter.numel() for parameter in network.parameters())


def decoding_cost(config: VaeConfig, references: int) -> Mapping[str, float]:
    """Return multiply-adds per frame of streamed decoding, by part and in all."""
    with torch.device("meta"):
        vae = CausalVideoVae(config)
        photos = torch.empty(1, references, 3, config.size, config.size)
        encoded = vae.encode_references(photos)
        side = config.size // config.spatial_stride
        latents = torch.empty(1, MEASURED_LATENTS, config.latent_channels, side, side)
        _, state = vae.decode(latents[:, :1], encoded)
        counts = count_multiply_adds(lambda: vae.decode(latents, encoded, state))
    return _per_frame(counts, "Decoder", MEASURED_LATENTS * config.frames_per_latent)


def encoding_cost(config: VaeConfig) -> Mapping[str, float]:
    """Return multiply-adds per frame of streamed encoding, by part and in all."""
    with torch.device("meta"):
        vae = CausalVideoVae(config)
        frames = torch.empty(
            1, 1 + MEASURED_LATENTS * config.frames_per_latent, 3, config.size, config.size
        )
        _, state = vae.encode(frames[:, :1])
        counts = count_multiply_adds(lambda: vae.encode(frames[:, 1:], state))
    return _per_frame(counts, "Encoder", MEASURED_LATENTS * config.frames_per_latent)


def _per_frame(counts: Mapping[str, int], root: str, frames: int) -> Mapping[str, float]:
    parts = {path: n / frames for path, n in counts.items() if path.count(".") == 1}
    return {**{path.split(".")[1]: n for path, n in parts.items()}, "all": counts[root] / frames}
