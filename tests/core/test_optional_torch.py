"""Where PyTorch is not installed: what says so, in one sentence, and what goes on without it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.optional_torch import TorchMissing, has_torch, require_torch
from core.process.child import ROOT

RUN = """
import runpy, sys
sys.modules["torch"] = None  # as if it were not installed
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""

FILM = ["--text", "Hello.", "--profile", "mira", "--seconds", "0.2"]


def without_torch(data: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run one of our programs as where PyTorch is not; `data` holds the user's avatar model."""
    model = data / "understudy" / "avatar.safetensors"
    model.parent.mkdir()
    model.touch()
    return subprocess.run(
        [sys.executable, "-c", RUN, *command],
        cwd=ROOT,
        env={**os.environ, "XDG_DATA_HOME": str(data), "LOCALAPPDATA": str(data)},
        timeout=100,
        capture_output=True,
        text=True,
    )


def test_where_it_is_nothing_is_said() -> None:
    assert has_torch()
    require_torch()


def test_where_it_is_not_the_way_to_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert not has_torch()
    with pytest.raises(TorchMissing, match=r"not installed; run `python start\.py neural`"):
        require_torch()


def test_a_frozen_program_does_not_send_people_to_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(TorchMissing, match="not installed; this edition comes without it"):
        require_torch()


@pytest.mark.parametrize(
    "command",
    [
        ["core.training", "vae"],
        ["core.training.faces"],
        ["core.training.people"],
        ["core.benchmark", "lips"],
    ],
    ids=" ".join,
)
def test_what_needs_it_ends_with_one_sentence(tmp_path: Path, command: list[str]) -> None:
    done = without_torch(tmp_path, *command)
    assert done.returncode == 1
    assert done.stderr.startswith("this needs PyTorch, which is not installed; run `python start")
    assert done.stderr.count("\n") == 1


def test_the_neural_engine_says_what_it_needs(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    done = without_torch(tmp_path, "core.cli", "--engine", "neural", *FILM, "--out", str(film))
    assert done.returncode == 1
    assert "this needs PyTorch, which is not installed; run `python start.py neural`" in done.stderr
    assert "Traceback" not in done.stderr
    assert not film.exists()


def test_the_puppet_goes_on_and_says_why_it_was_taken(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    done = without_torch(tmp_path, "core.cli", *FILM, "--out", str(film))
    assert done.returncode == 0, done.stderr
    assert "the neural one needs PyTorch; run `python start.py neural`" in done.stdout + done.stderr
    assert film.stat().st_size > 0
