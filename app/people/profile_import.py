"""A stranger's file becomes a person: read in a process of its own, while the window lives on."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from app.plain import Progress
from core.portrait.profile_file import Unpacked
from core.profile import Profile, ProfileStore
from core.temporary import TemporaryFolder

log = logging.getLogger(__name__)

LOOK = 30
"""Milliseconds between two looks at whether it is done."""

QUIET = 500
"""Milliseconds after which it is shown that something is being done."""


class Unpacking(Protocol):
    """Unpacks strangers' files; used by one thread."""

    def unpack(self, path: Path, folder: Path, wanted: Callable[[], bool]) -> Unpacked: ...
    def close(self) -> None: ...


class ProfileImport(Progress):
    """Takes over the person in a file; tells `done` once, unless it is cancelled before.

    `open_process` is called on a thread of its own, where the file is read and saved.
    """

    def __init__(
        self,
        path: Path,
        store: ProfileStore,
        open_process: Callable[[], Unpacking],
        done: Callable[[Profile | Exception], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.say(self.tr("Reading {0}…").replace("{0}", path.name))
        self.setRange(0, 0)
        self.setMinimumDuration(QUIET)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._path, self._store, self._open_process = path, store, open_process
        self._done, self._result = done, list[Profile | Exception]()
        self._given_up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="profile import", daemon=True)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()
        self._timer.start()

    def _run(self) -> None:
        try:
            self._result.append(self._saved())
        except Exception as error:
            log.warning("a person was not imported", exc_info=True)
            self._result.append(error)

    def _saved(self) -> Profile:
        process = self._open_process()
        try:
            with TemporaryFolder() as folder:
                wanted = lambda: not self._given_up.is_set()  # noqa: E731
                return process.unpack(self._path, folder.path, wanted).save(self._store)
        finally:
            process.close()

    def _look(self) -> None:
        if self.wasCanceled():
            self._given_up.set()
        if self._thread.is_alive():
            return
        self._timer.stop()
        self.reset()
        (result,) = self._result
        if isinstance(result, Profile) or not self._given_up.is_set():
            self._done(result)
        self.deleteLater()
