"""PyTorch, which most people do not have: whether it is there, and how to get it."""

import sys
from importlib.util import find_spec

from core.sentence import said


class TorchMissing(LookupError):
    """PyTorch is needed and not installed; the message says how to get it."""


def has_torch() -> bool:
    """Return whether PyTorch is installed, without importing it."""
    return find_spec("torch") is not None


def torch_remedy() -> str:
    """Return how to get PyTorch, a sentence that continues another."""
    if getattr(sys, "frozen", False):
        return said("this edition comes without it: run the program from its source for that")
    return said('run `python start.py neural`, or `pip install "understudy[neural]"`')


def require_torch() -> None:
    """Check that PyTorch is there.

    Raises:
        TorchMissing: it is not.
    """
    if not has_torch():
        raise TorchMissing(
            said("this needs PyTorch, which is not installed", remedy=torch_remedy())
        )
