"""One program at a time: a second start hands its word to the first and ends.

The first listens at a socket in a folder that is one person's alone; so nobody else on this
computer can listen in its place, and let every start end without a word.
"""

import hashlib
import logging
import os
import socket as sockets
import stat
import struct
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import platformdirs
from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

PATIENCE = 5000
"""Milliseconds until one that listens counts as hung; where nobody listens is known at once."""

LONGEST = 64
"""Bytes of a word."""

GREETING = b"understudy "
"""How one of ours answers; its version follows."""

LONGEST_PATH = 100
"""Bytes of a socket's path: systems take little more."""


class Single(QObject):
    """Listens to later starts of the program by the same person."""

    asked = Signal(str)
    """A later start handed over this word."""

    def __init__(
        self, name: str = "", parent: QObject | None = None, patience: int = PATIENCE
    ) -> None:
        super().__init__(parent)
        self._patience = patience
        self._name = name or own_name()
        self._server: QLocalServer | None = None
        self.unanswered = False
        """Whether somebody listened to what was last handed over, and did not answer."""

    def hand_over(self, word: str) -> bool:
        """Give `word` to the one that runs already; False if there is none, or it hangs."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(self._patience) or not own_peer(socket):
            return False
        socket.write(word.encode()[:LONGEST])
        self.unanswered = not (
            socket.waitForBytesWritten(self._patience) and socket.waitForReadyRead(self._patience)
        )
        return bytes(socket.read(LONGEST).data()).startswith(GREETING)

    def listen(self) -> None:
        """Be the one; what a crashed one left is cleared away.

        Only once there is an application: without its loop nobody would be heard.
        """
        assert QCoreApplication.instance()
        self._server = server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._meet)
        if not server.listen(self._name):
            QLocalServer.removeServer(self._name)
            if not server.listen(self._name):
                log.warning("cannot listen to later starts: %s", server.errorString())

    @property
    def listening(self) -> bool:
        return self._server is not None and self._server.isListening()

    def close(self) -> None:
        if self._server:
            self._server.close()

    def _meet(self) -> None:
        assert self._server
        while socket := self._server.nextPendingConnection():
            socket.readyRead.connect(lambda socket=socket: self._hear(socket))
            socket.disconnected.connect(socket.deleteLater)
            if socket.bytesAvailable():
                self._hear(socket)

    def _hear(self, socket: QLocalSocket) -> None:
        word = bytes(socket.read(LONGEST).data()).decode(errors="replace")
        if word:
            socket.write(GREETING + own_version().encode())
            socket.flush()
            self.asked.emit(word)


def own_name() -> str:
    """Return a name that is one person's on one computer: of where their settings lie.

    Where sockets are files, it is a path in a folder that nobody else can enter.
    """
    where = str(platformdirs.user_config_path("understudy", appauthor=False))
    name = f"understudy-{hashlib.sha256(where.encode()).hexdigest()[:12]}"
    if sys.platform == "win32":
        return name
    paths = (folder / name for folder in places() if private(folder))
    return next((str(path) for path in paths if len(os.fsencode(path)) <= LONGEST_PATH), name)


def places() -> Iterator[Path]:
    """Yield the folders in which a socket may lie, the best first."""
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        yield Path(runtime)
    yield platformdirs.user_cache_path("understudy", appauthor=False)
    for folder in (tempfile.gettempdir(), "/tmp"):
        yield Path(folder, f"understudy-{os.getuid()}")


def private(folder: Path) -> bool:
    """Make `folder` if need be; return whether it is one's own and nobody else can enter it."""
    with suppress(OSError):
        folder.mkdir(0o700, parents=True, exist_ok=True)
        about = folder.lstat()
        if stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid():
            if about.st_mode & 0o077 and folder.name.startswith("understudy"):
                folder.chmod(0o700)
            return not folder.lstat().st_mode & 0o077
    return False


def own_peer(socket: QLocalSocket) -> bool:
    """Whether a program of the same person is at the other end, as far as the system tells."""
    if sys.platform != "linux":
        return True
    with suppress(OSError), sockets.socket(fileno=os.dup(socket.socketDescriptor())) as peer:
        kind, size = sockets.SO_PEERCRED, struct.calcsize("3i")
        _, user, _ = struct.unpack("3i", peer.getsockopt(sockets.SOL_SOCKET, kind, size))
        return bool(user == os.getuid())
    return False


def own_version() -> str:
    try:
        return version("understudy")
    except PackageNotFoundError:
        return "?"
