"""Weights stored once more as MKL's products read them, for layers that see few rows at a time."""

import torch
from torch import Tensor, nn
from torch.nn import functional

MAX_PREPACKED_ROWS = 64
"""Rows beyond which a product is bound by arithmetic, and its weights may lie as they like."""


class PrepackedLinear(nn.Module):
    """A linear layer with its weight packed for `rows` rows; any other number of rows works too.

    Same numbers, same names, as exact: only the order in memory is another.
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
    """Return whether this torch has MKL's products; those for ARM have not."""
    return bool(torch._C.has_mkl and torch._C._has_mkldnn)


def prepack_linears(network: nn.Module, rows: int) -> None:
    """Pack all linear layers inside a frozen network of 32 bits, if torch can on this processor.

    It can be used and saved as before from then on, but neither trained nor exported nor moved.
    """
    if rows > MAX_PREPACKED_ROWS or not mkl_available():
        return
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear):
                setattr(module, name, PrepackedLinear(child, rows))
