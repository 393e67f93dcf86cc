"""The log: a file of what happened, without sound, pictures, texts or anybody's name."""

import logging
import re
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

import platformdirs

from core.process.child import ROOT

PRIVATE = 0o700
"""Rights of the folder that is made for the log."""

LARGEST, KEPT = 512 * 1024, 3
"""Bytes of a file, and how many old ones are kept."""

HIDDEN = "(hidden)"

LONGEST = 1000
"""Letters of what is said in one line; more helps nobody."""

QUOTED = re.compile(
    r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|\u201c[^\u201d]*\u201d|\u2018[^\u2019]*\u2019"
)
"""What people typed or named stands between quotes wherever an error repeats it."""

PATH = re.compile(r"(?:file://|[A-Za-z]:[\\/]|(?<!\w)~?[\\/](?=\S))[^:;\n]*")
"""From where a path begins; it may have spaces, so all up to the next colon goes."""

FILE = re.compile(r"[^:;\n()]*\.[A-Za-z][A-Za-z0-9]{1,11}(?=[\s:;,()]|$)")
"""A file's name without its folder; it may have spaces, so all before it goes as well."""

ERROR = re.compile(r"(?P<kind>[A-Za-z_][\w.]*)(?P<rest>: .*)?")
"""The line that names an error; its kind is ours or Python's, only its words may be private."""

FRAME = re.compile(r'^  File "(?P<path>.*)", line (?P<line>\d+)(?P<rest>.*)$')

log = logging.getLogger(__name__)


class Discreet(logging.Formatter):
    """Writes what happened and where in the program, and leaves out everything of people's own.

    Quoted words, paths and names of files are hidden. Of an error's own words only those
    remain; of its way through the program, the lines.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return one entry; what other handlers make of the record stays theirs."""
        line = self.formatTime(record), record.levelname, record.name, public(discreet(record))
        text = "{} {} {}: {}".format(*line)
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return text

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, ...],
    ) -> str:
        """Return the way an error took; its words are made public."""
        return told(super().formatException(ei))  # type: ignore[arg-type]


def discreet(record: logging.LogRecord) -> str:
    """Return what was said, with every word filled in by the moment hidden; numbers stay."""
    given = record.args
    if not isinstance(given, tuple):
        return record.getMessage() if not given else str(record.msg)
    kept = (arg if _harmless(arg) else HIDDEN for arg in given)
    return str(record.msg) % tuple(kept)


def _harmless(value: object) -> bool:
    """Whether a value tells nothing of people's own; an error's way is made public later."""
    return isinstance(value, int | float) or (isinstance(value, str) and "Traceback (" in value)


def told(trace: str) -> str:
    """Return the way an error took through our own files, by lines; its words made public."""
    lines = []
    for line in trace.splitlines():
        if frame := FRAME.match(line):
            lines.append(f"  {_place(frame['path'])}:{frame['line']}{frame['rest']}")
        elif error := ERROR.fullmatch(line):
            lines.append(error["kind"] + public(error["rest"] or ""))
        elif not line.startswith("    "):  # a line of source may hold what was typed
            lines.append(public(line))
    return "\n".join(lines)


def public(text: str) -> str:
    """Return `text` without quoted words, paths and names of files."""
    if "Traceback (" in text and '  File "' in text:  # of another process
        head, _, trace = text.partition("Traceback (")
        return f"{public(head)}\n{told('Traceback (' + trace)}"
    text = text[:LONGEST]
    for pattern in (QUOTED, PATH, FILE):
        text = pattern.sub(HIDDEN, text)
    return text


def folder() -> Path:
    """Return where the logs lie on this system."""
    return platformdirs.user_log_path("understudy", appauthor=False)


def begin(where: Path, level: int = logging.INFO, largest: int = LARGEST) -> logging.Handler | None:
    """Write a log into the folder `where`; None if it cannot be written.

    `largest` is in bytes. Whoever begins removes the handler.
    """
    try:
        where.mkdir(PRIVATE, parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            where / "understudy.log", maxBytes=largest, backupCount=KEPT, encoding="utf-8"
        )
    except OSError:
        log.warning("no log can be written", exc_info=True)
        return None
    handler.setFormatter(Discreet())
    handler.setLevel(level)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(min(root.level or logging.WARNING, level))
    return handler


def catch_all() -> None:
    """Write into the log what nobody caught, on any thread, before it is shown as ever."""
    shown, shown_by_threads = sys.excepthook, threading.excepthook

    def note(kind: type[BaseException], error: BaseException, way: TracebackType | None) -> None:
        log.critical("nobody caught this", exc_info=(kind, error, way))
        shown(kind, error, way)

    def note_of_thread(failed: threading.ExceptHookArgs) -> None:
        if failed.exc_value:
            way = failed.exc_traceback
            log.critical("nobody caught this", exc_info=(failed.exc_type, failed.exc_value, way))
        shown_by_threads(failed)

    sys.excepthook, threading.excepthook = note, note_of_thread


def _place(path: str) -> str:
    """Return which file of the program it is, without where it is installed."""
    try:
        return Path(path).relative_to(ROOT).as_posix()
    except ValueError:
        parts = Path(path).parts
        ours = [at for at, part in enumerate(parts) if part in ("app", "core", "plugins")]
        return "/".join(parts[ours[-1] if ours else -1 :])
