"""Which cameras there are, and what to do where there is none."""

import platform
import sys
from pathlib import Path

import pytest

from core.camera.devices import (
    LOOPBACK,
    OBS,
    CameraError,
    Device,
    choose,
    explain,
    find,
    missing,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at Linux's /sys")

LOOP = Device("/dev/video7", "Understudy", LOOPBACK)
STUDIO = Device("OBS Virtual Camera", "OBS Virtual Camera", OBS)


def add_camera(root: Path, number: int, name: str, loopback: bool = True) -> None:
    folder = root / f"sys/class/video4linux/video{number}"
    folder.mkdir(parents=True)
    (folder / "name").write_text(name + "\n")
    if loopback:
        (folder / "max_openers").write_text("10\n")


def test_only_loopback_devices_are_found_in_order(tmp_path: Path) -> None:
    add_camera(tmp_path, 0, "Integrated Webcam", loopback=False)
    add_camera(tmp_path, 10, "OBS Virtual Camera")
    add_camera(tmp_path, 7, "Understudy")
    assert find(tmp_path) == [LOOP, Device("/dev/video10", "OBS Virtual Camera", LOOPBACK)]


def test_a_camera_is_chosen_by_device_or_title_or_simply_the_first(tmp_path: Path) -> None:
    add_camera(tmp_path, 3, "Other")
    add_camera(tmp_path, 7, "Understudy")
    assert choose("/dev/video7", tmp_path) == choose("Understudy", tmp_path) == LOOP
    assert choose(None, tmp_path).title == choose("", tmp_path).title == "Other"
    with pytest.raises(
        CameraError, match="no virtual camera '/dev/video9'; choose one of: /dev/vi"
    ):
        choose("/dev/video9", tmp_path)


def test_without_the_module_its_installation_is_told(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="sudo apt install v4l2loopback-dkms") as caught:
        choose(None, tmp_path)
    assert "sudo modprobe v4l2loopback exclusive_caps=1 card_label=Understudy" in str(caught.value)
    assert platform.release() in str(caught.value)
    assert "Secure Boot" not in str(caught.value)


def test_a_module_that_is_not_loaded_is_to_be_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "lib/modules" / platform.release() / "updates/dkms"
    folder.mkdir(parents=True)
    (folder / "v4l2loopback.ko.xz").touch()
    assert missing(tmp_path).startswith("there is no virtual camera yet: run sudo modprobe")


def test_a_module_without_devices_is_to_be_loaded_again(tmp_path: Path) -> None:
    (tmp_path / "sys/module/v4l2loopback").mkdir(parents=True)
    assert "loaded but has no device: run sudo modprobe -r v4l2loopback" in missing(tmp_path)


@pytest.mark.parametrize(("value", "told"), [(b"\6\0\0\0\1", True), (b"\6\0\0\0\0", False)])
def test_secure_boot_is_told_where_it_is_on(tmp_path: Path, value: bytes, told: bool) -> None:
    folder = tmp_path / "sys/firmware/efi/efivars"
    folder.mkdir(parents=True)
    (folder / "SecureBoot-8be4df61").write_bytes(value)
    assert ("Secure Boot is on" in missing(tmp_path)) == told
    assert ("(MOK)" in missing(tmp_path)) == told


@pytest.mark.parametrize(
    ("device", "reason", "remedy"),
    [
        (
            LOOP,
            "Could not access /dev/video7 due to missing permissions.",
            "usermod -aG video $USER",
        ),
        (
            LOOP,
            "'v4l2loopback' backend: x could not be configured: Device busy",
            "close it, or load",
        ),
        (LOOP, "Virtual camera device /dev/video7 is not a video output device.", "close it, or"),
        (LOOP, "'v4l2loopback' backend: No v4l2 loopback device found", "v4l2loopback"),
        (LOOP, "Device /dev/video7 does not exist.", "/dev/video7 is gone: run sudo modprobe"),
        (LOOP, "No module named 'pyvirtualcam'", "pip install pyvirtualcam"),
        (LOOP, "the moon is full", "Understudy cannot be used: the moon is full"),
        (STUDIO, "virtual camera output could not be started", "stop the virtual camera in OBS"),
    ],
)
def test_each_reason_has_its_remedy(device: Device, reason: str, remedy: str) -> None:
    assert remedy in explain(device, reason)


def test_on_windows_obs_is_to_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert "install OBS Studio" in missing()
