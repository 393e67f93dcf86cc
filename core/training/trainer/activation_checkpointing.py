"""Activation checkpointing (1604.06174): layers are computed again in the backward pass.

Of each layer only its inputs are remembered: much less memory for a third more arithmetic.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from core.model.generator.dit_block import DiTBlock
from core.model.vae.layers import CausalResidualBlock
from core.model.vae.reference_attention import ReferenceAttentionBlock
from core.model.vae.resampling import (
    SpatialDownsample,
    SpatialUpsample,
    TemporalDownsample,
    TemporalUpsample,
)

LAYERS = (
    DiTBlock,
    CausalResidualBlock,
    ReferenceAttentionBlock,
    SpatialDownsample,
    SpatialUpsample,
    TemporalDownsample,
    TemporalUpsample,
)
"""The layers of generators and VAEs whose activations take the memory."""


def checkpoint_activations(network: nn.Module) -> None:
    """Have a network forget what its layers computed, and compute it again; sharded or not.

    Gradients stay the same, random draws included. The network is not to be copied afterwards.
    """
    for module in network.modules():
        if isinstance(module, LAYERS):
            module.forward = partial(_recomputed, module.forward)  # type: ignore[method-assign]


def _recomputed(forward: Callable[..., Any], *inputs: Any) -> Any:
    if not torch.is_grad_enabled():
        return forward(*inputs)
    return checkpoint(forward, *inputs, use_reentrant=False)
