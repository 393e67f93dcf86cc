"""Brings the translations up to date: python packaging/translations.py

Texts are read from the sources into app/translations/*.ts (pyside6-lupdate), where a translator
finishes them (by hand or in Qt Linguist), and written into *.qm (pyside6-lrelease), which the
program reads. Core and our plugins know nothing of Qt: what they hand to `said` is read from their
sources and given to Qt's tools as one source more (decision 0025). All files are kept in the
repository, so nobody needs these tools to run it.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from core.sentence import plain

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "app" / "translations"
TOOLS = Path(sys.executable).parent

SAID = "said"
"""The function that makes sentences for people."""

WORD = r"[^\W\d_]{2}"
"""Without any there is nothing to translate."""

SPEAKING = ("app", "core", "plugins")
"""Where sentences for people are made."""


def collected() -> list[str]:
    """Return the templates of all sentences and remedies that core and our plugins say."""
    files = (file for place in SPEAKING for file in sorted((ROOT / place).rglob("*.py")))
    found = {words for file in files for words in templates(file.read_text("utf-8"))}
    return sorted(found, key=str.casefold)


def templates(source: str) -> Iterator[str]:
    """Yield what a module hands to `said` and what has words in it, as it is looked up."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == SAID:
            remedies = (given.value for given in node.keywords if given.arg == "remedy")
            for given in (*node.args[:1], *remedies):
                if isinstance(given, ast.Constant) and re.search(WORD, str(given.value)):
                    yield plain(str(given.value))


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
    with TemporaryDirectory() as folder:
        files = sources(Path(folder))
        for words in sorted(FOLDER.glob("*.ts")):
            tool("lupdate", "-no-obsolete", "-locations", "none", *files, "-ts", str(words))
            tool("lrelease", str(words), "-qm", str(words.with_suffix(".qm")))


if __name__ == "__main__":
    main()
