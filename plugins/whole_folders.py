"""Folders that are there whole or not at all, changed by one thread of one program at a time.

Whatever is killed amid a change: the folder before it or after it is there, never a mixture, and
what was dismissed never comes back.
"""

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from core.sentence import said

log = logging.getLogger(__name__)

NEW, OLD, GONE = ".new-", ".old-", ".gone-"
"""Folders on their way in, replaced, and dismissed; a name of our own never begins with a dot."""

LOCK = ".lock"
"""Ending of the file beside the root that whoever changes something holds locked; the system lets
go of it in any case."""

PATIENCE = 20.0
"""Seconds that another program may take to change something."""

PRIVATE = 0o700
"""What lies here is its owner's, not for others who use this computer."""


class WholeFolders:
    """The folders in `root`, of which each holds a file called `mark` once it is whole."""

    def __init__(self, root: Path, mark: str) -> None:
        self._root, self._mark = root, mark
        self._lock = root.with_name(root.name + LOCK)

    @contextmanager
    def alone(self, patience: float = PATIENCE) -> Iterator[None]:
        """Let nobody else change anything meanwhile; whoever changes something does it so.

        Raises:
            OSError: somebody does for longer than `patience` seconds, or `root` cannot be made.
        """
        from filelock import FileLock, Timeout  # they bring asyncio along

        self._root.mkdir(PRIVATE, parents=True, exist_ok=True)
        with ExitStack() as stack:
            try:
                stack.enter_context(FileLock(self._lock, timeout=patience))
            except Timeout as error:
                told = said("another program is changing the people", remedy="try again")
                raise TimeoutError(told) from error
            except (OSError, NotImplementedError):  # some file systems have no locks
                log.warning("a folder cannot be locked", exc_info=True)
            yield

    def found(self) -> dict[str, Path]:
        """Return each name and where its folder is: amid being replaced, that is aside.

        Changes nothing, so anybody may look at any time.
        """
        if not self._root.is_dir():
            return {}
        there = {path.name: path for path in sorted(self._root.iterdir()) if path.is_dir()}
        aside = {n.removeprefix(OLD): path for n, path in there.items() if n.startswith(OLD)}
        return {**aside, **{n: path for n, path in there.items() if n[0] not in "._"}}

    @contextmanager
    def replacing(self, name: str) -> Iterator[Path]:
        """Give an empty folder, which bears the name when the block ends; if it raises, nothing
        has changed.
        """
        folder = Path(tempfile.mkdtemp(prefix=NEW, dir=self._root))
        try:
            yield folder
            sync(folder)
            self._put(folder, name)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def dismiss(self, name: str) -> None:
        """Take the folder of that name away for good.

        Raises:
            OSError: there is none, or it cannot be moved; then it is as it was.
        """
        before = self._root / f"{OLD}{name}"
        if before.exists():  # of an interrupted change: it would come back at the next start
            self._erase(before)
        self._erase(self._root / name)

    def recover(self) -> None:
        """Bring interrupted changes to their end: what was replaced without a successor comes back,
        the rest goes. Where somebody is changing something, that is left to the next start.
        """
        if not self._root.is_dir():
            return
        with suppress(OSError), self.alone(0):
            if sys.platform != "win32":
                self._root.chmod(PRIVATE)
            for old in self._root.glob(f"{OLD}*"):
                home = self._root / old.name.removeprefix(OLD)
                if home.exists() or not (old / self._mark).exists():
                    self._erase(old)
                else:
                    old.rename(home)
            for rest in (*self._root.glob(f"{GONE}*"), *self._root.glob(f"{NEW}*")):
                _remove(rest)

    def _put(self, folder: Path, name: str) -> None:
        home, old = self._root / name, self._root / f"{OLD}{name}"
        if old.exists():
            self._erase(old)
        if home.exists():
            home.rename(old)
        try:
            folder.rename(home)
        except BaseException:
            if old.exists():
                old.rename(home)
            raise
        sync(self._root)
        if old.exists():
            self._erase(old)

    def _erase(self, folder: Path) -> None:
        """Remove a folder: once it has its new name, nothing brings it back."""
        gone = self._root / f"{GONE}{uuid4().hex}"
        folder.rename(gone)
        sync(self._root)
        _remove(gone)


def sync(path: Path) -> None:
    """Let a file, or the names in a folder, be on the disk; as far as the system can."""
    if sys.platform == "win32" and path.is_dir():
        return
    with suppress(OSError):  # some file systems cannot
        handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove(folder: Path) -> None:
    """Remove a folder that nobody sees any more; what cannot be removed now is tried again."""
    try:
        shutil.rmtree(folder)
    except OSError as error:
        log.warning("what was removed stays on the disk until the next start: %s", error.strerror)
