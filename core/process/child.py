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
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any, NamedTuple

from core.sentence import packed, said, unpacked

FLAG = "--child"
ROOT = Path(__file__).parents[2]
"""Where our packages lie; children start here, so that no other `core` is found first."""

GOODBYE = 2.0
"""Seconds a child may take to end by itself."""


class ChildLost(RuntimeError):
    """The child has ended, or could not be started."""


class Message(NamedTuple):
    head: dict[str, Any]
    """Plain values and sentences; sent as one line of JSON."""
    body: bytes = b""


class Pipe:
    """Both ends of a conversation. One thread sends at a time, one receives."""

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._incoming = incoming
        self._outgoing = outgoing

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Write one message.

        Raises:
            OSError: the other side is gone.
        """
        line = json.dumps({**packed(head), "bytes": len(body)}).encode()
        self._outgoing.write(line + b"\n" + body)
        self._outgoing.flush()

    def receive(self) -> Message | None:
        """Return the next message, or None if the other side is gone."""
        line = self._incoming.readline()
        if not line.endswith(b"\n"):
            return None
        head = json.loads(line, object_hook=unpacked)
        return Message(head, self._incoming.read(head.pop("bytes")))


class Child:
    """A child seen from its parent. One thread receives; any may send or close."""

    def __init__(self, command: Sequence[str], name: str, share: tuple[int, ...] = ()) -> None:
        self._name = name
        self._process = self._start(command, share)
        assert self._process.stdin
        assert self._process.stdout
        self._pipe = Pipe(self._process.stdout, self._process.stdin)
        self._inbox: SimpleQueue[Message | None] = SimpleQueue()
        self._complaints: deque[str] = deque(maxlen=20)
        self._talking = threading.Lock()
        self._threads = [
            threading.Thread(target=work, name=f"{name} {work.__name__}", daemon=True)
            for work in (self._listen, self._overhear)
        ]
        for thread in self._threads:
            thread.start()

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send one message; it should be short, so that the pipe always has room.

        Raises:
            ChildLost: nobody is there to read it.
        """
        with self._talking:
            try:
                self._pipe.send(head, body)
            except (OSError, ValueError) as error:
                raise self._lost() from error

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
        while message := self._pipe.receive():
            self._inbox.put(message)
        self._inbox.put(None)
        self._process.stdout.close()  # type: ignore[union-attr]

    def _overhear(self) -> None:
        with self._process.stderr as stream:  # type: ignore[union-attr]
            for line in stream:
                self._complaints.append(line.decode(errors="replace").strip())

    def _lost(self) -> ChildLost:
        self._threads[-1].join(0.5)  # its last words may still be on their way
        reason = next(
            (line for line in reversed(self._complaints) if line), said("it gave no reason")
        )
        return ChildLost(
            said(
                "the {0} process has ended unexpectedly: {1}",
                self._name,
                reason,
                remedy="start again",
            )
        )


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
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, who then ends us
    incoming, outgoing = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    if isinstance(sys.stdout, io.TextIOWrapper):  # not in a window of Windows
        sys.stdout.reconfigure(line_buffering=True)  # else it comes after the last words
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    return Pipe(os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb"))
