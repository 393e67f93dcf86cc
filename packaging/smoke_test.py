"""Freezes the program and lets it try itself: python packaging/smoke_test.py [--keep] [arguments]

Further arguments go to the frozen program, as in `--engine testcard`.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "build"
PROGRAM = (
    ROOT / "dist" / "understudy" / ("understudy.exe" if sys.platform == "win32" else "understudy")
)
PATIENCE = 300
"""Seconds."""


def main(arguments: list[str]) -> int:
    if "--keep" in arguments:
        arguments.remove("--keep")
    else:
        freeze()
    code = try_out(arguments)
    sys.stdout.write(f"smoke test: {'passed' if code == 0 else 'FAILED'}\n")
    return code


def freeze() -> None:
    """Build the folder dist/understudy."""
    spec = ROOT / "packaging" / "understudy.spec"
    folders = ["--distpath", str(ROOT / "dist"), "--workpath", str(WORK)]
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    subprocess.run([*command, *folders, str(spec)], check=True, cwd=WORK.parent)


def try_out(arguments: list[str]) -> int:
    """Start what was built where nothing else of ours can be found."""
    with tempfile.TemporaryDirectory() as elsewhere:
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_CONFIG_HOME": elsewhere,
            "APPDATA": elsewhere,
        }
        environment.pop("PYTHONPATH", None)
        command = [str(PROGRAM), "--self-test", *arguments]
        return subprocess.run(
            command, cwd=elsewhere, env=environment, timeout=PATIENCE, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
