"""Which virtual cameras there are, and what to do where there is none."""

import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from core.camera.pipewire_library import runs
from core.sentence import said

OBS, UNITY, LOOPBACK, PIPEWIRE = "obs", "unitycapture", "v4l2loopback", "pipewire"

OBS_CLASS = "{A3FCE0F5-3493-419F-958A-ABA1250EC20B}"
UNITY_CLASSES = tuple(f"{{5C2CD55C-92AD-4999-8666-912BD3E7001{n}}}" for n in range(8))

MODPROBE = "sudo modprobe v4l2loopback exclusive_caps=1 card_label=Understudy"
INSTALL = (
    "sudo apt install v4l2loopback-dkms (Fedora: akmod-v4l2loopback in RPM Fusion, "
    "Arch: v4l2loopback-dkms)"
)
TAKEN = ("busy", "could not be started", "could not be configured", "is not a video output device")
"""What pyvirtualcam says when somebody else has the camera."""

SECURE_BOOT = said(
    "; Secure Boot is on, so the module must be signed with a key that the computer knows: "
    "confirm the key (MOK) when the installation or the next start asks for it, or switch "
    "Secure Boot off"
)


class CameraError(RuntimeError):
    """There is no virtual camera to send to; says why and what helps."""


@dataclass(frozen=True)
class Device:
    """One virtual camera."""

    name: str
    """What pyvirtualcam calls it, a path on Linux; or `PIPEWIRE`."""
    title: str
    """What people see in their meeting program."""
    backend: str


IN_PIPEWIRE = Device(PIPEWIRE, said("Understudy (PipeWire, no driver)"), PIPEWIRE)
"""Ours in any case: programs that take their cameras from PipeWire see it."""


def find(root: Path = Path("/")) -> list[Device]:
    """Return the virtual cameras of this computer; `root` stands in for / in tests."""
    if sys.platform == "win32":
        return _on_windows()
    if sys.platform == "darwin":
        return [Device("OBS Virtual Camera", "OBS Virtual Camera", OBS)]
    loopbacks = [
        Device(f"/dev/{folder.name}", _line(folder / "name") or folder.name, LOOPBACK)
        for folder in _loopbacks(root)
    ]
    return [*loopbacks, *([IN_PIPEWIRE] if runs(root) else [])]


def choose(name: str | None, root: Path = Path("/")) -> Device:
    """Return the camera called `name` (a device, or what people see), or the first there is.

    Raises:
        CameraError: there is none; says how to get one.
    """
    devices = find(root)
    if not devices:
        raise CameraError(missing(root))
    for device in devices:
        if name in (None, "", device.name, device.title):
            return device
    known = ", ".join(device.name for device in devices)
    raise CameraError(
        said("there is no virtual camera {0!r}", name, remedy=said("choose one of: {0}", known))
    )


def missing(root: Path = Path("/")) -> str:
    """Say why there is no virtual camera, and what to do about it."""
    if sys.platform == "win32":
        return said(
            "no virtual camera was found:",
            remedy="install OBS Studio from obsproject.com and start it once; its virtual camera "
            "need not be switched on",
        )
    loaded = (root / "sys/module/v4l2loopback").is_dir()
    if loaded:
        return said(
            "the module v4l2loopback is loaded but has no device:",
            remedy=said("run sudo modprobe -r v4l2loopback, then {0}", MODPROBE),
        )
    if installed(root):
        signing = SECURE_BOOT if secure_boot(root) else ""
        return said("there is no virtual camera yet:", remedy=said("run {0}{1}", MODPROBE, signing))
    signing = SECURE_BOOT if secure_boot(root) else ""
    return said(
        "virtual cameras need the kernel module v4l2loopback, which is not installed for "
        "kernel {0}:",
        platform.release(),
        remedy=said("run {0}, then {1}{2}", INSTALL, MODPROBE, signing),
    )


def explain(device: Device, reason: str) -> str:
    """Return a sentence with the remedy for pyvirtualcam's `reason` not to open `device`."""
    low = reason.lower()
    if "pyvirtualcam" in low and "no module" in low:
        return said(
            "the package pyvirtualcam is not installed:", remedy="run pip install pyvirtualcam"
        )
    if "permission" in low:
        return said(
            "you may not write to {0}:",
            device.name,
            remedy="run sudo usermod -aG video $USER, then log out and in again",
        )
    if any(words in low for words in TAKEN):
        return _taken(device)
    if "does not exist" in low:
        return said(
            "{0} is gone:",
            device.name,
            remedy=said("run {0}, and choose the camera anew", MODPROBE),
        )
    if "not found" in low or "no such" in low:
        return missing()
    return said("the virtual camera {0} cannot be used: {1}", device.title, reason)


def _taken(device: Device) -> str:
    if device.backend == OBS:
        return said(
            "OBS Virtual Camera is in use:",
            remedy=("stop the virtual camera in OBS, or close the other program that sends to it"),
        )
    return said(
        "another program sends to {0} ({1}), or watches it at another size:",
        device.title,
        device.name,
        remedy="close it, or load v4l2loopback with a second device (devices=2)",
    )


def _loopbacks(root: Path) -> list[Path]:
    """v4l2loopback's devices are virtual, and the only ones with this attribute."""
    folders = (root / "sys/class/video4linux").glob("video*")
    found = [folder for folder in folders if (folder / "max_openers").exists()]
    return sorted(found, key=lambda folder: (len(folder.name), folder.name))


def installed(root: Path = Path("/")) -> bool:
    """Whether v4l2loopback is there for the kernel that runs."""
    modules = root / "lib/modules" / platform.release()
    return any(modules.glob("**/v4l2loopback.ko*"))


def secure_boot(root: Path = Path("/")) -> bool:
    """Whether the computer refuses modules that are not signed with a key it knows."""
    for variable in (root / "sys/firmware/efi/efivars").glob("SecureBoot-*"):
        try:
            return variable.read_bytes()[-1:] == b"\1"
        except OSError:
            return False
    return False


def _line(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _on_windows() -> list[Device]:
    if sys.platform != "win32":
        return []
    import winreg

    found = []
    for backend, classes in ((OBS, (OBS_CLASS,)), (UNITY, UNITY_CLASSES)):
        for guid in classes:
            try:
                name = winreg.QueryValue(winreg.HKEY_CLASSES_ROOT, f"CLSID\\{guid}")
            except OSError:
                continue
            found.append(Device(name or "OBS Virtual Camera", name, backend))
    return found
