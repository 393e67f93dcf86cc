"""Collects the licences of what is shipped: python packaging/licences.py FILE [--neural]

With --add FOLDER those of the system's libraries in a frozen folder are put at the end of FILE,
where a Debian system tells them.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.licences import LINE, PACKAGE, collected

PYTHON = Path(sys.base_prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
"""Where a Python keeps its own licence, one of several places."""


def main(arguments: list[str]) -> int:
    files = [Path(word) for word in arguments if not word.startswith("--")]
    if "--add" in arguments and len(files) == 2:
        target, folder = files
        with target.open("a", encoding="utf-8") as file:
            file.writelines(of_the_system(folder))
        return 0
    if len(files) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    files[0].parent.mkdir(parents=True, exist_ok=True)
    files[0].write_text(text("--neural" in arguments), encoding="utf-8")
    return 0


def text(neural: bool) -> str:
    """Return the licences of an edition, Python's own included."""
    packages = collected(PACKAGE, without=() if neural else {"torch"})
    return f"{packages}\n\n{LINE}\nPython {sys.version.split()[0]}\n{LINE}\n\n{_python()}\n"


def of_the_system(folder: Path) -> Iterator[str]:
    """Yield the licence of each Debian package of which a library lies in a frozen folder."""
    names = [path.name for path in folder.glob("lib*.so*") if not path.is_symlink()]
    for package in sorted({found for name in names for found in _packages_of(name)}):
        paper = Path("/usr/share/doc", package, "copyright")
        if paper.exists():
            text = paper.read_text("utf-8", errors="replace")
            yield f"\n\n{LINE}\n{package} (Debian)\n{LINE}\n\n{text.strip()}\n"


def _packages_of(library: str) -> Iterator[str]:
    """Yield the names of the packages that bring a library."""
    if shutil.which("dpkg"):
        command = ["dpkg", "-S", f"*/{library}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        for line in done.stdout.splitlines():
            package, _, path = line.partition(": ")
            if Path(path).name == library:
                yield package.partition(":")[0]


def _python() -> str:
    places = (PYTHON / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt")
    found = next((place for place in places if place.exists()), None)
    return found.read_text("utf-8") if found else "PSF-2.0, see docs.python.org/license"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
