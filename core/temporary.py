"""Folders for a while, which go with the program that made them, even if it is killed."""

import logging
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

log = logging.getLogger(__name__)

PREFIX = "understudy-while-"

LOCK = ".lock"
"""File in such a folder that its program holds locked; the system lets go of it in any case."""

FRESH = 60.0
"""Seconds in which a folder may not be locked yet."""


class TemporaryFolder:
    """Is there from its making to `close`; any thread may close it.

    Raises:
        OSError: there is no place for it.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        from filelock import FileLock  # it brings asyncio along, which the window can do without

        self._lock = FileLock(self.path / LOCK, thread_local=False)
        self._lock.acquire(timeout=0)

    def __enter__(self) -> Self:
        """Return the folder; leaving it closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove it with all that is in it; safe to call twice."""
        self._lock.release()
        shutil.rmtree(self.path, ignore_errors=True)


def sweep() -> None:
    """Remove the folders of this person's programs that were killed."""
    from filelock import Timeout

    with suppress(OSError):
        for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            with suppress(OSError, Timeout):
                if _abandoned(folder):
                    shutil.rmtree(folder)
                    log.info("a folder of a killed program has been removed")


def _abandoned(folder: Path) -> bool:
    """Whether it is a folder of one's own that nobody holds.

    Raises:
        OSError: it has gone meanwhile.
        Timeout: somebody holds it.
    """
    from filelock import FileLock

    about = folder.lstat()
    own = not hasattr(os, "getuid") or about.st_uid == os.getuid()
    if not own or folder.is_symlink() or time.time() - about.st_mtime < FRESH:
        return False
    with FileLock(folder / LOCK, timeout=0):
        return True
