"""What was found, as text and JSON that can be shown to anybody."""

import getpass
import json
import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from core.doctor.finding import Finding
from core.doctor.system import System

HIDDEN = "(hidden)"

SERIAL = re.compile(
    r"\b(?:[0-9A-F]{2}[:_-]){5}[0-9A-F]{2}\b"  # addresses of network and Bluetooth devices
    r"|\b(?=[0-9A-F]*\d)[0-9A-F]{12,}\b",
    re.IGNORECASE,
)
"""What names one device among all of its kind."""

REPORTED = ("torch", "numpy", "PySide6-Essentials", "sounddevice", "pyvirtualcam")


@dataclass(frozen=True)
class ComputerOwner:
    """What gives away whose computer this is."""

    home: str
    user: str
    host: str

    def hidden(self, text: str, private: Iterable[str] = ()) -> str:
        """Return `text` without any of it, nor of what else is `private`."""
        words = [(word, HIDDEN) for word in sorted(private, key=len, reverse=True)]
        words += [(self.home, "~"), (self.user, "USER"), (self.host, "HOST")]
        for word, instead in words:
            if len(word) > 1:
                whole = rf"(?<!\w){re.escape(word)}(?!\w)"
                text = re.sub(whole, instead, text, flags=re.IGNORECASE)
        return SERIAL.sub(HIDDEN, text)


def owner() -> ComputerOwner:
    """Return whose computer this is."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # nobody has this number here
        user = ""
    return ComputerOwner(str(Path.home()), user, platform.node().partition(".")[0])


def public(findings: Sequence[Finding], whose: ComputerOwner) -> list[Finding]:
    """Return the findings without what is private."""
    return [
        replace(
            finding,
            sentence=whose.hidden(finding.sentence, finding.private),
            remedy=whose.hidden(finding.remedy, finding.private),
            private=(),
        )
        for finding in findings
    ]


def about(system: System) -> dict[str, str]:
    """Return what kind of computer this is."""
    return {
        "Understudy": _version("understudy"),
        "System": system.os_release("PRETTY_NAME") or platform.system(),
        "Kernel": f"{platform.release()} {platform.machine()}",
        "Screen": system.environ.get("XDG_SESSION_TYPE", "unknown"),
        "Python": platform.python_version(),
        **{name: _version(name) for name in REPORTED},
    }


def report(findings: Sequence[Finding], system: System, whose: ComputerOwner) -> str:
    """Return everything as text to be copied."""
    head = [f"{name}: {text}" for name, text in about(system).items()]
    body = [told(finding) for finding in public(findings, whose)]
    return "\n".join([*(whose.hidden(line) for line in head), "", *body])


def as_json(findings: Sequence[Finding], system: System, whose: ComputerOwner) -> str:
    """Return everything as JSON."""
    found = [
        {"name": f.name, "state": f.state.value, "sentence": f.sentence, "remedy": f.step}
        for f in public(findings, whose)
    ]
    head = {name: whose.hidden(text) for name, text in about(system).items()}
    return json.dumps({"about": head, "findings": found}, indent=2)


def told(finding: Finding) -> str:
    """Return one finding as a line, and its remedy as another."""
    line = f"{finding.state.value:<8} {finding.name}: {finding.sentence}"
    return f"{line}\n{'':9}{finding.step}" if finding.remedy else line


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
