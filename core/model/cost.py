"""What networks cost: multiply-adds of all products, convolutions and attention, by part."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from core.model.vae import CausalVideoVae
from core.model.vae_config import VaeConfig

LATENTS = 4
"""Over which the cost of one frame is averaged."""


def multiply_adds(run: Callable[[], Any]) -> Mapping[str, int]:
    """Return the multiply-adds of a call, by the path of the module that does them.

    Elementwise work is not counted. On tensors without data ("meta") nothing is computed.
    """
    plain = sdpa_kernel(SDPBackend.MATH)  # whose products are seen on every device
    with FlopCounterMode(display=False) as counter, plain, torch.no_grad():
        run()
    counts = counter.get_flop_counts()
    return {str(path): sum(by.values()) // 2 for path, by in counts.items()}


def parameters(network: nn.Module) -> int:
    """Return how many numbers a network learns."""
    return sum(parameter.numel() for parameter in network.parameters())


def decoding(config: VaeConfig, references: int) -> Mapping[str, float]:
    """Return multiply-adds per frame of decoding in a stream, by part and in all."""
    with torch.device("meta"):
        vae = CausalVideoVae(config)
        known = vae.refer(torch.empty(1, references, 3, config.size, config.size))
        side = config.size // config.space
        latents = torch.empty(1, LATENTS, config.channels, side, side)
        _, state = vae.decode(latents[:, :1], known)
        counts = multiply_adds(lambda: vae.decode(latents, known, state))
    return _per_frame(counts, "Decoder", LATENTS * config.time)


def encoding(config: VaeConfig) -> Mapping[str, float]:
    """Return multiply-adds per frame of encoding in a stream, by part and in all."""
    with torch.device("meta"):
        vae = CausalVideoVae(config)
        frames = torch.empty(1, 1 + LATENTS * config.time, 3, config.size, config.size)
        _, state = vae.encode(frames[:, :1])
        counts = multiply_adds(lambda: vae.encode(frames[:, 1:], state))
    return _per_frame(counts, "Encoder", LATENTS * config.time)


def _per_frame(counts: Mapping[str, int], root: str, frames: int) -> Mapping[str, float]:
    parts = {path: n / frames for path, n in counts.items() if path.count(".") == 1}
    return {**{path.split(".")[1]: n for path, n in parts.items()}, "all": counts[root] / frames}
