"""Atomic writes: a file appears whole under its name, or what was there stays."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Give a new path beside `path` to write to, which takes its place when the block ends.

    Its name is nobody else's, so that two who write the same file do not mix. If the block raises,
    what was written goes, and `path` is as it was.

    Raises:
        OSError: it cannot be put in place; `path` is as it was.
    """
    part = path.with_name(f"{path.name}.{uuid4().hex}.part")
    try:
        yield part
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
