"""Brings the translations up to date: python packaging/translations.py

Texts are read from the sources into app/translations/*.ts (pyside6-lupdate), where a translator
finishes them (by hand or in Qt Linguist), and written into *.qm (pyside6-lrelease), which the
program reads. Both files are kept in the repository, so nobody needs these tools to run it.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "app" / "translations"
TOOLS = Path(sys.executable).parent


def tool(name: str, *arguments: str) -> None:
    """Run one of Qt's tools, which want no screen but say so if there is none."""
    command = [TOOLS / f"pyside6-{name}", *arguments]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def main() -> None:
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "app").rglob("*.py"))
    for words in sorted(FOLDER.glob("*.ts")):
        tool("lupdate", "-no-obsolete", "-locations", "none", *sources, "-ts", str(words))
        tool("lrelease", str(words), "-qm", str(words.with_suffix(".qm")))


if __name__ == "__main__":
    main()
