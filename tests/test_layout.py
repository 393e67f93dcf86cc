"""Flat packages, honestly named: what is imported is what lies here."""

import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import packaging.version
import pytest

from core.process.child import ROOT

PACKAGES = ("app", "core", "plugins")


@pytest.mark.parametrize("name", PACKAGES)
def test_our_packages_come_from_this_repository(name: str) -> None:
    file = import_module(name).__file__
    assert file is not None
    assert Path(file).parent == ROOT / name


def test_the_folder_packaging_does_not_hide_the_library_packaging() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()
    assert ROOT not in Path(packaging.version.__file__).parents or ".venv" in str(
        packaging.version.__file__
    )


def test_only_our_packages_are_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == list(PACKAGES)
    assert project["project"]["classifiers"] == ["Private :: Do Not Upload"]


@pytest.mark.parametrize("kind", ["scripts", "gui-scripts"])
def test_every_command_leads_somewhere_and_is_named_in_the_readme(kind: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    words = (ROOT / "README.md").read_text("utf-8")
    for name, place in project[kind].items():
        module, _, function = place.partition(":")
        assert callable(getattr(import_module(module), function))
        assert f"`{name}`" in words


def test_every_package_with_modules_can_be_imported() -> None:
    for name in PACKAGES:
        for module in (ROOT / name).rglob("*.py"):
            assert (module.parent / "__init__.py").exists(), module


def test_every_module_says_what_it_is_in_its_first_line() -> None:
    silent = [
        path
        for name in PACKAGES
        for path in (ROOT / name).rglob("*.py")
        if (text := path.read_text("utf-8")).strip() and not text.startswith('"""')
    ]
    assert silent == []


def test_the_program_runs_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "core.py").write_text("raise SystemExit('the wrong core')")
    command = [sys.executable, "-P", "-c", "import core.process.child"]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0
