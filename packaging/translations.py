"""Brings the translations up to date: python packaging/translations.py

Texts are read from the sources into app/translations/*.ts (pyside6-lupdate), where a translator
finishes them (by hand or in Qt Linguist), and written into *.qm (pyside6-lrelease), which the
program reads. What core and our plugins say to people is collected into sentences.txt first: they
know nothing of Qt, and the window recognises their sentences by it (decision 0025). All files are
kept in the repository, so nobody needs these tools to run it.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "app" / "translations"
SENTENCES = FOLDER / "sentences.txt"
TOOLS = Path(sys.executable).parent

SPEAKING = ("core", "plugins", "app/people/profile_file.py", "app/desktop/keys")
"""Where sentences for people are written without Qt."""

SILENT = (
    "app/desktop/keys/backends.py", "core/benchmark", "core/cli.py", "core/cli_options.py",
    "core/doctor/__main__.py", "core/model", "core/training", "core/perception/speech/phonemes.py",
    "core/perception/speech/visemes.py", "core/web/page.py", "core/web/server.py",
)  # fmt: skip
"""What only the command line says, what Qt translates itself, and what says nothing."""

CALLS = ("log", "re", "argparse", "warnings")
"""Modules whose calls say nothing to people."""

NOT_WORDS = re.compile(
    r"`?sudo |rpm-ostree |flatpak |kernel-|pipewire-|linux-headers|akmod-nvidia|sink_name|master=|"
    r"sys_platform|extra ==|check \{|\*\.|no soundcards$|no module$|not found$|no such$|No module$|"
    r"obs virtual$|dummy video|could not be |is not a video|does not exist$|web viewer$|"
    r"no such voice$|Core Audio|Windows WASAPI|OBS Virtual Camera$|v4l2 loopback|finishing rec|"
    r"closing devices$|global keys$|(top|bottom) (left|right)$|AI-generated |The person in this |"
    r"Understudy Micro|\{0\} norewinds|\{0\} [GM]iB$|Python \{0\}$|\{0\} \((Flatpak|Snap)\)"
)
"""Commands, patterns, names, metadata, and what others say that we look for."""

WORDS = (
    "dB", "en-us", "Default", "Device", "File", "Gain", "Language", "Microphone", "ms", "Pitch",
    "Repeat", "Speaker", "Speed", "Text", "Window", "output",
    "No space left on device", "Permission denied", "Read-only file system",
    "No such file or directory", "Input/output error", "File name too long",
)  # fmt: skip
"""Single words, and what the system says of files, for our sentences quote it."""


def collected() -> list[str]:
    """Return what core and our plugins say to people, values as {0}, {1} and so on."""
    files = (file for place in SPEAKING for file in _files(ROOT / place))
    found = {words for file in files for words in _sentences(file)}
    return sorted(found.union(WORDS), key=str.casefold)


def _files(place: Path) -> list[Path]:
    found = sorted(place.rglob("*.py")) if place.is_dir() else [place]
    return [file for file in found if not file.relative_to(ROOT).as_posix().startswith(SILENT)]


def _sentences(file: Path) -> Iterator[str]:
    """Yield each text of a module that has at least two words in it."""
    for node in _spoken(ast.parse(file.read_text("utf-8"))):
        words = _template(node).strip()
        if re.search(r"[^\W\d_]{2}", words) and " " in words and not NOT_WORDS.match(words):
            yield words


def _spoken(node: ast.AST) -> Iterator[ast.JoinedStr | ast.Constant]:
    """Yield the texts below `node`, but for docstrings, assertions and what is only logged."""
    if isinstance(node, ast.JoinedStr) or _is_text(node):
        yield node  # type: ignore[misc]
        return
    if isinstance(node, ast.Assert) or (isinstance(node, ast.Expr) and _is_text(node.value)):
        return
    if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[0] in CALLS:
        return
    for child in ast.iter_child_nodes(node):
        yield from _spoken(child)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _template(node: ast.JoinedStr | ast.Constant) -> str:
    """Return a text with its values numbered."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    count, words = 0, ""
    for part in parts:
        if isinstance(part, ast.Constant):
            words += str(part.value)
        else:
            words += f"{{{count}}}"
            count += 1
    return words


def sources(folder: Path) -> list[str]:
    """Return the files that lupdate reads; what was collected is put into one in `folder`."""
    marked = [f"QT_TRANSLATE_NOOP({'Sentences'!r}, {words!r})\n" for words in collected()]
    core = folder / "sentences.py"
    core.write_text("".join(marked), "utf-8")
    return [*sorted(str(path) for path in (ROOT / "app").rglob("*.py")), str(core)]


def tool(name: str, *arguments: str) -> None:
    """Run one of Qt's tools, which want no screen but say so if there is none."""
    command = [TOOLS / f"pyside6-{name}", *arguments]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def main() -> None:
    SENTENCES.write_text("".join(f"{words}\n" for words in collected()), "utf-8")
    with TemporaryDirectory() as folder:
        files = sources(Path(folder))
        for words in sorted(FOLDER.glob("*.ts")):
            tool("lupdate", "-no-obsolete", "-locations", "none", *files, "-ts", str(words))
            tool("lrelease", str(words), "-qm", str(words.with_suffix(".qm")))


if __name__ == "__main__":
    main()
