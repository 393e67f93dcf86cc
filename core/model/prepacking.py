"""Prepacked linear weights: in the layout of MKL's matrix product, for batches of few rows."""

import torch
from torch import Tensor, nn
from torch.nn import functional

MAX_PREPACKED_ROWS = 64
"""Rows beyond which a product is bound by arithmetic, and the layout of weights does not matter."""


class PrepackedLinear(nn.Module):
    """A linear layer with its weight prepacked for `rows` rows; any other number works unpacked.

    Results and parameter names are those of `nn.Linear`: only the order in memory is another.
    """

    def __init__(self, linear: nn.Linear, rows: int) -> None:
        super().__init__()
        self.weight, self.bias, self.rows = linear.weight, linear.bias, rows
        packed = torch.ops.mkl._mkl_reorder_linear_weight(linear.weight.detach(), rows)
        self.packed: Tensor
        self.register_buffer("packed", packed, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """See `nn.Linear`."""
        if x.numel() != self.rows * x.shape[-1]:
            return functional.linear(x, self.weight, self.bias)
        y: Tensor = torch.ops.mkl._mkl_linear(x, self.packed, self.weight, self.bias, self.rows)
        return y


def mkl_available() -> bool:
    """Return whether this torch is built with MKL; those for ARM are not."""
    return bool(torch._C.has_mkl and torch._C._has_mkldnn)


def prepack_linears(network: nn.Module, rows: int) -> None:
    """Prepack all linear layers inside a frozen float32 network, where MKL is available.

    From then on it can be used and saved as before, but neither trained nor exported nor moved.
    """
    if rows > MAX_PREPACKED_ROWS or not mkl_available():
        return
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear):
                setattr(module, name, PrepackedLinear(child, rows))
