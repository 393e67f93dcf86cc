"""What is not shipped, and that nothing is which the program needs."""

from runpy import run_path

import pytest

from core.process.child import ROOT

is_left_out = run_path(str(ROOT / "packaging" / "left_out.py"))["is_left_out"]


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/translations/qtbase_fr.qm",
        "PySide6/Qt/plugins/tls/libqopensslbackend.so",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6\\plugins\\imageformats\\qtiff.dll",
        "PySide6\\opengl32sw.dll",
        "PySide6/Qt/lib/libQt6EglFSDeviceIntegration.so.6",
        "cv2\\opencv_videoio_ffmpeg500_64.dll",
        "libglib-2.0.so.0",
        "libpulsecommon-16.1.so",
        "libX11.so.6",
        "libdbus-1.so.3",
        "libgtk-3.so.0",
        "libatk-bridge-2.0.so.0",
        "libXi.so.6",
        "espeakng_loader/libespeak-ng.so.1.52.0",
    ],
)
def test_what_the_window_or_the_system_has_no_use_for_is_left_out(name: str) -> None:
    assert is_left_out(name)


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6\\plugins\\platforms\\qwindows.dll",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so",
        "PySide6/Qt/lib/libQt6Core.so.6",
        "PySide6/QtWidgets.abi3.so",
        "libpython3.11.so.1.0",
        "libportaudio.so.2",
        "libxcb-cursor.so.0",
        "libX11-xcb.so.1",
        "espeakng_loader/libespeak-ng.so",
        "libcrypto.so.3",
        "av.libs/libopus-114e2b1a.so.0.11.1",
        "app/translations/de.qm",
        "core/weights/face.safetensors",
    ],
)
def test_what_the_program_needs_stays(name: str) -> None:
    assert not is_left_out(name)
