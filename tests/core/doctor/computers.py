"""Computers that are broken in ways we choose: a folder stands for /, and programs do not run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.doctor.system import System

RELEASES = {
    "debian": "ID=debian\n",
    "ubuntu": "ID=ubuntu\nID_LIKE=debian\n",
    "fedora": "ID=fedora\n",
    "arch": 'ID=manjaro\nID_LIKE="arch"\n',
    "suse": 'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n',
    "other": "ID=gentoo\n",
}


def silent(command: Sequence[str]) -> str:
    return ""


def computer(root: Path, release: str = "debian", **fields: Any) -> System:
    """Return an empty Linux computer on which programs say nothing; `fields` are `System`'s."""
    put(root, "etc/os-release", RELEASES[release])
    plain = {
        "kind": "linux",
        "root": root,
        "home": root / "home/anna",
        "environ": {"XDG_RUNTIME_DIR": "/run/user/1000"},
        "run": silent,
        "may_write": lambda path: True,
        "registry": lambda key, value: "",
        "display_trouble": lambda environ: "",
    }
    return System(**{**plain, **fields})


def put(root: Path, place: str, text: str = "") -> Path:
    """Make a file and the folders it is in."""
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def serve_sound(root: Path) -> None:
    """Let there be a sound server."""
    put(root, "run/user/1000/pipewire-0")
