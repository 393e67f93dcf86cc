"""What each Linux calls the packages that are needed, and how it installs them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from core.sentence import Sentence, joined, said

PORTAUDIO = "PortAudio"
LIBPULSE = "libpulse"
BRIDGE = said("ALSA's bridge to the sound server")
SOUND_SERVER = said("PipeWire with its PulseAudio service")
LOOPBACK = "v4l2loopback"
HEADERS = said("the headers of the running kernel")
NVIDIA = said("NVIDIA's driver")

FAMILIES = {
    "debian": "apt",
    "ubuntu": "apt",
    "fedora": "dnf",
    "rhel": "dnf",
    "arch": "pacman",
    "suse": "zypper",
    "opensuse": "zypper",
}
"""How /etc/os-release names the families, and what they install with."""

COMMANDS = {
    "apt": "sudo apt install",
    "dnf": "sudo dnf install",
    "pacman": "sudo pacman -S",
    "zypper": "sudo zypper install",
}

NAMES = {
    "apt": {
        PORTAUDIO: "libportaudio2",
        LIBPULSE: "libpulse0",
        BRIDGE: "libasound2-plugins",
        SOUND_SERVER: "pipewire-pulse pipewire-alsa wireplumber",
        LOOPBACK: "v4l2loopback-dkms",
        HEADERS: "linux-headers-$(uname -r)",
        NVIDIA: "nvidia-driver",
    },
    "dnf": {
        PORTAUDIO: "portaudio",
        LIBPULSE: "pulseaudio-libs",
        BRIDGE: "alsa-plugins-pulseaudio",
        SOUND_SERVER: "pipewire-pulseaudio pipewire-alsa wireplumber",
        LOOPBACK: "akmod-v4l2loopback",
        HEADERS: "kernel-devel-$(uname -r)",
        NVIDIA: "akmod-nvidia xorg-x11-drv-nvidia-cuda",
    },
    "pacman": {
        PORTAUDIO: "portaudio",
        LIBPULSE: "libpulse",
        BRIDGE: "alsa-plugins",
        SOUND_SERVER: "pipewire-pulse pipewire-alsa wireplumber",
        LOOPBACK: "v4l2loopback-dkms",
        HEADERS: "linux-headers",
        NVIDIA: "nvidia-open",
    },
    "zypper": {
        PORTAUDIO: "libportaudio2",
        LIBPULSE: "libpulse0",
        BRIDGE: "alsa-plugins-pulse",
        SOUND_SERVER: "pipewire-pulseaudio pipewire-alsa wireplumber",
        LOOPBACK: "v4l2loopback-kmp-default",
        HEADERS: "kernel-default-devel",
    },
}

FUSION = said("(from RPM Fusion: enable it first, see rpmfusion.org/Configuration)")
"""Where Fedora finds what it does not ship."""

FROM_FUSION = (LOOPBACK, NVIDIA)

DEBIAN_LIBRARIES = {"libglib-2.0.so.0": "libglib2.0-0"}
"""Exceptions to Debian's rule of naming libraries."""

ARCH_LIBRARIES = {
    "libEGL": "libglvnd",
    "libGL": "libglvnd",
    "libX11-xcb": "libx11",
    "libdbus-1": "dbus",
    "libfontconfig": "fontconfig",
    "libglib-2.0": "glib2",
    "libwayland-client": "wayland",
    "libwayland-cursor": "wayland",
    "libwayland-egl": "wayland",
    "libxcb-cursor": "xcb-util-cursor",
    "libxcb-icccm": "xcb-util-wm",
    "libxcb-image": "xcb-util-image",
    "libxcb-keysyms": "xcb-util-keysyms",
    "libxcb-render-util": "xcb-util-renderutil",
    "libxcb-util": "xcb-util",
    "libxkbcommon": "libxkbcommon",
    "libxkbcommon-x11": "libxkbcommon-x11",
}
"""Arch's packages by library; the other libxcb-* are in libxcb."""


@dataclass(frozen=True)
class Packages:
    """One system's way to install."""

    manager: str = ""
    """One of `COMMANDS`; empty where we do not know it."""
    command: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    def installing(self, *wanted: str) -> str:
        """Return what to do to get what is `wanted`, of the names above."""
        unknown = [what for what in wanted if what not in self.names]
        if unknown or not self.command:
            return said("Install {0} as your system's handbook says", reduce(_both, wanted))
        note = FUSION if self.manager == "dnf" and set(wanted) & set(FROM_FUSION) else ""
        names = " ".join(self.names[what] for what in wanted)
        return joined((said("Run `{0} {1}`", self.command, names), note))

    def libraries(self, missing: Sequence[str]) -> str:
        """Return what to do to get the libraries that are `missing`, such as libEGL.so.1."""
        if not self.command:
            return said("Install what contains {0}", ", ".join(missing))
        return said("Run `{0} {1}`", self.command, " ".join(_unique(map(self._library, missing))))

    def _library(self, file: str) -> str:
        if self.manager == "apt":
            return DEBIAN_LIBRARIES.get(file) or _debian(file)
        stem = file.partition(".so")[0]
        if self.manager == "pacman":
            return ARCH_LIBRARIES.get(stem, "libxcb" if stem.startswith("libxcb") else stem)
        return f'"{file}()(64bit)"'  # what RPM's packages say they provide


def packages(families: Iterable[str], ostree: bool = False) -> Packages:
    """Return how the first of `families` that we know installs; `ostree` is Fedora's atomic one."""
    for family in families:
        if manager := FAMILIES.get(family.partition("-")[0]):
            command = "rpm-ostree install" if ostree else COMMANDS[manager]
            return Packages(manager, command, NAMES[manager])
    return Packages()


def _debian(file: str) -> str:
    """Return the package of a library by Debian's rule: libX11-xcb.so.1 is in libx11-xcb1."""
    name, _, version = file.partition(".so.")
    joint = "-" if re.search(r"\d$", name) else ""
    return f"{name}{joint}{version}".lower()


def _both(one: str, other: str) -> Sentence:
    return said("{0} and {1}", one, other)


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
