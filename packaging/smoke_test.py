"""Freezes the program and lets it try itself: python packaging/smoke_test.py [--keep] [arguments]

Further arguments go to the frozen program, as in `--engine testcard`. The light edition, without
PyTorch, may not be larger than LARGEST.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FREEZE = ROOT / "packaging" / "freeze.py"
PROGRAM = (
    ROOT / "dist" / "understudy" / ("understudy.exe" if sys.platform == "win32" else "understudy")
)
PATIENCE = 300
"""Seconds."""
LARGEST = 660
"""Megabytes of the unpacked program; 350 are wanted (docs/lab.md, "The frozen light edition")."""


def main(arguments: list[str]) -> int:
    if "--keep" in arguments:
        arguments.remove("--keep")
    else:
        subprocess.run([sys.executable, str(FREEZE)], check=True)
    code, size = try_out(arguments), megabytes(PROGRAM.parent)
    light = not (PROGRAM.parent / "_internal" / "torch").exists()
    passed = code == 0 and (size <= LARGEST or not light)
    sys.stdout.write(f"{size:.0f} MB; smoke test: {'passed' if passed else 'FAILED'}\n")
    return 0 if passed else 1


def megabytes(folder: Path) -> float:
    """Return the size of all files in a folder, what links lead to not counted twice."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 1e6


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
