"""What holds for every test: nothing it started survives it, and no stranger's plugin is loaded."""

import gc
import os
import signal
import threading
import time
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from plugins.profiles import Folders

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before Qt looks for a display

PATIENCE = 20.0
"""Seconds that what is ending may take to be gone."""


@pytest.fixture(autouse=True)
def nothing_survives() -> Iterator[None]:
    """No thread, child process or shared memory is left behind."""
    before = _living()
    yield
    deadline = time.monotonic() + PATIENCE
    while _living() - before and time.monotonic() < deadline:
        gc.collect()
        time.sleep(0.01)
    assert not _living() - before


@pytest.fixture(scope="session", autouse=True)
def hangups_are_heard() -> Iterator[None]:
    """Programs that tests start inherit what is ignored; under nohup that is SIGHUP."""
    if not hasattr(signal, "SIGHUP"):
        yield
        return
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture(autouse=True)
def no_third_party_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this project's own entry points exist."""

    def ours(group: str) -> list[EntryPoint]:
        return [e for e in entry_points(group=group) if e.dist and e.dist.name == "understudy"]

    monkeypatch.setattr("core.plugin.entry_points", ours)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photos" / "face.png"
    path.parent.mkdir()
    Image.fromarray(np.full((120, 100, 3), 90, np.uint8)).save(path)
    return path


@pytest.fixture
def store(tmp_path: Path) -> Folders:
    """A place for profiles that is not the user's own."""
    return Folders(tmp_path / "profiles")


@pytest.fixture
def cast(tmp_path: Path) -> Folders:
    """The people of `store`, whom nobody may change here."""
    return Folders(tmp_path / "profiles", writable=False)


def _living() -> set[str]:
    threads = {f"thread {t.name} {t.ident}" for t in threading.enumerate()}
    return threads | _children() | _shared_memory()


def _children() -> set[str]:
    lists = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {f"process {pid}" for path in lists for pid in _read(path).split()}


def _shared_memory() -> set[str]:
    links = {_target(path) for path in Path("/proc/self/fd").glob("*")}
    return {link for link in links if "memfd:" in link}


def _target(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:  # closed meanwhile
        return ""


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the thread has ended meanwhile
        return ""
