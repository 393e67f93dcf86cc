"""Python, its packages, and the libraries that the window needs."""

import platform
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path

from core.doctor.finding import Finding, State
from core.doctor.system import System
from core.sentence import joined, parted, said

PACKAGES, WINDOW = said("Python and packages"), said("Window")

REQUIREMENT = re.compile(r"([\w.-]+)\s*(?:(>=|==)\s*([\w.]+))?")

AGAIN = said(
    "Run `python start.py`: it installs what is missing. If it does not, delete .venv first."
)

QT = ("QtWidgets.abi3.so",)
X11, WAYLAND = "Qt/plugins/platforms/libqxcb.so", "Qt/plugins/platforms/libqwayland*.so"


def packages(
    required: Callable[[], Iterable[str]] = lambda: requires("understudy") or (),
    installed: Callable[[str], str] = version,
) -> Finding:
    """Compare what is installed with what the program asks for."""
    python = f"Python {platform.python_version()}"
    if getattr(sys, "frozen", False):
        return Finding(PACKAGES, State.OK, said("{0}, packed with all that is needed", python))
    try:
        wanted = [text for text in required() if _meant(text)]
    except PackageNotFoundError:
        return Finding(
            PACKAGES, State.FAILED, said("{0}, but Understudy is not installed", python), AGAIN
        )
    wrong = list(_wrong(wanted, installed))
    if wrong:
        sentence = said("{0}, with wrong packages: {1}", python, joined(wrong, ", "))
        return Finding(PACKAGES, State.FAILED, sentence, AGAIN)
    return Finding(PACKAGES, State.OK, said("{0}; all {1} packages are there", python, len(wanted)))


def _meant(requirement: str) -> bool:
    """Whether it is for this system, and not only for tests or training."""
    _, _, condition = requirement.partition(";")
    system = re.search(r"sys_platform == [\"'](\w+)", condition)
    return "extra ==" not in condition and (system is None or system[1] == sys.platform)


def _wrong(wanted: Iterable[str], installed: Callable[[str], str]) -> Iterator[str]:
    for text in wanted:
        match = REQUIREMENT.match(text)
        assert match
        name, relation, limit = match.groups()
        try:
            found = installed(name)
        except PackageNotFoundError:
            yield said("{0} is missing", name)
            continue
        fits = {">=": _numbers(found) >= _numbers(limit or ""), "==": found.startswith(limit or "")}
        if relation and not fits[relation]:
            yield said("{0} {1} instead of {2}{3}", name, found, relation, limit)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text.partition("+")[0]))


def window(system: System, qt: Path | None = None) -> Finding:
    """Look whether Qt finds the libraries it needs, and a display."""
    qt = qt or _qt()
    if qt is None:
        return Finding(WINDOW, State.FAILED, said("PySide6 is not installed"), AGAIN)
    if not system.linux:
        return Finding(WINDOW, State.OK, said("Qt is installed"))
    wayland, x11 = (system.environ.get(name) for name in ("WAYLAND_DISPLAY", "DISPLAY"))
    screens = (WAYLAND,) if wayland else (X11,) if x11 else ()
    files = [file for pattern in (*QT, *screens) for file in sorted(qt.glob(pattern))]
    missing = sorted({name for file in files for name in _missing(system, file)})
    if missing:
        sentence = said("system libraries are missing: {0}", ", ".join(missing))
        return Finding(WINDOW, State.FAILED, sentence, system.packages.libraries(missing))
    if not screens:
        sentence = said("there is no display; films, cameras and pages are made without one")
        return Finding(WINDOW, State.SKIPPED, sentence)
    if trouble := system.display_trouble(system.environ):
        return Finding(WINDOW, State.FAILED, *parted(trouble))
    return Finding(
        WINDOW, State.OK, said("Qt finds its libraries for {0}", "Wayland" if wayland else "X11")
    )


def _qt() -> Path | None:
    spec = find_spec("PySide6")
    return Path(spec.origin).parent if spec and spec.origin else None


def _missing(system: System, file: Path) -> list[str]:
    lines = system.run(["ldd", str(file)]).splitlines()
    return [line.split()[0] for line in lines if line.endswith("not found")]
