"""A camera without a driver: a page on this computer that OBS shows as a browser source."""

import errno
import logging
import secrets
from typing import TYPE_CHECKING

from core.camera.placeholder import placeholder
from core.sentence import said, system_words
from core.video import HD, Frame, VideoFormat, VideoSink
from core.web.latest import Latest

if TYPE_CHECKING:
    from core.web.server import Server

log = logging.getLogger(__name__)

PORT = 8791
"""Asked for first, so that the address stays the same where the token does."""

HIGHEST_PORT = 65_535

HOLD = 5.0
"""Seconds for which the last picture stays when no more come; then the placeholder."""

TOKEN_BYTES = 16


class PageError(RuntimeError):
    """The page cannot be served; says why and what helps."""


class BrowserCamera:
    """A page that outlives sessions; any thread may call.

    Who knows the address sees the picture, so it holds a random token; hand the same `token` in
    again to keep the address that OBS was given. Port 0 takes any. Where another program has the
    port, OBS has just told it the token: until the port is free again another token serves.

    Raises:
        PageError: nothing can be served on this computer.
        ValueError: there is no such port.
    """

    def __init__(self, port: int = PORT, token: str = "", hold: float = HOLD) -> None:
        if not 0 <= port <= HIGHEST_PORT:
            raise ValueError(said("port {0} is not between 0 and {1}", port, HIGHEST_PORT))
        self.token = token or secrets.token_urlsafe(TOKEN_BYTES)
        """What to hand in again, whichever serves this time."""
        self._latest = Latest(placeholder(HD), hold)
        self.note = ""
        """Why the address is not the usual one, if it is not."""
        try:
            self._server = _serve(port, self.token, self._latest)
        except OSError as error:
            self.note = _told(port, error)
            self._server = self._elsewhere()

    @property
    def url(self) -> str:
        """The address for OBS's browser source."""
        return self._server.url

    def open(self, format: VideoFormat) -> VideoSink:
        """Return a sink for one session; its `close` leaves the page on."""
        self._latest.rest(placeholder(format))
        return PageSink(self._latest, format)

    def close(self) -> None:
        """Take the page away and end all connections; once."""
        self._server.close()

    def _elsewhere(self) -> "Server":
        try:
            return _serve(0, secrets.token_urlsafe(TOKEN_BYTES), self._latest)
        except OSError as error:
            raise PageError(
                said(
                    "no page can be served on this computer ({0})",
                    system_words(error),
                    remedy=(
                        "allow Understudy in the security software that guards its connections"
                    ),
                )
            ) from error


class PageSink:
    """Satisfies `VideoSink` for one session."""

    def __init__(self, latest: Latest, format: VideoFormat) -> None:
        self._latest = latest
        self._shape = (format.height, format.width, 3)

    def send(self, frame: Frame) -> None:
        if frame.picture.shape != self._shape:
            raise ValueError(said("the page shows {0}, not {1}", self._shape, frame.picture.shape))
        self._latest.show(frame.picture, frame.cover)

    def close(self) -> None:
        """Leave the page on; its viewers see the placeholder at once."""
        self._latest.end()


def _told(port: int, error: OSError) -> str:
    taken = error.errno == errno.EADDRINUSE
    why = (
        said("is taken by another program")
        if taken
        else said("cannot be used ({0})", system_words(error))
    )
    return said("port {0} {1}, so the page has another address: give OBS the new one", port, why)


def _serve(port: int, token: str, latest: Latest) -> "Server":
    """Return a server, whose library is loaded where there is a page.

    Raises:
        OSError: another program has the port.
    """
    from core.web.server import Server

    return Server(port, token, latest)
