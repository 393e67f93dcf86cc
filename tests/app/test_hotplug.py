"""Lists follow what is plugged and unplugged."""

import subprocess
from dataclasses import dataclass, field

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from app.outputs.camera_choice import CameraChoice
from app.outputs.sound_page import SoundChoice, SoundPage
from app.parts.form import ChoiceBox
from core.camera.devices import Device
from core.sound.outputs import outputs
from tests.core.sound.conftest import sound_server

__all__ = ["sound_server"]

CAMERA = Device("/dev/video7", "Understudy", "v4l2loopback")


@dataclass
class Plugs:
    """What is plugged in now."""

    cameras: list[Device] = field(default_factory=list)

    def find(self) -> list[Device]:
        return list(self.cameras)


def titles(box: QComboBox) -> list[str]:
    return [box.itemText(row) for row in range(box.count())]


def test_a_camera_comes_and_goes_and_the_choice_stays(qtbot: QtBot) -> None:
    plugs = Plugs()
    choice = CameraChoice(plugs.find)
    qtbot.addWidget(choice)
    choice.look("")
    choice.show()
    told: list[str] = []
    choice.changed.connect(lambda: told.append(choice.name()))
    plugs.cameras.append(CAMERA)
    choice.follow()
    assert titles(choice._cameras) == ["Off", "Understudy"]
    assert (choice.name(), told) == ("", [])
    choice._cameras.setCurrentIndex(1)
    plugs.cameras.clear()
    choice.follow()
    assert titles(choice._cameras) == ["Off", "/dev/video7 (not found)"]
    assert told == ["/dev/video7"]
    plugs.cameras.append(CAMERA)
    choice.follow()
    assert (choice.title(), told) == ("Understudy", ["/dev/video7"])


def test_nobody_looks_for_what_nobody_sees(qtbot: QtBot) -> None:
    plugs = Plugs()
    choice = CameraChoice(plugs.find)
    qtbot.addWidget(choice)
    choice.look("")
    plugs.cameras.append(CAMERA)
    choice.follow()
    assert titles(choice._cameras) == ["Off"]


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_list_of_microphones_is_fresh_when_it_opens(qtbot: QtBot) -> None:
    found = [("", "System default")]
    box = ChoiceBox("", lambda: list(found))
    qtbot.addWidget(box)
    box.show()
    qtbot.waitUntil(lambda: titles(box) == ["System default"])
    found.append(("usb", "USB microphone"))
    box.showPopup()
    qtbot.waitUntil(lambda: titles(box) == ["System default", "USB microphone"])
    box.hidePopup()
    box.setCurrentIndex(1)
    found.pop()
    box.showPopup()
    qtbot.waitUntil(lambda: titles(box) == ["System default", "usb (not found)"])
    assert box.currentData() == "usb"
    box.hidePopup()


def test_outputs_of_a_real_server_come_and_go(
    qtbot: QtBot,
    sound_server: subprocess.Popen[bytes],
) -> None:
    pulsectl = pytest.importorskip("pulsectl")
    page = SoundPage(outputs)
    qtbot.addWidget(page)
    page.show()
    page.look(SoundChoice())

    def listed() -> list[str]:
        page.follow()
        return [str(page._ears.itemData(row)) for row in range(page._ears.count())]

    with pulsectl.Pulse("test") as pulse:
        number = pulse.module_load("module-null-sink", "sink_name=headset")
        qtbot.waitUntil(lambda: "headset" in listed())
        page._ears.setCurrentIndex(page._ears.findData("headset"))
        pulse.module_unload(number)
        qtbot.waitUntil(
            lambda: bool(listed()) and "headset (not found)" in titles(page._ears), timeout=10_000
        )
    assert page.choice() == SoundChoice("", "headset")
    page.end(5)
