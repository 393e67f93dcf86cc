"""A stranger's plugin that would take the program with it takes a process of its own instead."""

import os
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from core.plugin import SOURCES, source_plugins
from core.plugin_trial import TrialFailed, attempt, failures

GOOD = """
from dataclasses import dataclass
from core.plugin import SourcePlugin

@dataclass(frozen=True)
class Options:
    loud: bool = False

plugin = SourcePlugin("good", "Good", Options, lambda options, clock: None)
"""

BAD = {
    "raises": ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
    "exits": ("import sys; sys.exit(3)", "it ends the program"),
    "interrupts": ("raise KeyboardInterrupt", "it ends the program"),
    "ends_hard": ("import os; os._exit(7)", "it ends the program"),
    "crashes": ("import os, signal; os.kill(os.getpid(), signal.SIGABRT)", "it ends the program"),
    "options": (GOOD + "\nplugin.options.__init__ = None", "TypeError"),
}


def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: str) -> EntryPoint:
    """Install a package with one plugin, as pip would."""
    (tmp_path / f"stranger_{name}.py").write_text(code)
    about = tmp_path / f"stranger_{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: stranger-{name}\nVersion: 1.0\n")
    point = f"[{SOURCES}]\n{name} = stranger_{name}:plugin\n"
    (about / "entry_points.txt").write_text(point)
    if str(tmp_path) not in sys.path:
        monkeypatch.syspath_prepend(tmp_path)
    return EntryPoint(name, f"stranger_{name}:plugin", SOURCES)


def test_each_is_told_and_the_good_one_is_let_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [installed(tmp_path, monkeypatch, name, code) for name, (code, _) in BAD.items()]
    entries.append(installed(tmp_path, monkeypatch, "good", GOOD))
    found = failures(entries, patience=90)
    assert set(found) == set(BAD)
    for name, (_, words) in BAD.items():
        assert words in str(found[name])


def test_one_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = installed(tmp_path, monkeypatch, "hangs", "import threading; threading.Event().wait()")
    with pytest.raises(TrialFailed, match="takes longer than"):
        attempt(entry, patience=0.01)


def test_a_strangers_plugin_is_tried_before_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from importlib.metadata import entry_points

    installed(tmp_path, monkeypatch, "slow", f"import os; os.getpid() != {os.getpid()} or 1/0")
    monkeypatch.setattr("core.plugin.entry_points", entry_points)
    caplog.set_level("CRITICAL", "core.plugin")
    found = source_plugins()
    assert {"microphone", "speech"} <= set(found.plugins)
    assert "stranger_slow" not in sys.modules
    (broken,) = (b for b in found.broken if b.name == "slow")
    assert isinstance(broken.error, TrialFailed)
    assert found.origins["slow"].package == "stranger-slow"
