"""Serves the page and its pictures on 127.0.0.1, to those who know the token."""

import logging
import secrets
import socket
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from core.web.latest import Latest
from core.web.page import PAGE

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
"""Loopback only: nobody on the network can connect."""

MOST = 32
"""Connections at a time; a browser opens up to six for a page."""

MOST_STRANGERS = 24
"""Of these, connections that have not shown the token yet; the rest is for those who know it."""

INTRODUCTION = 5.0
"""Seconds in which a connection has to show the token, however slowly it speaks."""

POLL = 1.0
"""Seconds after which a viewer is told that there is no new picture, and asks again."""

PATIENCE = 10.0
"""Seconds that a connection may be silent, or a viewer take to read one picture."""

LOOK = 0.1
"""Seconds between two looks whether to stop."""

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # the address holds the token
    "X-Content-Type-Options": "nosniff",
}


class Server(ThreadingHTTPServer):
    """Listens from the start until `close`, which leaves no thread and no connection behind."""

    allow_reuse_address = sys.platform != "win32"  # there it would share the port with others
    request_queue_size = MOST

    def __init__(
        self, port: int, token: str, latest: Latest, introduction: float = INTRODUCTION
    ) -> None:
        self.token = token
        self._introduction = introduction
        self.latest = latest
        self._connections: list[_Connection] = []
        super().__init__((HOST, port), _Viewer)
        self.hosts = (f"{HOST}:{self.server_port}", f"localhost:{self.server_port}")
        self._serving = threading.Thread(
            target=self.serve_forever, args=(LOOK,), name="web", daemon=True
        )
        self._serving.start()

    @property
    def url(self) -> str:
        return f"http://{self.hosts[0]}/{self.token}/"

    def close(self) -> None:
        """Stop listening and end every connection."""
        self.shutdown()
        self._serving.join()
        self.server_close()
        self.latest.close()
        for connection in self._connections:
            connection.end()
        for connection in self._connections:
            connection.thread.join()

    def server_bind(self) -> None:
        if sys.platform == "win32":  # nor may anybody else take the port from us
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        TCPServer.server_bind(self)  # HTTPServer would ask the network for this computer's name
        self.server_name, self.server_port = HOST, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give each connection a thread; the oldest of too many strangers goes."""
        self.service_actions()
        strangers = [one for one in self._connections if not one.known]
        if len(strangers) >= MOST_STRANGERS:
            strangers[0].end()
        elif len(self._connections) >= MOST:
            self.shutdown_request(request)
            return
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name="web viewer",
            daemon=True,
        )
        self._connections.append(_Connection(thread, request, time.monotonic()))
        thread.start()

    def service_actions(self) -> None:
        """Forget connections that have ended, and end strangers that take too long."""
        self._connections = [one for one in self._connections if one.thread.is_alive()]
        oldest = time.monotonic() - self._introduction
        for one in self._connections:
            if not one.known and one.since < oldest:
                one.end()

    def recognise(self, request: Any) -> None:
        """Note that a connection has shown the token; called by its own thread."""
        for one in self._connections:
            if one.socket is request:
                one.known = True

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        log.debug("a viewer has gone: %s", sys.exception())


@dataclass
class _Connection:
    """One connection, and the thread that serves it."""

    thread: threading.Thread
    socket: socket.socket
    since: float
    known: bool = False
    """Whether it has shown the token."""

    def end(self) -> None:
        """Let its thread find nobody there any more."""
        with suppress(OSError):  # it has ended by itself
            self.socket.shutdown(socket.SHUT_RDWR)


class _Viewer(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    wbufsize = -1  # head and body leave together
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if self.request_version == "HTTP/0.9":  # its answers have no head, so nothing guards them
            self.close_connection = True
            return
        address = urlsplit(self.path)
        token, slash, name = address.path.removeprefix("/").partition("/")
        if not self._from_here():
            self._answer(HTTPStatus.FORBIDDEN)
        elif not secrets.compare_digest(token.encode(), self.server.token.encode()):
            self._answer(HTTPStatus.NOT_FOUND)
        else:
            self.server.recognise(self.request)
            self._show(token, slash, name, address.query)

    def _show(self, token: str, slash: str, name: str, query: str) -> None:
        """Answer somebody who knows the token."""
        if not slash:  # the page asks for pictures beside itself
            self._answer(HTTPStatus.MOVED_PERMANENTLY, about={"Location": f"/{token}/"})
        elif name == "":
            self._answer(HTTPStatus.OK, PAGE.encode(), {"Content-Type": "text/html; charset=utf-8"})
        elif name == "picture":
            self._send_picture(known(query))
        else:
            self._answer(HTTPStatus.NOT_FOUND)

    def version_string(self) -> str:
        return "Understudy"

    def log_message(self, format: str, *args: Any) -> None:
        pass  # the address holds the token

    def _from_here(self) -> bool:
        """Whether our own page asks: not another site, nor one whose name was bent to 127.0.0.1."""
        origins = (None, *(f"http://{host}" for host in self.server.hosts))
        return self.headers["Host"] in self.server.hosts and self.headers["Origin"] in origins

    def _send_picture(self, number: int) -> None:
        jpeg = self.server.latest.jpeg(number, POLL)
        if jpeg is None:
            self._answer(HTTPStatus.NO_CONTENT)
            return
        about = {"Content-Type": "image/jpeg", "Picture-Number": str(jpeg.number)}
        if jpeg.covers:
            about["Picture-Cover"] = "below"
        self._answer(HTTPStatus.OK, jpeg.data, about)

    def _answer(
        self, status: HTTPStatus, body: bytes = b"", about: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, **(about or {})}.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def known(query: str) -> int:
    """Return the number of the picture that a viewer has, -1 if it has none."""
    try:
        return int(parse_qs(query)["known"][0])
    except (KeyError, ValueError):
        return -1
