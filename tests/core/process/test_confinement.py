"""What a confined process can still do, tried in one."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.process.child import ROOT

TRIAL = """
import os, socket, subprocess, sys, threading
from core.process.confinement import confine
confine()
def tried(deed):
    try:
        deed()
    except OSError:
        return "refused"
    return "done"
def thread():
    one = threading.Thread(target=int)
    one.start()
    one.join()
deeds = {
    "net": socket.socket,
    "write": lambda: open(sys.argv[1], "w"),
    "run": lambda: subprocess.run([sys.executable, "-V"]),
    "fork": os.fork,
    "signal": lambda: os.kill(os.getppid(), 0),
    "secret": lambda: open("/etc/passwd").read(),
    "thread": thread,
    "import": lambda: __import__("wave"),
}
print(" ".join(f"{name}:{tried(deed)}" for name, deed in deeds.items()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="its walls are Linux's")
def test_a_confined_process_computes_and_nothing_else(tmp_path: object) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRIAL, f"{tmp_path}/file"],
        cwd=ROOT, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    found = dict(pair.split(":") for pair in done.stdout.split())
    assert found, done.stderr
    for right in ("net", "write", "run", "fork", "signal"):
        assert found[right] == "refused"
    assert (found["thread"], found["import"]) == ("done", "done")


FROZEN = """
import sys
from core.process.confinement import confine
sys.executable = sys.argv[1]
confine()
print(open(sys.executable).read())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="its walls are Linux's")
def test_a_frozen_program_can_still_import_what_lies_in_its_own_file(tmp_path: Path) -> None:
    program = tmp_path / "understudy"
    program.write_text("modules")
    done = subprocess.run(
        [sys.executable, "-c", FROZEN, str(program)],
        cwd=ROOT, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "modules", done.stderr
