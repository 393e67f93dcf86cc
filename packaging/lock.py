"""Renews requirements.lock: every package of every platform, with the hashes of its files.

python packaging/lock.py             resolve anew what pyproject.toml and constraints.txt ask for
python packaging/lock.py --audit     ask which of the locked packages have known weaknesses

Needs the extra "maintain": `pip install -c constraints.txt -e .[maintain]`.
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
OLDEST = "3.11"

BUILD = ["editables", "pip"]
"""What an installation needs besides the build backend itself."""

HEAD = """\
# Every package that start.py installs, of every platform and Python, and the hashes of its files.
# Made by `python packaging/lock.py`; the comment above each names the editions that it belongs to.
"""


def main(arguments: list[str]) -> int:
    if arguments == ["--audit"]:
        return audit()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = sorted(project["project"]["optional-dependencies"])
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder, "build.in")
        build.write_text("\n".join([*project["build-system"]["requires"], *BUILD]))
        whole = compiled(["pyproject.toml", str(build), "--all-extras", "--generate-hashes"])
        pinned = Path(folder, "pinned.txt")
        pinned.write_text(whole)
        editions = {"build": names(compiled([str(build), "-c", str(pinned)]))}
        for extra in ("", *extras):
            asked = ["--extra", extra] if extra else []
            text = compiled(["pyproject.toml", *asked, "-c", str(pinned)])
            editions[extra or "base"] = names(text)
    LOCK.write_text(HEAD + "".join(described(block, editions) for block in blocks(whole)), "utf-8")
    print(f"{LOCK.name}: {len(blocks(whole))} packages, {', '.join(editions)}")
    return 0


def audit() -> int:
    """Ask the advisory databases; return pip-audit's exit code."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"]
    return subprocess.run([*command, "-r", str(LOCK)], check=False).returncode


def compiled(arguments: list[str]) -> str:
    """Return what uv resolves for every platform, from wheels only."""
    uv = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-config", "--no-header"]
    wheels = ["--universal", "--no-build", "--python-version", OLDEST, "-c", "constraints.txt"]
    bare = ["--no-annotate", "--no-emit-index-url"]
    done = subprocess.run(
        [*uv, *wheels, *bare, *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("UV_")},
        check=True,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    return done.stdout


def blocks(text: str) -> list[str]:
    """Return the packages of a lock, each with its hashes."""
    return re.findall(r"^[a-zA-Z0-9].*\n(?:[ \t].*\n)*", text, re.MULTILINE)


def names(text: str) -> set[str]:
    return {block.partition("==")[0] for block in blocks(text)}


def described(block: str, editions: dict[str, set[str]]) -> str:
    name = block.partition("==")[0]
    return (
        "# " + " ".join(kind for kind, inside in editions.items() if name in inside) + f"\n{block}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
