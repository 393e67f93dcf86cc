"""Freezes the program and lets it try itself: python packaging/smoke_test.py [--keep] [arguments]

The window goes live for a moment, the command line makes a film and finds its watermark. Further
arguments go to the frozen window, as in `--engine testcard`. The light edition, without PyTorch,
may not be larger than LARGEST and holds no avatar model, which it could not use; the other does.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FREEZE = ROOT / "packaging" / "freeze.py"
FOLDER = ROOT / "dist" / "understudy"
SUFFIX = ".exe" if sys.platform == "win32" else ""
PATIENCE = 300
"""Seconds."""
LARGEST = 350 if sys.platform == "linux" else 410
"""Megabytes of the unpacked program; only Linux has an OpenCV of its own, `linux/opencv.py`."""


def main(arguments: list[str]) -> int:
    if "--keep" in arguments:
        arguments.remove("--keep")
    else:
        subprocess.run([sys.executable, str(FREEZE)], check=True)
    faults = [*lacks(FOLDER), *try_out(FOLDER, arguments)]
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    verdict = "FAILED" if faults else "passed"
    sys.stdout.write(f"{megabytes(FOLDER):.0f} MB; smoke test: {verdict}\n")
    return 1 if faults else 0


def megabytes(folder: Path) -> float:
    """Return the size of all files in a folder, what links lead to not counted twice."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 1e6


def lacks(folder: Path) -> Iterator[str]:
    """Say what is wrong with what an edition holds."""
    inside = folder / "_internal"
    neural = (inside / "torch").exists()
    model = (inside / "core" / "weights" / "avatar.safetensors").exists()
    if neural != model:
        yield "the avatar model belongs to the edition with PyTorch, and to no other"
    if not neural and megabytes(folder) > LARGEST:
        yield f"the light edition is larger than {LARGEST} MB"
    if not (inside / "core" / "licences.txt").exists():
        yield "there are no licences for the About page"


def try_out(folder: Path, arguments: list[str]) -> Iterator[str]:
    """Start what was built where nothing else of ours can be found, and say what fails."""
    with tempfile.TemporaryDirectory() as elsewhere:
        film = ["--text", "Hello.", "--seconds", "2", "--out", "film.mp4"]
        for words in (
            ("understudy", "--self-test", *arguments),
            ("understudy-cli", "--profile", "mira", "--engine", "puppet", *film),
            ("understudy-cli", "verify", "film.mp4"),
        ):
            command = [str(folder / (words[0] + SUFFIX)), *words[1:]]
            done = subprocess.run(
                command, cwd=elsewhere, env=_alone(elsewhere), timeout=PATIENCE, check=False
            )
            if done.returncode:
                yield f"{' '.join(words)} ends with {done.returncode}"


def _alone(home: str) -> dict[str, str]:
    variables = {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": home, "APPDATA": home}
    return {name: text for name, text in (os.environ | variables).items() if name != "PYTHONPATH"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
