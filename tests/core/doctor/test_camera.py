"""Every way in which a virtual camera can be missing has its own next step."""

import os
import platform
import sys
from pathlib import Path
from typing import Any

import pytest

from core.camera.devices import IN_PIPEWIRE, LOOPBACK, CameraError, Device, explain
from core.doctor.camera import camera
from core.doctor.finding import Finding, State
from tests.core.doctor.computers import computer, put

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at Linux's /sys")

DEVICE = Device("/dev/video7", "Understudy", LOOPBACK)
MODULES = f"lib/modules/{platform.release()}"


def look(root: Path, release: str = "debian", **fields: Any) -> Finding:
    """Examine a computer without a device."""
    return camera(computer(root, release, **fields), lambda root: [])


def try_device(root: Path, error: str = "", **fields: Any) -> Finding:
    """Examine a computer with a device that fails with what the driver says."""

    def attempt(device: Device) -> None:
        if error:
            raise CameraError(explain(device, error))

    return camera(computer(root, **fields), lambda root: [DEVICE], attempt)


def secure_boot(root: Path) -> None:
    put(root, "sys/firmware/efi/efivars/SecureBoot-8be4").write_bytes(b"\6\0\0\0\1")


@pytest.mark.parametrize(
    ("release", "headers", "step"),
    [
        ("debian", True, "Run `sudo apt install v4l2loopback-dkms`, then `sudo modprobe"),
        ("debian", False, "apt install linux-headers-$(uname -r) v4l2loopback-dkms`, then"),
        ("fedora", False, "dnf install kernel-devel-$(uname -r) akmod-v4l2loopback` (from RPM"),
        ("arch", False, "pacman -S linux-headers v4l2loopback-dkms`, then"),
        ("suse", False, "zypper install kernel-default-devel v4l2loopback-kmp-default`, then"),
        ("other", True, "Install v4l2loopback as your system's handbook says, then"),
    ],
)
def test_what_is_not_installed_is_to_be_installed(
    tmp_path: Path, release: str, headers: bool, step: str
) -> None:
    put(tmp_path, f"{MODULES}/{'build/Makefile' if headers else 'modules.dep'}")
    found = look(tmp_path, release)
    assert (found.state, found.sentence) == (State.FAILED, "v4l2loopback is not installed")
    assert step in found.remedy
    assert "modprobe v4l2loopback exclusive_caps=1 card_label=Understudy`." in found.remedy
    assert "demo --web" in found.remedy
    assert "Secure Boot" not in found.remedy


def test_without_headers_it_cannot_be_built(tmp_path: Path) -> None:
    put(tmp_path, f"{MODULES}/modules.dep")
    put(tmp_path, "usr/src/v4l2loopback-0.12.7/dkms.conf")
    found = look(tmp_path)
    assert "kernel's headers are missing" in found.sentence
    assert "linux-headers-$(uname -r)`, then `sudo dkms autoinstall`, then `sudo " in found.remedy
    put(tmp_path, f"{MODULES}/build/Makefile")
    assert look(tmp_path).remedy.startswith("Run `sudo dkms autoinstall`, then `sudo modprobe")


def test_what_is_not_loaded_is_to_be_loaded(tmp_path: Path) -> None:
    put(tmp_path, f"{MODULES}/updates/dkms/v4l2loopback.ko.zst")
    found = look(tmp_path)
    assert found.sentence == "v4l2loopback is installed, but not loaded"
    assert found.remedy.startswith("Run `sudo modprobe v4l2loopback exclusive_caps=1")


@pytest.mark.parametrize(
    ("key", "named"),
    [
        ("var/lib/shim-signed/mok/MOK.der", "/var/lib/shim-signed/mok/MOK.der"),
        ("etc/pki/akmods/certs/public_key.der", "/etc/pki/akmods/certs/public_key.der"),
        ("nothing", "/var/lib/dkms/mok.pub"),
    ],
)
def test_secure_boot_needs_a_key(tmp_path: Path, key: str, named: str) -> None:
    put(tmp_path, f"{MODULES}/v4l2loopback.ko")
    put(tmp_path, key)
    secure_boot(tmp_path)
    remedy = look(tmp_path).remedy
    assert "Secure Boot is on: if the module is refused (Key was rejected), run `sudo m" in remedy
    assert f"mokutil --import {named}`, restart" in remedy


def test_a_module_without_a_device_is_to_be_loaded_again(tmp_path: Path) -> None:
    (tmp_path / "sys/module/v4l2loopback").mkdir(parents=True)
    assert look(tmp_path).remedy.startswith("Run `sudo modprobe -r v4l2loopback`, then `sudo modp")


def test_after_an_update_of_the_kernel_the_computer_is_to_be_restarted(tmp_path: Path) -> None:
    found = look(tmp_path)
    assert "has been updated" in found.sentence
    assert found.remedy.startswith("Restart the computer.")


def test_a_container_and_windows_linux_are_recognized(tmp_path: Path) -> None:
    put(tmp_path, "run/.containerenv")
    assert "outside" in look(tmp_path).remedy
    put(tmp_path, "proc/sys/kernel/osrelease", "6.6.87-microsoft-standard-WSL2")
    assert look(tmp_path).remedy.startswith("Run Understudy on Windows.")


def test_who_may_not_write_is_told_the_group(tmp_path: Path) -> None:
    found = try_device(tmp_path, may_write=lambda path: False)
    assert found.sentence == "you may not write to /dev/video7"
    assert "usermod -aG video $USER`, then log out" in found.remedy


def test_a_device_in_use_is_to_be_freed(tmp_path: Path) -> None:
    found = try_device(tmp_path, "device is busy")
    assert found.state is State.FAILED
    assert "another program sends to Understudy" in found.sentence
    assert found.step.startswith("Close it")


def test_any_other_error_of_the_driver_has_a_remedy_as_well(tmp_path: Path) -> None:
    found = try_device(tmp_path, "strange things happened")
    assert "strange things happened" in found.sentence
    assert found.remedy


def test_a_camera_that_works_is_fine(tmp_path: Path) -> None:
    put(tmp_path, "sys/module/v4l2loopback/parameters/exclusive_caps", "Y,N,N,N\n")
    found = try_device(tmp_path)
    assert (found.state, found.remedy) == (State.OK, "")
    assert found.sentence == "Understudy (/dev/video7) opens and takes pictures"


def test_a_camera_in_pipewire_alone_is_told_with_who_sees_it_and_how_to_be_seen_by_all(
    tmp_path: Path,
) -> None:
    put(tmp_path, f"{MODULES}/build")
    found = camera(computer(tmp_path), lambda root: [IN_PIPEWIRE], lambda device: None)
    assert found.state is State.WARNING
    assert found.sentence.startswith("programs that take cameras from PipeWire (Firefox, OBS")
    assert found.sentence.endswith("v4l2loopback is not installed")
    assert "apt install v4l2loopback-dkms" in found.remedy

    def refuse(device: Device) -> None:
        raise CameraError(explain(device, "PipeWire does not answer: start it"))

    failed = camera(computer(tmp_path), lambda root: [IN_PIPEWIRE], refuse)
    assert failed.state is State.FAILED
    assert "PipeWire does not answer" in failed.sentence


def test_without_exclusive_caps_browsers_do_not_list_it(tmp_path: Path) -> None:
    put(tmp_path, "sys/module/v4l2loopback/parameters/exclusive_caps", "N,N,N,N\n")
    found = try_device(tmp_path)
    assert found.state is State.WARNING
    assert "without exclusive_caps" in found.sentence
    assert "modprobe -r v4l2loopback" in found.remedy


def test_a_camera_that_is_on_for_us_is_not_tried(tmp_path: Path) -> None:
    process = tmp_path / "proc/4711"
    put(tmp_path, "proc/4711/stat", f"4711 (python (x)) S {os.getpid()} 1 1")
    (process / "fd").mkdir()
    (process / "fd/5").symlink_to("/dev/video7")
    found = try_device(tmp_path, "device is busy")
    assert (found.state, "is on" in found.sentence) == (State.OK, True)


def test_windows_and_its_cameras(tmp_path: Path) -> None:
    found = try_device(tmp_path, kind="win32", may_write=lambda path: False)
    assert found.state is State.OK
