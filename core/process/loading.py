"""Modules are loaded sooner while Python's collector of garbage rests: they make none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Let the collector rest, and never again look at what is there by the end."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
