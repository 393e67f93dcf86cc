"""Entry points: functions by `module:function`, so that others can hand in their own."""

from importlib import import_module
from typing import Any


def load_entry_point(name: str) -> Any:
    """Import what `module:function` names.

    Raises:
        ValueError: there is no such function.
    """
    module, _, function = name.partition(":")
    try:
        return getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"{name!r} opens nothing ({error}); expected module:function") from error
