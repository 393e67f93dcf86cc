"""A running OBS, told through obs-websocket to show our page: as a browser source in its scene.

The protocol (version 5) is JSON over a WebSocket: OBS says hello, we identify ourselves with an
answer to its challenge, then each request has a response of the same number.
"""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol, TypeVar

from core.sentence import said

T = TypeVar("T")

PORT = 4455
"""That of obs-websocket unless somebody changes it."""

NAME = "Understudy"
"""Of the source in OBS."""

PATIENCE = 5.0
"""Seconds that OBS may take for an answer, whatever else it says meanwhile."""

LONGEST = 200
"""Letters of OBS's own words that are told."""

VERSION = 1
HELLO, IDENTIFY, IDENTIFIED, REQUEST, RESPONSE = 0, 1, 2, 6, 7
EXISTS, NOT_READY = 601, 207
REFUSED = 4009
"""Kinds of messages, results of requests, and the code with which it closes at a wrong password."""

WHERE = said("in OBS, Tools, WebSocket Server Settings")


class ObsError(RuntimeError):
    """OBS cannot be reached or does not do what it is asked; says why and what helps."""


class Connection(Protocol):
    """What we use of `websockets.sync.client.ClientConnection`."""

    def send(self, message: str) -> None: ...
    def recv(self, timeout: float | None = None) -> str | bytes: ...


def show_page(
    url: str,
    size: tuple[int, int],
    password: str,
    port: int = PORT,
    patience: float = PATIENCE,
) -> str:
    """Let OBS on this computer show the page at `url` in its scene; return the scene's name.

    A source of ours that is there already shows it from now on, in whatever scene it is.

    Raises:
        ObsError: it is not reached, or refuses.
    """
    with _connected(port) as connection:
        obs = _Obs(connection, patience)
        try:
            obs.identify(password)
            return _shown(obs, url, size)[:LONGEST]
        except TimeoutError as error:
            raise ObsError(
                said("OBS does not answer any more:", remedy="look at OBS, and try again")
            ) from error
        except OSError as error:
            raise ObsError(said("OBS has broken off ({0})", str(error))) from error
        except ObsError:
            raise
        except Exception as error:  # what answers may say anything
            raise _stranger(port) from error


def _shown(obs: "_Obs", url: str, size: tuple[int, int]) -> str:
    scene = str(obs.ask("GetCurrentProgramScene")["currentProgramSceneName"])
    settings = {"url": url, "width": size[0], "height": size[1]}
    made = obs.ask(
        "CreateInput",
        sceneName=scene,
        inputName=NAME,
        inputKind="browser_source",
        inputSettings=settings,
        sceneItemEnabled=True,
        may_fail=EXISTS,
    )
    if made is EXISTING:
        obs.ask("SetInputSettings", inputName=NAME, inputSettings=settings, overlay=True)
    return scene


EXISTING: dict[str, Any] = {}
"""The answer to a request for what is there already."""


class _Obs:
    """One connection; a request waits for its response."""

    def __init__(self, connection: Connection, patience: float) -> None:
        self._connection, self._patience = connection, patience
        self._number = 0

    def identify(self, password: str) -> None:
        hello = self._await(HELLO)
        answer: dict[str, Any] = {"rpcVersion": VERSION, "eventSubscriptions": 0}
        if challenge := hello.get("authentication"):
            answer["authentication"] = answer_to(challenge, password)
        self._send(IDENTIFY, answer)
        self._await(IDENTIFIED)

    def ask(self, kind: str, may_fail: int = 0, **data: Any) -> dict[str, Any]:
        """Return what OBS answers; `EXISTING` if it refuses with `may_fail`."""
        self._number += 1
        number = str(self._number)
        self._send(REQUEST, {"requestType": kind, "requestId": number, "requestData": data})
        response = self._await(RESPONSE, number)
        status = response["requestStatus"]
        if status["result"]:
            return dict(response.get("responseData") or {})
        if may_fail and status["code"] == may_fail:
            return EXISTING
        if status["code"] == NOT_READY:
            raise ObsError(said("OBS is not ready yet:", remedy="try again in a moment"))
        why = str(status.get("comment") or status["code"])[:LONGEST]
        raise ObsError(said("OBS does not do {0} ({1})", kind, why))

    def _send(self, kind: int, data: dict[str, Any]) -> None:
        self._connection.send(json.dumps({"op": kind, "d": data}))

    def _await(self, kind: int, number: str = "") -> dict[str, Any]:
        """Return the next message of a kind, to the request of a number; none asked for others."""
        end = time.monotonic() + self._patience
        while (left := end - time.monotonic()) > 0:
            message = json.loads(self._connection.recv(left))
            if message["op"] == kind and number in ("", message["d"].get("requestId")):
                return dict(message["d"])
        raise TimeoutError


def answer_to(challenge: dict[str, str], password: str) -> str:
    """Return what proves the password without telling it."""
    secret = _hashed(password + challenge["salt"])
    return _hashed(secret + challenge["challenge"])


def _hashed(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class _Socket:
    """Satisfies `Connection`; OBS's ways of closing are errors with words."""

    def __init__(self, socket: Connection) -> None:
        self._socket = socket

    def send(self, message: str) -> None:
        _worded(lambda: self._socket.send(message))

    def recv(self, timeout: float | None = None) -> str | bytes:
        return _worded(lambda: self._socket.recv(timeout))


@contextmanager
def _connected(port: int) -> Iterator[Connection]:
    from websockets.sync.client import connect

    address = f"ws://127.0.0.1:{port}"
    with ExitStack() as stack:
        try:
            waiting = connect(address, proxy=None, open_timeout=PATIENCE, close_timeout=1.0)
            socket = stack.enter_context(waiting)
        except OSError as error:
            raise ObsError(
                said(
                    "OBS does not answer on port {0}:",
                    port,
                    remedy=said("start OBS, and enable its server {0}", WHERE),
                )
            ) from error
        except Exception as error:  # what answers may say anything
            raise _stranger(port) from error
        yield _Socket(socket)


def _worded(deed: Callable[[], T]) -> T:
    """Do something with a socket, and say why OBS has closed it, if it has."""
    from websockets.exceptions import ConnectionClosed

    try:
        return deed()
    except ConnectionClosed as error:
        if error.rcvd and error.rcvd.code == REFUSED:
            raise ObsError(
                said(
                    "OBS does not take this password:",
                    remedy=said("copy it {0}, Show Connect Info", WHERE),
                )
            ) from error
        raise ConnectionResetError(error.rcvd.reason if error.rcvd else str(error)) from error


def _stranger(port: int) -> ObsError:
    return ObsError(
        said(
            "what answers on port {0} is not OBS:",
            port,
            remedy=said("look up the port {0}", WHERE),
        )
    )
