"""A process in which a stranger's plugin is tried before it is let into the program.

It is told {"group", "name", "value"} of an entry point and our {"path"}, loads what it names, makes
its options or opens and lists its store, and tells {"good": true}, or {"failed": why}.
"""

import os
import sys
import threading
from importlib.metadata import EntryPoint
from typing import Any

from core.process.child import Child, ChildLost, Message, claim, command, serve
from core.sentence import said

PATIENCE = 10.0
"""Seconds that a plugin may take to be loaded."""


class TrialFailed(RuntimeError):
    """A plugin cannot be let in; says why."""


def main() -> int:
    pipe = claim()

    def obey(message: Message) -> None:
        head = message.head
        sys.path[:] = head["path"]
        _try(EntryPoint(head["name"], head["value"], head["group"]).load())
        pipe.send({"good": True})

    serve(pipe, obey, lambda error: pipe.send({"failed": _words(error)}))
    sys.stderr.flush()
    os._exit(0)  # whatever threads a stranger has left


def failures(entries: list[EntryPoint], patience: float = PATIENCE) -> dict[str, TrialFailed]:
    """Return which of the plugins cannot be let in, by name; each is tried in its own process."""
    found: dict[str, TrialFailed] = {}

    def run(entry: EntryPoint) -> None:
        try:
            attempt(entry, patience)
        except TrialFailed as error:
            found[entry.name] = error

    threads = [threading.Thread(target=run, args=(entry,), name="trial") for entry in entries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def attempt(entry: EntryPoint, patience: float = PATIENCE) -> None:
    """Try one plugin in a process of its own.

    Raises:
        TrialFailed: it cannot be loaded, ends the process, or takes longer than `patience` seconds.
    """
    try:
        child = Child(command("core.plugin_trial"), "plugin")
    except ChildLost as error:
        raise TrialFailed(str(error)) from error
    try:
        named = {"group": entry.group, "name": entry.name, "value": entry.value}
        child.send({**named, "path": sys.path})
        answer = child.receive(patience)
    except ChildLost as error:
        raise TrialFailed(said("it ends the program that loads it")) from error
    finally:
        child.close(0)
    if answer is None:
        raise TrialFailed(said("it takes longer than {0:.0f} seconds to load", patience))
    if "failed" in answer.head:
        raise TrialFailed(answer.head["failed"])


def _try(plugin: Any) -> None:
    from core.plugin import SourcePlugin, StorePlugin

    if isinstance(plugin, SourcePlugin):
        plugin.options()
    elif isinstance(plugin, StorePlugin):
        plugin.open().profiles()


def _words(error: Exception) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


if __name__ == "__main__":
    sys.exit(main())
