"""Whether there is a virtual camera, who may write to it, and whether it takes a picture."""

import os
import platform
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from core.camera.client import Camera
from core.camera.devices import (
    MODPROBE,
    CameraError,
    Device,
    find,
    installed,
    missing,
    secure_boot,
)
from core.doctor.finding import Finding, State, cut
from core.doctor.packages import HEADERS, LOOPBACK
from core.doctor.system import System
from core.video import HD

NAME = "Virtual camera"

BUILD = "sudo dkms autoinstall"

RELOAD = f"Run `sudo modprobe -r v4l2loopback`, then `{MODPROBE}`"

KEYS = (
    "/var/lib/shim-signed/mok/MOK.der",
    "/etc/pki/akmods/certs/public_key.der",
    "/var/lib/dkms/mok.pub",
)
"""Where Ubuntu, Fedora and DKMS keep the key that they sign modules with; the last if none is."""

WITHOUT = "Or do without a driver: `python start.py demo --web` makes a page that OBS shows."


def _open(device: Device) -> None:
    with closing(Camera()) as opened:
        opened.open(device, HD).close()


def camera(
    system: System,
    look: Callable[[Path], list[Device]] = find,
    attempt: Callable[[Device], None] = _open,
) -> Finding:
    """Open the camera that would be used, and close it again."""
    devices = look(system.root)
    if not devices:
        return Finding(NAME, State.FAILED, *_missing(system))
    device = devices[0]
    if system.linux and not system.may_write(system.path(device.name)):
        return Finding(
            NAME,
            State.FAILED,
            f"you may not write to {device.name}",
            "Run `sudo usermod -aG video $USER`, then log out and in again.",
        )
    if _ours(system, device):
        return Finding(NAME, State.OK, f"{device.title} is on, and shows what Understudy makes")
    try:
        attempt(device)
    except CameraError as error:
        sentence, remedy = cut(error)
        return Finding(NAME, State.FAILED, sentence, remedy or "Close programs that use it.")
    return _exclusive(system, device)


def _exclusive(system: System, device: Device) -> Finding:
    """Tell of a module that was loaded so that browsers take it for no camera."""
    parameter = system.text("/sys/module/v4l2loopback/parameters/exclusive_caps")
    if system.linux and parameter.startswith("N"):
        return Finding(
            NAME,
            State.WARNING,
            "v4l2loopback was loaded without exclusive_caps: Chrome, Teams and Zoom do not list it",
            f"{RELOAD}. Close the programs that use the camera before.",
        )
    return Finding(NAME, State.OK, f"{device.title} ({device.name}) opens and takes pictures")


def _ours(system: System, device: Device) -> bool:
    """Whether a process that we started has the device open."""
    for link in system.path("/proc").glob("[0-9]*/fd/*") if system.linux else ():
        try:
            if str(link.readlink()) == device.name and _parent(link.parents[1]) == os.getpid():
                return True
        except OSError:  # closed meanwhile, or another user's
            continue
    return False


def _parent(process: Path) -> int:
    state = (process / "stat").read_text()
    return int(state.rpartition(")")[2].split()[1])


def _missing(system: System) -> tuple[str, str]:
    """Return why there is no virtual camera, and the next step."""
    if not system.linux:
        sentence, _, remedy = missing(system.root).partition(": ")
        return sentence, f"{remedy[:1].upper()}{remedy[1:]}. {WITHOUT}"
    sentence, remedy = _missing_on_linux(system)
    return sentence, f"{remedy} {WITHOUT}"


def _missing_on_linux(system: System) -> tuple[str, str]:
    modules = system.path(f"/lib/modules/{platform.release()}")
    if "microsoft" in system.text("/proc/sys/kernel/osrelease").lower():
        return "this is Linux inside Windows, which has no cameras", "Run Understudy on Windows."
    if system.path("/sys/module/v4l2loopback").is_dir():
        return "v4l2loopback is loaded, but has no device", f"{RELOAD}."
    if installed(system.root):
        return "v4l2loopback is installed, but not loaded", f"Run `{MODPROBE}`.{_signing(system)}"
    if system.contained:
        return (
            "a container has no kernel modules of its own",
            "Install and load v4l2loopback outside, and give the container /dev/video*.",
        )
    if not modules.is_dir():
        return (
            "the modules of the kernel that runs are gone: it has been updated",
            "Restart the computer.",
        )
    return _to_install(system, modules)


def _to_install(system: System, modules: Path) -> tuple[str, str]:
    headers = (modules / "build").exists()
    signing = _signing(system)
    if any(system.path("/usr/src").glob("v4l2loopback-*")):
        step = f"Run `{BUILD}`, then `{MODPROBE}`.{signing}"
        if headers:
            return "v4l2loopback is not built for the kernel that runs", step
        step = f"{system.packages.installing(HEADERS)}, then `{BUILD}`, then `{MODPROBE}`.{signing}"
        return "v4l2loopback cannot be built: the kernel's headers are missing", step
    wanted = (LOOPBACK,) if headers else (HEADERS, LOOPBACK)
    step = f"{system.packages.installing(*wanted)}, then `{MODPROBE}`.{signing}"
    return "v4l2loopback is not installed", step


def _signing(system: System) -> str:
    if not secure_boot(system.root):
        return ""
    key = next((key for key in KEYS if system.path(key).exists()), KEYS[-1])
    return (
        " Secure Boot is on: if the module is refused (Key was rejected), run `sudo mokutil "
        f"--import {key}`, restart, and confirm with Enroll MOK."
    )
