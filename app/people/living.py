"""Loops of people idling: kept on disk, drawn aside when one is missing.

They lie with the person they show and go with them; those of built-in people lie in a cache.
"""

import hashlib
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Protocol

import platformdirs
from PySide6.QtCore import QObject, QTimer, Signal

from core.process.child import Child, ChildLost, command
from core.process.respawning_child import RespawningChild
from core.profile import Profile
from core.record import to_json

log = logging.getLogger(__name__)

KEPT = 60
"""Loops in the cache; beyond that the oldest go."""

IDLE = 20.0
"""Seconds without a wish after which the drawing process ends."""

PATIENCE = 120.0
"""Seconds that one loop may take; it only gets the time that nobody else wants."""


class Draws(Protocol):
    """Draws loops, one at a time, each as long as it is wanted; used by one thread."""

    def draw(self, profile: Profile, path: Path, wanted: Callable[[], bool]) -> None: ...
    def close(self) -> None: ...


class Loops(QObject):
    """Finds or draws the loop of one person at a time; the last wish counts."""

    ready = Signal(Profile, Path)

    def __init__(
        self,
        folder: Path | None = None,
        open_draw: Callable[[], Draws] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._folder = folder or Path(platformdirs.user_cache_dir("understudy", False)) / "faces"
        self._open_draw = open_draw or Drawer
        self._wishes: SimpleQueue[Profile | None] = SimpleQueue()
        self._drawn: SimpleQueue[tuple[Profile, Path]] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._bad: set[Path] = set()
        self._lost: set[Path] = set()
        """Loops whose drawing process was lost once: that need not be theirs."""
        self._closed = False
        self._look = QTimer(self, interval=100)
        self._look.timeout.connect(self._take)

    def find(self, profile: Profile) -> Path | None:
        """Return the loop of `profile` if it is there."""
        path = self._path(profile)
        return path if path is not None and path.exists() else None

    def ask(self, profile: Profile) -> None:
        """Let the loop of `profile` be drawn, and `ready` be told; in vain once closed."""
        if self._closed:
            return
        self._wishes.put(profile)
        self._look.start()
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="loops", daemon=True)
            self._thread.start()

    def close(self, patience: float) -> None:
        """End what is being drawn; nothing more is told."""
        self._closed = True
        self._look.stop()
        self._wishes.put(None)
        if self._thread:
            self._thread.join(patience)

    def _run(self) -> None:
        drawer = self._open_draw()
        try:
            while profile := self._last():
                path = self._path(profile)
                if path is None or path in self._bad:
                    continue
                try:
                    if not path.exists():
                        self._folder.mkdir(parents=True, exist_ok=True)
                        drawer.draw(profile, path, lambda: not self._closed)
                        _thin_out(self._folder)
                    self._drawn.put((profile, path))
                except (OSError, RuntimeError) as error:
                    if self._closed:
                        break
                    log.info("no loop of %s", profile.name, exc_info=True)
                    self._give_up(path, error)
        finally:
            drawer.close()

    def _give_up(self, path: Path, error: Exception) -> None:
        """Try no more, unless it was the process that was lost, for the first time."""
        again = isinstance(error, ChildLost) and path not in self._lost
        (self._lost if again else self._bad).add(path)

    def _last(self) -> Profile | None:
        """Return the newest wish; None where there is none for a while, or no more come."""
        try:
            wish = self._wishes.get(timeout=IDLE)
            while wish is not None and not self._wishes.empty():
                wish = self._wishes.get()
        except Empty:
            return None
        return wish

    def _take(self) -> None:
        while not self._drawn.empty():
            self.ready.emit(*self._drawn.get())

    def _path(self, profile: Profile) -> Path | None:
        photo = profile.references[0]
        try:
            about = photo.stat()
        except OSError:
            return None
        what = f"{photo.absolute()} {about.st_mtime_ns} {about.st_size}"
        name = f"{hashlib.sha256(what.encode()).hexdigest()[:32]}.webp"
        return (profile.home or self._folder) / name


class Drawer:
    """Satisfies `Draws` with a process of its own, there while it is needed."""

    def __init__(self) -> None:
        self._child = RespawningChild(lambda: Child(command("core.engine.loop_process"), "loops"))

    def draw(self, profile: Profile, path: Path, wanted: Callable[[], bool]) -> None:
        """Write the loop, as long as it is `wanted`.

        Raises:
            ChildLost: the process has ended, or it takes too long, or nobody wants it.
            RuntimeError: this person cannot be drawn.
        """
        there = replace(profile, references=tuple(p.absolute() for p in profile.references))
        order = {"profile": to_json(there), "path": str(path.absolute())}
        self._child.order(order, PATIENCE, wanted)

    def close(self) -> None:
        self._child.close(0)  # what it has half drawn is of no use


def _thin_out(folder: Path) -> None:
    loops = sorted(folder.glob("*.webp"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in loops[KEPT:]:
        with suppress(OSError):
            path.unlink()
