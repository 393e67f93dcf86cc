"""One program at a time: a second start hands its word to the first and ends."""

import hashlib
import logging

import platformdirs
from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

PATIENCE = 5000
"""Milliseconds until one that listens counts as hung; where nobody listens is known at once."""

LONGEST = 64
"""Bytes of a word."""


class Single(QObject):
    """Listens to later starts of the program by the same person."""

    asked = Signal(str)
    """A later start handed over this word."""

    def __init__(self, name: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name or own_name()
        self._server: QLocalServer | None = None

    def hand_over(self, word: str) -> bool:
        """Give `word` to the one that runs already; False if there is none."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(PATIENCE):
            return False
        socket.write(word.encode()[:LONGEST])
        return socket.waitForBytesWritten(PATIENCE) and socket.waitForReadyRead(PATIENCE)

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
            socket.write(b"heard")
            socket.flush()
            self.asked.emit(word)


def own_name() -> str:
    """Return a name that is one person's on one computer: of where their settings lie."""
    where = str(platformdirs.user_config_path("understudy", appauthor=False))
    return f"understudy-{hashlib.sha256(where.encode()).hexdigest()[:12]}"
