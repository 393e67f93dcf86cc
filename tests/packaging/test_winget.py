"""winget's manifests: everything that a release changes is filled in from the release itself."""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from core.process.child import ROOT

FILL = ROOT / "packaging" / "winget" / "fill.py"


def fill(setup: Path, out: Path) -> subprocess.CompletedProcess[str]:
    words = ["--setup", str(setup), "--out", str(out), "--version", "1.2.3"]
    # Alone, for a forge has none of our packages there.
    command = [sys.executable, "-I", str(FILL), *words, "--repository", "us/ours"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_version_address_and_checksum_are_those_of_the_release(tmp_path: Path) -> None:
    setup = tmp_path / "UnderstudySetup.exe"
    setup.write_bytes(b"MZ and more")
    assert fill(setup, tmp_path / "out").returncode == 0
    sources = {file.name: file.read_text("utf-8") for file in FILL.parent.glob("*.yaml")}
    found = {file.name: file.read_text("utf-8") for file in (tmp_path / "out").iterdir()}
    assert found.keys() == sources.keys()
    for name, text in found.items():
        assert "PackageVersion: 1.2.3\n" in text
        assert len(text.splitlines()) == len(sources[name].splitlines())
    (installer,) = (text for name, text in found.items() if name.endswith(".installer.yaml"))
    address = "https://github.com/us/ours/releases/download/v1.2.3/UnderstudySetup.exe"
    assert f"InstallerUrl: {address}\n" in installer
    assert f"InstallerSha256: {hashlib.sha256(b'MZ and more').hexdigest().upper()}\n" in installer


def test_nothing_is_left_to_fill_in(tmp_path: Path) -> None:
    setup = shutil.copy(FILL, tmp_path / "UnderstudySetup.exe")
    fill(Path(setup), tmp_path / "out")
    for file in (tmp_path / "out").iterdir():
        assert not re.search(r"0{8}|TODO|PLACEHOLDER", file.read_text("utf-8"))


def test_without_a_setup_it_says_what_makes_one(tmp_path: Path) -> None:
    done = fill(tmp_path / "UnderstudySetup.exe", tmp_path / "out")
    assert done.returncode == 1
    assert "windows/build.py" in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_release_s_workflow_fills_them_in() -> None:
    workflow = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    assert "packaging/winget/fill.py --setup dist/UnderstudySetup.exe" in workflow
