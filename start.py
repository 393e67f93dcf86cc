"""Makes the environment, and runs the program in it. Needs nothing but Python.

python start.py              the app; where there is no display, a film instead
python start.py demo ...     a film or a webcam from the command line (demo --help tells more)
python start.py doctor       what works on this computer, what does not, and what to do about it
python start.py verify FILE  whether a film or a picture was made by Understudy
python start.py neural       adds PyTorch, for avatar models of one's own and for training
python start.py test         every check
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import io
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
WINDOWS = sys.platform == "win32"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if WINDOWS else "bin/python")
STAMP, LOG = ENVIRONMENT / "installed.txt", ENVIRONMENT / "install.log"
BUILDS = re.compile(r"(torch|triton|(nvidia|cuda)-[\w-]+)==")
"""PyTorch and what only some of its builds need. One version is built for processors, CUDA and
ROCm; which of them pip takes, and so its hash, depends on where the computer's packages come from.
"""
LOCK, WANTED = ROOT / "requirements.lock", ENVIRONMENT / "wanted.txt"
OLDEST = (3, 11)

# Library -> Debian package. What Qt's own libraries need, then its two ways to a Linux screen.
QT = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
X11 = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYLAND = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
SOUND = {"libportaudio.so.2": "libportaudio2", "libpulse.so.0": "libpulse0"}

NETWORKS = [f"tests/core/{room}" for room in ("model", "neural", "perception", "training")]

CHECKS = {
    "lint": ["-m", "ruff", "check", "."],
    "format": ["-m", "ruff", "format", "--check", "."],
    "types": ["-m", "mypy"],
    "imports": ["-c", "from importlinter.cli import lint_imports_command as run; run()"],
    "tests": ["-m", "pytest", "-q"],
    "networks": ["-m", "pytest", "-q", *NETWORKS, "tests/golden"],
}
"""Given to Python, because the tools' own scripts lead to where the folder lay at first."""

SURROUNDINGS = {"networks": {"ATEN_CPU_CAPABILITY": "default"}}
"""Networks are tested once more, as on a processor without the newer instructions."""

FOREIGN = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONUSERBASE", "PYTHONPLATLIBDIR")
"""Variables by which other programs bring their own code in."""

REMEDIES = {
    "DO NOT MATCH THE HASHES": (
        "A package is not the one that Understudy was checked with: somebody between you and the "
        "package index has changed it. Try again in another network."
    ),
    "No space left": "The disk is full: free about 2 GB (5 with PyTorch) and start again.",
    "No matching distribution found for torch": (
        "There is no PyTorch for this Python or system: use Python 3.11, 3.12 or 3.13 on 64-bit "
        "Linux or Windows."
    ),
    "Temporary failure in name resolution": "There is no connection to the internet.",
    "Connection": "The package index cannot be reached: check the connection and start again.",
    "Permission denied": f"{ENVIRONMENT} cannot be written: give yourself the right to.",
    "Microsoft Visual C++": "Use Python 3.11 or 3.12, for which every package is ready-made.",
}


class Failed(Exception):
    """Something cannot go on; the message says what and what helps."""


def main(arguments: list[str]) -> int:
    """Return the exit code."""
    mend_surroundings()
    if sys.version_info < OLDEST:
        print("Understudy needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")
        return 1
    word, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    deeds = {
        "": app,
        "demo": demo,
        "doctor": doctor,
        "verify": verify,
        "neural": neural,
        "test": test,
    }
    if word not in deeds:
        print(__doc__)
        return 0 if word in ("-h", "--help", "help") else 2
    try:
        return deeds[word](rest)
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def mend_surroundings() -> None:
    """Let no variable bring other code in, and nothing that is printed fail for its letters."""
    for name in FOREIGN:
        os.environ.pop(name, None)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # none at all where it was closed
            stream.reconfigure(errors="backslashreplace")


def app(arguments: list[str]) -> int:
    """Open the window, or make a film where no window can be."""
    if not has_display():
        return film_instead("there is no display", arguments)
    screen = WAYLAND if os.environ.get("WAYLAND_DISPLAY") else X11
    provide({**QT, **screen}, "the window")
    provide(SOUND, "microphones", optional=True)
    install("")
    if trouble := display_trouble():
        return film_instead(trouble, arguments)
    return run("app", *arguments)


def film_instead(why: str, arguments: list[str]) -> int:
    print(f"No window can be opened, so here is a film instead: {why}.", flush=True)
    return demo(arguments)


def demo(arguments: list[str]) -> int:
    """Make a film, or be a webcam."""
    if {"--mic", "--sound"} & set(arguments):
        provide(SOUND, "microphones", optional=True)
    install("")
    return run("core.cli", *arguments)


def doctor(arguments: list[str]) -> int:
    """Test what the program needs; libraries that are missing are its business."""
    install("")
    return run("core.doctor", *arguments)


def verify(arguments: list[str]) -> int:
    """Look for the watermark in films and pictures."""
    install("")
    return run("core.verify", *arguments)


def neural(_: list[str]) -> int:
    """Install what the neural engine and training need as well."""
    install("neural")
    print("The neural engine is installed; it runs as soon as there is a trained avatar model.")
    return 0


def test(_: list[str]) -> int:
    """Run every check, whatever the others say."""
    provide(QT, "the tests of the window")
    provide(SOUND, "microphones", optional=True)
    install("test")
    results = {name: check(name, command) for name, command in CHECKS.items()}
    print()
    for name, (code, seconds) in results.items():
        print(f"  {name:<8} {'ok' if code == 0 else 'FAILED':<7} {seconds:6.1f} s")
    return int(any(code for code, _ in results.values()))


def check(name: str, command: list[str]) -> tuple[int, float]:
    """Return a check's exit code and seconds; what it said is shown when it failed."""
    print(f"{name} ...", flush=True)
    begin, show = time.monotonic(), "pytest" in command
    done = subprocess.run(
        [PYTHON, *command],
        cwd=ROOT,
        env={**ours(), "QT_QPA_PLATFORM": "offscreen", **SURROUNDINGS.get(name, {})},
        stdout=None if show else subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode and not show:
        print(done.stdout)
    return done.returncode, time.monotonic() - begin


def run(module: str, *arguments: str) -> int:
    """Run one of our programs and return its exit code; where systems can, become it.

    So whoever ends us ends it. What runs is what lies here, whatever was installed from where.
    """
    # -P: no file that happens to lie in the current folder is taken for a part of the program.
    command = [str(PYTHON), "-P", "-m", module, *arguments]
    if not WINDOWS:
        os.execve(PYTHON, command, ours())
    with subprocess.Popen(command, env=ours()) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # it has heard of Ctrl+C as well, and ends in its own way


def ours() -> dict[str, str]:
    """Return the surroundings in which this folder's code is found first."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def has_display() -> bool:
    """Whether a display is named."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def display_trouble() -> str:
    """Return why the display that is named cannot be used; Qt would end the program over it."""
    sys.path.insert(0, str(ROOT))
    from core import display

    return display.display_trouble()


def provide(libraries: dict[str, str], purpose: str, optional: bool = False) -> None:
    """See to it that system libraries are there: install them as root, name them otherwise."""
    if sys.platform != "linux":
        return
    missing = [name for name in libraries if not loadable(name)]
    if missing and may_install():
        apt([libraries[name] for name in missing])
        missing = [name for name in libraries if not loadable(name)]
    if not missing:
        return
    if shutil.which("apt-get"):
        how = "run: sudo apt install " + " ".join(libraries[name] for name in missing)
    else:
        how = f"install what contains {', '.join(missing)}"
    sentence = f"For {purpose}, system packages are missing; {how}"
    if not optional:
        raise Failed(sentence)
    print(sentence)


def loadable(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def may_install() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0 and bool(shutil.which("apt-get"))


def apt(packages: list[str]) -> None:
    """Install Debian packages as root, quietly."""
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    for command in (install, ["apt-get", "update"], install):
        done = subprocess.run(
            command,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode == 0 and command is install:
            return
    print(done.stdout.strip().splitlines()[-1:] or "apt-get failed")


def install(extra: str) -> None:
    """Make the environment and install everything into it, unless that is done already.

    Extras that were installed once stay, whatever else changes.
    """
    follow()
    wanted = fingerprint()
    done = STAMP.read_text().split() if PYTHON.exists() and STAMP.exists() else []
    extras = sorted({*done[1:], extra} - {""})
    if done[:1] == [wanted] and set(extras) <= set(done):
        return
    make_environment()
    print("Installing Python packages; the first time takes some minutes.", flush=True)
    for editions in ({"build"}, {"base", *extras}):
        WANTED.write_text(locked(editions), "utf-8")
        pip("install", "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(WANTED))
    if build := torch_build({"base", *extras}):
        pip("install", "--only-binary", ":all:", "-c", str(ROOT / "constraints.txt"), build)
    pip("install", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT))
    STAMP.write_text(" ".join([fingerprint(), *extras]))


def locked(editions: set[str]) -> str:
    """Return what belongs to any of the editions, exact versions with the hashes of their files."""
    return "".join(pins for pins in pinned(editions) if not BUILDS.match(pins))


def torch_build(editions: set[str]) -> str:
    """Return PyTorch's exact version if one of the editions wants it, else nothing."""
    found = (re.match(r"torch==\S+", pins) for pins in pinned(editions))
    return next((match.group() for match in found if match), "")


def pinned(editions: set[str]) -> list[str]:
    packages = re.split(r"^# ", LOCK.read_text("utf-8"), flags=re.MULTILINE)[1:]
    parts = [package.partition("\n") for package in packages]
    return [pins for kinds, _, pins in parts if editions & set(kinds.split())]


def follow() -> None:
    """Let the environment lead to this folder: both may have been moved, or copied."""
    here = f"{ROOT}\n"
    for place in ("lib/python*", "Lib"):
        for pointer in ENVIRONMENT.glob(f"{place}/site-packages/*understudy*.pth"):
            if pointer.read_text("utf-8") != here:
                pointer.write_text(here, "utf-8")


def fingerprint() -> str:
    """Return what the environment depends on, in short: also its Python, not the one at work now.

    So another Python that is active today (conda's, say) is no reason to install anew.
    """
    files = (ROOT / "pyproject.toml", LOCK, ENVIRONMENT / "pyvenv.cfg")
    text = b"".join(path.read_bytes() for path in files if path.exists())
    return hashlib.sha256(text + PYTHON.resolve().name.encode()).hexdigest()


def make_environment() -> None:
    works = [str(PYTHON), "-m", "pip", "--version"]
    if PYTHON.exists() and subprocess.run(works, capture_output=True).returncode == 0:
        return
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if may_install():
            apt([package])
        else:
            raise Failed(f"This Python cannot make environments; run: sudo apt install {package}")
    print(f"Making {ENVIRONMENT}", flush=True)
    try:
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=not WINDOWS).create(ENVIRONMENT)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failed(
            f"{ENVIRONMENT} cannot be made ({error}); check the disk and your rights"
        ) from None


def pip(*arguments: str) -> None:
    """Run pip with one quiet line of progress; everything it says is in a log."""
    command = [
        str(PYTHON),
        "-m",
        "pip",
        arguments[0],
        "--disable-pip-version-check",
        *arguments[1:],
    ]
    lines = []
    with LOG.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        for line in process.stdout or ():
            log.write(line)
            lines.append(line.rstrip())
            progress(line)
    progress("")
    if process.wait() != 0:
        raise Failed(complaint(lines))


def progress(line: str) -> None:
    """Show on a terminal which package pip is busy with."""
    if not (sys.stdout and sys.stdout.isatty()):
        return
    words = line.split()
    if not words:
        print("\r\033[K", end="", flush=True)
    elif words[0] in ("Collecting", "Downloading", "Installing", "Building"):
        print(f"\r\033[K  {' '.join(words)[:70]}", end="", flush=True)


def complaint(lines: list[str]) -> str:
    """Say what pip could not do, and what helps."""
    text = "\n".join(lines)
    remedy = next((help for words, help in REMEDIES.items() if words in text), "")
    told = "\n".join(f"    {line}" for line in lines[-8:])
    return f"The Python packages could not be installed. {remedy}\n{told}\nAll of it: {LOG}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
