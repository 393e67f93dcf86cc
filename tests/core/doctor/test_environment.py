"""Packages and libraries that are missing are named, with the step that brings them."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from core.doctor.environment import packages, window
from core.doctor.finding import State
from core.sentence import said
from tests.core.doctor.computers import computer, put

VERSIONS = {"numpy": "2.4.6", "torch": "2.13.0+cpu", "av": "14.9"}


def installed(name: str) -> str:
    if name not in VERSIONS:
        raise PackageNotFoundError(name)
    return VERSIONS[name]


@pytest.mark.parametrize(
    ("required", "state", "sentence"),
    [
        (["numpy>=2.0", "torch==2.13.0"], State.OK, "all 2 packages are there"),
        (["numpy>=2.10"], State.FAILED, "numpy 2.4.6 instead of >=2.10"),
        (["torch==2.12.0"], State.FAILED, "torch 2.13.0+cpu instead of ==2.12.0"),
        (["av>=15", "gone"], State.FAILED, "av 14.9 instead of >=15, gone is missing"),
        (["gone>=1; extra == 'test'"], State.OK, "all 0 packages"),
        (['gone>=1; sys_platform == "plan9"'], State.OK, "all 0 packages"),
    ],
)
def test_packages_are_compared_with_what_is_asked(
    required: list[str], state: State, sentence: str
) -> None:
    found = packages(lambda: required, installed)
    assert found.state is state
    assert sentence in found.sentence
    assert ("python start.py" in found.remedy) is (state is State.FAILED)


def test_a_program_that_is_not_installed_is_told() -> None:
    def required() -> list[str]:
        raise PackageNotFoundError("understudy")

    assert "not installed" in packages(required).sentence


def test_this_environment_is_whole() -> None:
    assert packages().state is State.OK


class TestWindow:
    @pytest.fixture
    def qt(self, tmp_path: Path) -> Path:
        put(tmp_path, "qt/QtWidgets.abi3.so")
        put(tmp_path, "qt/Qt/plugins/platforms/libqxcb.so")
        put(tmp_path, "qt/Qt/plugins/platforms/libqwayland.so")
        return tmp_path / "qt"

    @staticmethod
    def ldd(command: Sequence[str]) -> str:
        missing = {
            "QtWidgets.abi3.so": "libEGL.so.1",
            "libqxcb.so": "libxcb-cursor.so.0",
            "libqwayland.so": "libwayland-cursor.so.0",
        }
        return (
            "\tlinux-vdso.so.1 (0x00007ffd)\n"
            "\tlibc.so.6 => /lib/libc.so.6 (0x00007f)\n"
            f"\t{missing[Path(command[1]).name]} => not found\n"
        )

    @pytest.mark.parametrize(
        ("screen", "step"),
        [
            ("DISPLAY", "sudo apt install libegl1 libxcb-cursor0"),
            ("WAYLAND_DISPLAY", "sudo apt install libegl1 libwayland-cursor0"),
            ("SSH_TTY", "sudo apt install libegl1"),
        ],
    )
    def test_libraries_that_qt_misses_are_to_be_installed(
        self, tmp_path: Path, qt: Path, screen: str, step: str
    ) -> None:
        found = window(computer(tmp_path, run=self.ldd, environ={screen: ":0"}), qt)
        assert found.state is State.FAILED
        assert found.remedy == f"Run `{step}`"

    def test_with_all_of_them_and_a_display_all_is_well(self, tmp_path: Path, qt: Path) -> None:
        here = computer(tmp_path, environ={"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"})
        found = window(here, qt)
        assert (found.state, found.sentence) == (State.OK, "Qt finds its libraries for Wayland")

    def test_without_a_display_there_is_no_window(self, tmp_path: Path, qt: Path) -> None:
        assert window(computer(tmp_path), qt).state is State.SKIPPED

    def test_a_display_that_does_not_answer_is_told(self, tmp_path: Path, qt: Path) -> None:
        here = computer(
            tmp_path,
            environ={"DISPLAY": ":77"},
            display_trouble=lambda environ: said(
                "the display {0} cannot be reached", environ["DISPLAY"], remedy="log in there"
            ),
        )
        found = window(here, qt)
        assert (found.state, found.remedy) == (State.FAILED, "log in there")
        assert found.sentence == "the display :77 cannot be reached"

    def test_qt_is_found_where_it_is_installed(self, tmp_path: Path) -> None:
        seen: list[str] = []

        def run(command: Sequence[str]) -> str:
            seen.append(Path(command[1]).name)
            return ""

        window(computer(tmp_path, run=run, environ={"DISPLAY": ":0"}))
        assert seen == ["QtWidgets.abi3.so", "libqxcb.so"]
