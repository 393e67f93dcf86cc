"""One program at a time: a second start hands its word to the first and ends."""

import getpass
import logging

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

PATIENCE = 500
"""Milliseconds until the first counts as gone; it answers at once unless it hangs."""

LONGEST = 64
"""Bytes of a word."""


class Single(QObject):
    """Listens to later starts of the program by the same person."""

    asked = Signal(str)
    """A later start handed over this word."""

    def __init__(self, name: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name or own_name()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._meet)

    def hand_over(self, word: str) -> bool:
        """Give `word` to the one that runs already; False if there is none."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(PATIENCE):
            return False
        socket.write(word.encode()[:LONGEST])
        return socket.waitForBytesWritten(PATIENCE) and socket.waitForReadyRead(PATIENCE)

    def listen(self) -> None:
        """Be the one; what a crashed one left is cleared away."""
        if not self._server.listen(self._name):
            QLocalServer.removeServer(self._name)
            if not self._server.listen(self._name):
                log.warning("cannot listen to later starts: %s", self._server.errorString())

    def close(self) -> None:
        self._server.close()

    def _meet(self) -> None:
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
    """Return a name that is one person's on one computer."""
    try:
        return f"understudy-{getpass.getuser()}"
    except (OSError, KeyError, ImportError):  # nobody has this number here
        return "understudy"
