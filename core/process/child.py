"""Processes of our own: how they are started, and how they talk through their pipes.

A module that can run as a child has a `main()` that returns an exit code, and ends with
`if __name__ == "__main__": sys.exit(main())`. It ends by itself when its parent is gone, because
its input ends then.
"""

import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any, NamedTuple

from core.sentence import packed, said, unpacked

FLAG = "--child"
ROOT = Path(__file__).parents[2]
"""Where our packages lie; children start here, so that no other `core` is found first."""

GOODBYE = 2.0
"""Seconds a child may take to end by itself."""

LONGEST_HEAD, LARGEST_BODY = 1 << 20, 1 << 30
"""Bytes of a message's line, and of what follows it; who says more speaks no language of ours."""

UNASKED = 0
"""The order that a message answers which nobody asked for; orders are counted from 1."""


class ChildLost(RuntimeError):
    """The child has ended, or could not be started."""


class GarbledMessage(ValueError):
    """What came through a pipe is none of our messages."""


class Message(NamedTuple):
    head: dict[str, Any]
    """Plain values and sentences; sent as one line of JSON."""
    body: bytes = b""
    order: int = UNASKED
    """The parent's number of this order; in an answer, of the order that is answered."""


class Pipe:
    """Both ends of a conversation. One thread sends at a time, one receives."""

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._received = UNASKED

    def send(self, head: dict[str, Any], body: bytes = b"", order: int | None = None) -> None:
        """Write one message; it answers what was received last unless it names another order.

        Raises:
            OSError: the other side is gone.
        """
        number = self._received if order is None else order
        line = json.dumps({**packed(head), "bytes": len(body), "order": number}).encode()
        self._outgoing.write(line + b"\n" + body)
        self._outgoing.flush()

    def receive(self) -> Message | None:
        """Return the next message, or None if the other side is gone, be it amid its words.

        Raises:
            GarbledMessage: what came is none; nothing that follows could be understood.
        """
        line = self._incoming.readline(LONGEST_HEAD)
        if not line.endswith(b"\n"):
            if len(line) == LONGEST_HEAD:
                raise _garbled(line)
            return None
        head, size, order = _parsed(line)
        body = self._incoming.read(size)
        if len(body) < size:
            return None
        self._received = order
        return Message(head, body, order)


def _parsed(line: bytes) -> tuple[dict[str, Any], int, int]:
    """Return what a line says: the head, the bytes that follow, and the order's number."""
    try:
        head = json.loads(line, object_hook=unpacked)
        size, order = head.pop("bytes"), head.pop("order")
    except Exception as error:  # there are more ways to say no message than are listed
        raise _garbled(line) from error
    for number, most in ((size, LARGEST_BODY), (order, sys.maxsize)):
        if type(number) is not int or not 0 <= number <= most:
            raise _garbled(line)
    return head, size, order


def _garbled(line: bytes) -> GarbledMessage:
    return GarbledMessage(said("it says {0!r}, which is no message", line[:80]))


class Child:
    """A child seen from its parent. One thread receives; any may send or close."""

    def __init__(self, command: Sequence[str], name: str, share: tuple[int, ...] = ()) -> None:
        self._name = name
        self._process = self._start(command, share)
        assert self._process.stdin
        assert self._process.stdout
        self._pipe = Pipe(self._process.stdout, self._process.stdin)
        self._inbox: SimpleQueue[Message | None] = SimpleQueue()
        self._orders = count(1)
        self._garbled = ""
        self._complaints: deque[str] = deque(maxlen=20)
        self._talking = threading.Lock()
        self._threads = [
            threading.Thread(target=work, name=f"{name} {work.__name__}", daemon=True)
            for work in (self._listen, self._overhear)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def process(self) -> int:
        """The system's number of it."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def send(self, head: dict[str, Any], body: bytes = b"") -> int:
        """Send one order and return its number, which what answers it repeats.

        It should be short, so that the pipe always has room.

        Raises:
            ChildLost: nobody is there to read it.
        """
        with self._talking:
            order = next(self._orders)
            try:
                self._pipe.send(head, body, order)
            except (OSError, ValueError) as error:
                raise self._lost() from error
        return order

    def receive(self, timeout: float) -> Message | None:
        """Return the next message, or None if none came within `timeout` seconds.

        Raises:
            ChildLost: there will be no more.
        """
        try:
            message = self._inbox.get(timeout=timeout)
        except Empty:
            return None
        if message is None:
            self._inbox.put(None)
            raise self._lost()
        return message

    def close(self, patience: float = GOODBYE) -> None:
        """End the child, gently if it ends within `patience` seconds.

        Safe to call twice, from any thread.
        """
        with self._talking, suppress(OSError):  # it is gone already
            self._process.stdin.close()  # type: ignore[union-attr]
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join()

    def _start(self, command: Sequence[str], share: tuple[int, ...]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=ROOT,
                pass_fds=share,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise ChildLost(
                said("the {0} process cannot be started: {1}", self._name, error)
            ) from error

    def _listen(self) -> None:
        try:
            while message := self._pipe.receive():
                self._inbox.put(message)
        except GarbledMessage as error:
            self._garbled = str(error)
            self._process.kill()
        finally:
            self._inbox.put(None)
            self._process.stdout.close()  # type: ignore[union-attr]

    def _overhear(self) -> None:
        with self._process.stderr as stream:  # type: ignore[union-attr]
            for line in stream:
                self._complaints.append(line.decode(errors="replace").strip())

    def _lost(self) -> ChildLost:
        return ChildLost(
            said(
                "the {0} process has ended unexpectedly: {1}",
                self._name,
                self._reason(),
                remedy="start again",
            )
        )

    def _reason(self) -> str:
        self._threads[-1].join(0.5)  # its last words may still be on their way
        said_last = next((line for line in reversed(self._complaints) if line), "")
        return self._garbled or said_last or self._ended_by()

    def _ended_by(self) -> str:
        with suppress(subprocess.TimeoutExpired, ValueError):
            if (code := self._process.wait(0.5)) < 0:
                return said("it was ended by {0}", signal.Signals(-code).name)
        return said("it gave no reason")


def command(module: str) -> list[str]:
    """Return how to start `module` as a process of its own, from source or frozen."""
    return [sys.executable, *([FLAG] if getattr(sys, "frozen", False) else ["-m"]), module]


def dispatch(arguments: Sequence[str]) -> int | None:
    """In a frozen program: be the child that `arguments` ask for, else return None at once."""
    if len(arguments) != 2 or arguments[0] != FLAG:
        return None
    code: int = import_module(arguments[1]).main()
    return code


def serve(
    pipe: Pipe, obey: Callable[[Message], None], fail: Callable[[Exception], None] | None = None
) -> None:
    """In the child: obey until the parent is gone, and tell it when something could not be done.

    `fail` tells that in a child's own words; without it the parent hears {"failed": why}.
    """

    def told(error: Exception) -> None:
        pipe.send({"failed": str(error) or repr(error)})

    with suppress(BrokenPipeError):
        while message := pipe.receive():
            try:
                obey(message)
            except BrokenPipeError:
                return
            except Exception as error:  # noqa: BLE001 - whatever went wrong, the parent hears it
                (fail or told)(error)


def claim() -> Pipe:
    """In the child: take the pipes to the parent, so that no stray `print` gets between."""
    for name in ("SIGINT", "SIGHUP", "SIGBREAK"):  # what the terminal says is for the parent,
        if hasattr(signal, name):  # who then ends us
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    incoming, outgoing = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    if isinstance(sys.stdout, io.TextIOWrapper):  # not in a window of Windows
        sys.stdout.reconfigure(line_buffering=True)  # else it comes after the last words
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    return Pipe(os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb"))
