"""Remedies name what this system installs with, and what it calls things."""

import pytest

from core.doctor.packages import (
    COMMANDS,
    HEADERS,
    LOOPBACK,
    NAMES,
    NVIDIA,
    PORTAUDIO,
    packages,
)

LIBRARIES = ["libxcb-cursor.so.0", "libEGL.so.1", "libglib-2.0.so.0", "libxcb-shape.so.0"]


@pytest.mark.parametrize(
    ("families", "step"),
    [
        (["debian"], "Run `sudo apt install libportaudio2`"),
        (["linuxmint", "ubuntu", "debian"], "Run `sudo apt install libportaudio2`"),
        (["fedora"], "Run `sudo dnf install portaudio`"),
        (["manjaro", "arch"], "Run `sudo pacman -S portaudio`"),
        (["opensuse-tumbleweed", "opensuse", "suse"], "Run `sudo zypper install libportaudio2`"),
        (["gentoo"], "Install PortAudio as your system's handbook says"),
        ([], "Install PortAudio as your system's handbook says"),
    ],
)
def test_each_family_has_its_own_words(families: list[str], step: str) -> None:
    assert packages(families).installing(PORTAUDIO) == step


def test_an_atomic_fedora_installs_in_its_own_way() -> None:
    found = packages(["fedora"], ostree=True)
    assert found.installing(PORTAUDIO) == "Run `rpm-ostree install portaudio`"


def test_fedora_is_told_of_rpm_fusion_where_it_is_needed() -> None:
    fedora = packages(["fedora"])
    step = fedora.installing(HEADERS, LOOPBACK)
    assert step.startswith(
        "Run `sudo dnf install kernel-devel-$(uname -r) akmod-v4l2loopback` (from"
    )
    assert "rpmfusion.org" not in fedora.installing(PORTAUDIO)


@pytest.mark.parametrize(
    ("family", "names"),
    [
        ("debian", "libxcb-cursor0 libegl1 libglib2.0-0 libxcb-shape0"),
        ("arch", "xcb-util-cursor libglvnd glib2 libxcb"),
        ("fedora", '"libxcb-cursor.so.0()(64bit)" "libEGL.so.1()(64bit)"'),
    ],
)
def test_libraries_become_packages(family: str, names: str) -> None:
    assert names in packages([family]).libraries(LIBRARIES)


def test_debians_rule_gives_the_names_that_the_starter_knows() -> None:
    import start

    debian = packages(["debian"])
    for file, name in {**start.QT, **start.X11, **start.WAYLAND, **start.SOUND}.items():
        assert debian.libraries([file]) == f"Run `sudo apt install {name}`"


def test_libraries_of_one_package_are_named_once() -> None:
    step = packages(["arch"]).libraries(["libEGL.so.1", "libGL.so.1"])
    assert step == "Run `sudo pacman -S libglvnd`"
    assert packages([]).libraries(["libEGL.so.1"]) == "Install what contains libEGL.so.1"


def test_nothing_is_missing_in_the_tables_but_suses_driver() -> None:
    wanted = set(NAMES["apt"])
    for manager in COMMANDS:
        assert wanted - set(NAMES[manager]) <= ({NVIDIA} if manager == "zypper" else set())
