"""Collects the licences of what is shipped: python packaging/licences.py FILE [--neural]"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.licences import LINE, PACKAGE, collected

PYTHON = Path(sys.base_prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
"""Where a Python keeps its own licence, one of several places."""


def main(arguments: list[str]) -> int:
    files = [word for word in arguments if not word.startswith("--")]
    if len(files) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    Path(files[0]).parent.mkdir(parents=True, exist_ok=True)
    Path(files[0]).write_text(text("--neural" in arguments), encoding="utf-8")
    return 0


def text(neural: bool) -> str:
    """Return the licences of an edition, Python's own included."""
    packages = collected(PACKAGE, without=() if neural else {"torch"})
    return f"{packages}\n\n{LINE}\nPython {sys.version.split()[0]}\n{LINE}\n\n{_python()}\n"


def _python() -> str:
    places = (PYTHON / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt")
    found = next((place for place in places if place.exists()), None)
    return found.read_text("utf-8") if found else "PSF-2.0, see docs.python.org/license"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
