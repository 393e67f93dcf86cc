"""Writes winget's manifests for a release: python packaging/winget/fill.py --setup FILE

Version, address and checksum come from pyproject.toml, the forge and the file itself. A person
still tries the manifests (`winget validate --manifest FOLDER`) and proposes them to the index.
"""

import argparse
import hashlib
import os
import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1] / "pyproject.toml"
FORGE = "https://github.com"


def main(arguments: list[str]) -> int:
    chosen = parser().parse_args(arguments)
    if not chosen.setup.is_file():
        sys.stderr.write(f"{chosen.setup} is not there; run packaging/windows/build.py first\n")
        return 1
    values = fields(chosen.setup, chosen.version, chosen.repository)
    chosen.out.mkdir(parents=True, exist_ok=True)
    for manifest in sorted(HERE.glob("*.yaml")):
        text = filled(manifest.read_text("utf-8"), values)
        (chosen.out / manifest.name).write_text(text, "utf-8")
    return 0


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(description=__doc__)
    found.add_argument("--setup", type=Path, required=True, help="the signed Setup.exe")
    found.add_argument("--version", default=project_version())
    found.add_argument(
        "--repository",
        default=os.environ.get("GITHUB_REPOSITORY", "understudy/understudy"),
        help="owner and name on the forge, whose release it is downloaded from",
    )
    found.add_argument("--out", type=Path, default=HERE.parents[1] / "dist")
    return found


def project_version() -> str:
    return str(tomllib.loads(PROJECT.read_text("utf-8"))["project"]["version"])


def fields(setup: Path, version: str, repository: str) -> dict[str, str]:
    """Return what a release changes in the manifests."""
    place = f"{FORGE}/{repository}/releases/download/v{version}/{setup.name}"
    checksum = hashlib.sha256(setup.read_bytes()).hexdigest().upper()
    return {"PackageVersion": version, "InstallerUrl": place, "InstallerSha256": checksum}


def filled(manifest: str, values: dict[str, str]) -> str:
    """Return a manifest with other values of those of its fields that are named."""
    for name, value in values.items():
        line = re.compile(rf"^(\s*{name}: ).*$", re.MULTILINE)
        manifest = line.sub(lambda match, value=value: match[1] + value, manifest)
    return manifest


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
