"""What is installed is what is locked, and what is locked is what the project asks for."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import start
from core.process.child import ROOT

TEXT = (ROOT / "requirements.lock").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCKED = dict(re.findall(r"^([a-z0-9][^=\s]*)==(\S+)", TEXT, re.MULTILINE))
RENEW = "renew the lock: python packaging/lock.py"


def asked() -> list[Requirement]:
    """Return everything that pyproject.toml asks for, for whatever system."""
    own = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    every = [Requirement(line) for lines in (own, *EXTRAS.values()) for line in lines]
    return [requirement for requirement in every if requirement.name != "understudy"]


def test_all_that_is_asked_for_is_locked_at_a_version_that_will_do() -> None:
    for requirement in asked():
        version = LOCKED.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name}: {RENEW}"
        assert requirement.specifier.contains(version), f"{requirement}: {RENEW}"


def test_the_lock_holds_the_versions_that_were_chosen() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    chosen = [Requirement(line) for line in lines if line and not line.startswith("#")]
    for requirement in chosen:
        version = LOCKED.get(canonicalize_name(requirement.name))
        assert version is None or requirement.specifier.contains(version), f"{requirement}: {RENEW}"


def test_every_package_has_hashes_and_none_an_address() -> None:
    packages = re.split(r"^# ", TEXT, flags=re.MULTILINE)[3:]
    assert len(packages) == len(LOCKED) > 60
    for package in packages:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", package), package
    assert "://" not in TEXT
    assert "index-url" not in TEXT


def test_the_build_backend_is_one_version() -> None:
    (backend,) = PROJECT["build-system"]["requires"]
    assert backend == f"hatchling=={LOCKED['hatchling']}"


def test_every_edition_is_installed_from_the_lock_alone() -> None:
    assert {"hatchling", "editables", "pip"} <= names(start.locked({"build"}))
    assert "torch" not in names(start.locked({"base"}))
    for extra in EXTRAS:
        assert names(start.locked({"base", extra})) >= names(start.locked({"base"}))
    for extra, torch in (("neural", f"torch=={LOCKED['torch']}"), ("", "")):
        editions = {"base", extra}
        assert start.torch_build(editions) == torch
        of_builds = {"torch", "triton", "nvidia-cudnn-cu13", "cuda-toolkit"}
        assert not names(start.locked(editions)) & of_builds
    assert "sympy" in names(start.locked({"neural"}))
    assert "pytest" in names(start.locked({"base", "test"}))


def names(text: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9][^=\s]*)==", text, re.MULTILINE))


def needed(name: str) -> set[str]:
    """Return what an installed package asks for on this system."""
    lines = distribution(name).requires or []
    found = [Requirement(line) for line in lines]
    return {r.name for r in found if not r.marker or r.marker.evaluate({"extra": ""})}


def closure() -> set[str]:
    """Return every installed package that the program and its tests stand on."""
    waiting = {one.name for one in asked() if not one.marker or one.marker.evaluate()}
    reached = set[str]()
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in reached:
            continue
        try:
            waiting |= needed(name)
        except PackageNotFoundError:
            continue
        reached.add(name)
    return reached


def test_what_is_installed_is_what_is_locked() -> None:
    for name in sorted(closure()):
        assert name in LOCKED, f"{name} is installed and not locked; {RENEW}"
        found = Version(distribution(name).version).public
        assert found == LOCKED[name], f"{name} {found} is installed, {LOCKED[name]} is locked"


@pytest.mark.parametrize("tool", ["--require-hashes", "--only-binary", "--no-build-isolation"])
def test_the_starter_takes_nothing_else(tool: str) -> None:
    assert tool in (ROOT / "start.py").read_text("utf-8")
