"""How everything that is learned is made; its commands need PyTorch."""

from core.optional_torch import TorchMissing, require_torch

try:
    require_torch()
except TorchMissing as error:
    # Each command is a module of this package, and each would end in a traceback.
    raise SystemExit(str(error)) from None
