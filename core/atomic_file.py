"""Atomic writes: a file appears whole under its name, or what was there stays."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

OWNER_ONLY = 0o600

PART = re.compile(r"\.[0-9a-f]{32}\.part$")
"""How the names of files end that are not in place yet."""

STALE = 3600.0
"""Seconds after which nobody is still writing one."""


@contextmanager
def atomic_write(path: Path, private: bool = False) -> Iterator[Path]:
    """Give a new path beside `path` to write to, which takes its place when the block ends.

    Its name is nobody else's, so that two who write the same file do not mix. If the block raises,
    what was written goes, and `path` is as it was. What is `private` only its owner can ever read.

    Raises:
        OSError: it cannot be put in place; `path` is as it was.
    """
    part = path.with_name(f"{path.name}.{uuid4().hex}.part")
    try:
        if private:
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
        yield part
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def sweep(folder: Path, names: str = "*") -> None:
    """Remove what killed programs were writing into `folder`, which never got its place."""
    with suppress(OSError):
        for path in folder.glob(names):
            with suppress(OSError):
                if PART.search(path.name) and time.time() - path.stat().st_mtime > STALE:
                    path.unlink()
