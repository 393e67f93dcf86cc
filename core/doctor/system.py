"""The computer as the checks see it; every way to ask it something can be replaced in tests."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from core.display import display_trouble
from core.doctor.packages import Packages, packages

ANSWER = 5.0
"""Seconds that a program may take to answer."""


def run(command: Sequence[str]) -> str:
    """Return what a program prints; nothing if it is not there, fails or does not answer."""
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=ANSWER,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "LC_ALL": "C"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def may_write(path: Path) -> bool:
    return os.access(path, os.W_OK)


def registry(key: str, value: str) -> str:
    """Return a value of the Windows registry, looked up for the user, then for the machine."""
    if sys.platform != "win32":
        return ""
    import winreg

    for hive in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
        try:
            with winreg.OpenKey(hive, key) as opened:
                return str(winreg.QueryValueEx(opened, value)[0])
        except OSError:
            continue
    return ""


@dataclass(frozen=True)
class System:
    """One computer and one user on it."""

    kind: str = sys.platform
    root: Path = Path("/")
    home: Path = field(default_factory=Path.home)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    run: Callable[[Sequence[str]], str] = run
    may_write: Callable[[Path], bool] = may_write
    registry: Callable[[str, str], str] = registry
    display_trouble: Callable[[Mapping[str, str]], str] = display_trouble

    @property
    def linux(self) -> bool:
        return self.kind == "linux"

    @property
    def windows(self) -> bool:
        return self.kind == "win32"

    def path(self, place: str) -> Path:
        """Return an absolute place, under the root that stands for /."""
        return self.root / place.removeprefix("/")

    def text(self, place: str) -> str:
        """Return what a file says; nothing if it cannot be read."""
        try:
            return self.path(place).read_text("utf-8", errors="replace")
        except OSError:
            return ""

    def os_release(self, key: str) -> str:
        """Return what /etc/os-release says about `key`."""
        for line in self.text("/etc/os-release").splitlines():
            name, _, value = line.partition("=")
            if name == key:
                return value.strip("\"'")
        return ""

    @cached_property
    def packages(self) -> Packages:
        """How packages are called and installed here."""
        families = (self.os_release("ID"), *self.os_release("ID_LIKE").split())
        return packages(families, self.path("/run/ostree-booted").exists())

    @property
    def contained(self) -> bool:
        """Whether this is a container, which shares the kernel and the sound of its host."""
        marks = ("/.dockerenv", "/run/.containerenv")
        return any(self.path(mark).exists() for mark in marks)

    @property
    def sound_server(self) -> bool:
        """Whether PipeWire or PulseAudio waits for this user's programs."""
        if "PULSE_SERVER" in self.environ:
            return True
        runtime = self.path(self.environ.get("XDG_RUNTIME_DIR", "/run/user/none"))
        return any((runtime / name).exists() for name in ("pipewire-0", "pulse/native"))
