"""A display that is named and not there is noticed before Qt ends the program over it."""

import socket
import sys
from pathlib import Path

import pytest

from core.display import display_trouble

linux = pytest.mark.skipif(sys.platform != "linux", reason="displays have names on Linux only")


@linux
def test_without_any_name_there_is_none() -> None:
    assert display_trouble({}) == "there is no display"


@linux
@pytest.mark.parametrize("name", [":7777", "nowhere.invalid:0", "no display's name"])
def test_one_of_x11_that_does_not_answer_is_told(name: str) -> None:
    told = display_trouble({"DISPLAY": name})
    assert told.startswith(f"the display {name} cannot be reached")


@linux
def test_one_of_wayland_that_nobody_serves_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's whole path may be too long
    with socket.socket(socket.AF_UNIX) as nobody:
        nobody.bind("wayland-9")
    assert "wayland-9" in display_trouble({"WAYLAND_DISPLAY": str(tmp_path / "wayland-9")})


@linux
def test_both_are_named_where_neither_answers() -> None:
    told = display_trouble({"DISPLAY": ":7777", "WAYLAND_DISPLAY": "wayland-9"})
    assert "wayland-9, :7777" in told


@pytest.mark.parametrize("platform", ["offscreen", "minimal:verbose", "vnc"])
def test_where_qt_draws_elsewhere_none_is_needed(platform: str) -> None:
    assert display_trouble({"DISPLAY": ":7777", "QT_QPA_PLATFORM": platform}) == ""
