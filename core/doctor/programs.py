"""Browsers and meeting programs that are locked in and may not see a virtual camera."""

import configparser
from collections.abc import Iterator
from pathlib import Path

from core.doctor.finding import Finding, State
from core.doctor.system import System
from core.sentence import joined, said

NAME = said("Meeting programs")

FLATPAKS = {
    "com.brave.Browser": "Brave",
    "com.discordapp.Discord": "Discord",
    "com.github.IsmaelMartinez.teams_for_linux": "Teams",
    "com.google.Chrome": "Chrome",
    "com.microsoft.Edge": "Edge",
    "com.obsproject.Studio": "OBS",
    "com.slack.Slack": "Slack",
    "io.gitlab.librewolf-community": "LibreWolf",
    "org.chromium.Chromium": "Chromium",
    "org.mozilla.firefox": "Firefox",
    "us.zoom.Zoom": "Zoom",
}

SNAPS = {
    "brave": "Brave",
    "chromium": "Chromium",
    "discord": "Discord",
    "firefox": "Firefox",
    "obs-studio": "OBS",
    "slack": "Slack",
    "teams-for-linux": "Teams",
    "zoom-client": "Zoom",
}


def programs(system: System) -> Finding:
    """Look for those that have no right to cameras."""
    if not system.linux:
        return Finding(NAME, State.SKIPPED, said("only Linux locks programs away from cameras"))
    blind = [*_flatpaks(system), *_snaps(system), *_portal(system)]
    if not blind:
        return Finding(NAME, State.OK, said("no known app is blocked from using virtual cameras"))
    names = ", ".join(name for name, _ in blind)
    steps = joined(said("{0}.", remedy) for _, remedy in blind)
    return Finding(NAME, State.WARNING, said("may not see a virtual camera: {0}", names), steps)


def _flatpaks(system: System) -> Iterator[tuple[str, str]]:
    """Yield name and remedy of each Flatpak that may not open devices."""
    for home in _homes(system):
        for name, title in FLATPAKS.items():
            metadata = home / "app" / name / "current/active/metadata"
            if metadata.is_file() and not _sees_devices(system, name, metadata):
                command = f"flatpak override --user --device=all {name}"
                yield f"{title} (Flatpak)", said("Run `{0}`, then start {1} again", command, title)


def _sees_devices(system: System, name: str, metadata: Path) -> bool:
    """Whether the last word on devices, the user's, is that all may be used."""
    overrides = [home / "overrides" / of for home in _homes(system) for of in ("global", name)]
    words = [word for place in (metadata, *overrides) for word in _devices(place)]
    return next((word == "all" for word in reversed(words) if word in ("all", "!all")), False)


def _homes(system: System) -> tuple[Path, Path]:
    """Return where Flatpak keeps what is for all users, and what is for this one."""
    return system.path("/var/lib/flatpak"), system.home / ".local/share/flatpak"


def _devices(place: Path) -> list[str]:
    keys = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        keys.read(place, "utf-8")
    except (configparser.Error, UnicodeError):
        return []
    return keys.get("Context", "devices", fallback="").split(";")


def _snaps(system: System) -> Iterator[tuple[str, str]]:
    """Yield name and remedy of each Snap whose plug for cameras is not connected."""
    for name, title in SNAPS.items():
        if system.path(f"/snap/{name}").is_dir() and _unplugged(system, name):
            step = said("Run `sudo snap connect {0}:camera`, then start {1} again", name, title)
            yield f"{title} (Snap)", step


def _unplugged(system: System, name: str) -> bool:
    for line in system.run(["snap", "connections", name]).splitlines():
        interface, _, slot, *_ = [*line.split(), "", "", ""]
        if interface == "camera":
            return slot == "-"
    return False


def _portal(system: System) -> Iterator[tuple[str, str]]:
    """Fedora's Firefox asks PipeWire for cameras, which does not know v4l2loopback's."""
    firefox = system.path("/usr/lib64/firefox/firefox").exists()
    if firefox and system.os_release("ID") == "fedora":
        step = said(
            "In Firefox, open about:config and set media.webrtc.camera.allow-pipewire to false"
        )
        yield "Firefox", step
