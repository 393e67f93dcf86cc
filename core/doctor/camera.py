"""Whether there is a virtual camera, who may write to it, and whether it takes a picture."""

import os
import platform
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from core.camera.camera_client import Camera
from core.camera.devices import (
    MODPROBE,
    PIPEWIRE,
    CameraError,
    Device,
    find,
    installed,
    missing,
    secure_boot,
)
from core.doctor.finding import Finding, State
from core.doctor.packages import HEADERS, LOOPBACK
from core.doctor.system import System
from core.sentence import joined, parted, said
from core.video import HD

NAME = said("Virtual camera")

BUILD = "sudo dkms autoinstall"

RELOAD = said("Run `sudo modprobe -r v4l2loopback`, then `{0}`", MODPROBE)

KEYS = (
    "/var/lib/shim-signed/mok/MOK.der",
    "/etc/pki/akmods/certs/public_key.der",
    "/var/lib/dkms/mok.pub",
)
"""Where Ubuntu, Fedora and DKMS keep the key that they sign modules with; the last if none is."""

WITHOUT = said("Or do without a driver: `python start.py demo --web` makes a page that OBS shows.")


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
    if device.backend == PIPEWIRE:
        return _without_driver(system, device, attempt)
    if system.linux and not system.may_write(system.path(device.name)):
        return Finding(
            NAME,
            State.FAILED,
            said("you may not write to {0}", device.name),
            said("Run `sudo usermod -aG video $USER`, then log out and in again."),
        )
    if _ours(system, device):
        return Finding(
            NAME, State.OK, said("{0} is on, and shows what Understudy makes", device.title)
        )
    try:
        attempt(device)
    except CameraError as error:
        sentence, remedy = parted(str(error))
        return Finding(NAME, State.FAILED, sentence, remedy or said("Close programs that use it."))
    return _exclusive(system, device)


def _without_driver(system: System, device: Device, attempt: Callable[[Device], None]) -> Finding:
    """Tell who sees a camera that is in PipeWire alone."""
    try:
        attempt(device)
    except CameraError as error:
        return Finding(NAME, State.FAILED, *parted(str(error)))
    sees = said(
        "programs that take cameras from PipeWire (Firefox, OBS, GNOME's) see Understudy; others, "
        "as Zoom, only see one of v4l2loopback: {0}",
        _missing_on_linux(system)[0],
    )
    return Finding(NAME, State.WARNING, sees, _missing_on_linux(system)[1])


def _exclusive(system: System, device: Device) -> Finding:
    """Tell of a module that was loaded so that browsers take it for no camera."""
    parameter = system.text("/sys/module/v4l2loopback/parameters/exclusive_caps")
    if system.linux and parameter.startswith("N"):
        return Finding(
            NAME,
            State.WARNING,
            said(
                "v4l2loopback was loaded without exclusive_caps: Chrome, Teams and Zoom do not "
                "list it"
            ),
            said("{0}. Close the programs that use the camera before.", RELOAD),
        )
    return Finding(
        NAME, State.OK, said("{0} ({1}) opens and takes pictures", device.title, device.name)
    )


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
        sentence, remedy = parted(missing(system.root))
        return sentence, said("{0}. {1}", remedy, WITHOUT)
    sentence, remedy = _missing_on_linux(system)
    return sentence, joined((remedy, WITHOUT))


def _missing_on_linux(system: System) -> tuple[str, str]:
    modules = system.path(f"/lib/modules/{platform.release()}")
    if "microsoft" in system.text("/proc/sys/kernel/osrelease").lower():
        return (
            said("this is Linux inside Windows, which has no cameras"),
            said("Run Understudy on Windows."),
        )
    if system.path("/sys/module/v4l2loopback").is_dir():
        return said("v4l2loopback is loaded, but has no device"), said("{0}.", RELOAD)
    if installed(system.root):
        step = joined((said("Run `{0}`.", MODPROBE), _signing(system)))
        return said("v4l2loopback is installed, but not loaded"), step
    if system.contained:
        return (
            said("a container has no kernel modules of its own"),
            said("Install and load v4l2loopback outside, and give the container /dev/video*."),
        )
    if not modules.is_dir():
        return (
            said("the modules of the kernel that runs are gone: it has been updated"),
            said("Restart the computer."),
        )
    return _to_install(system, modules)


def _to_install(system: System, modules: Path) -> tuple[str, str]:
    headers = (modules / "build").exists()
    signing = _signing(system)
    if any(system.path("/usr/src").glob("v4l2loopback-*")):
        step = joined((said("Run `{0}`, then `{1}`.", BUILD, MODPROBE), signing))
        if headers:
            return said("v4l2loopback is not built for the kernel that runs"), step
        step = said(
            "{0}, then `{1}`, then `{2}`.", system.packages.installing(HEADERS), BUILD, MODPROBE
        )
        step = joined((step, signing))
        return said("v4l2loopback cannot be built: the kernel's headers are missing"), step
    wanted = (LOOPBACK,) if headers else (HEADERS, LOOPBACK)
    step = said("{0}, then `{1}`.", system.packages.installing(*wanted), MODPROBE)
    return said("v4l2loopback is not installed"), joined((step, signing))


def _signing(system: System) -> str:
    if not secure_boot(system.root):
        return ""
    key = next((key for key in KEYS if system.path(key).exists()), KEYS[-1])
    return said(
        "Secure Boot is on: if the module is refused (Key was rejected), run `sudo "
        "mokutil --import {0}`, restart, and confirm with Enroll MOK.",
        key,
    )
