"""Lists follow what is plugged and unplugged."""

from dataclasses import dataclass, field

import pytest
from pytestqt.qtbot import QtBot

from app.outputs.camera_choice import CameraChoice
from app.outputs.sound_page import SoundChoice, SoundPage
from app.parts.form import ChoiceBox
from core.benchmark.sound_servers import OwnServer
from core.camera.devices import Device
from core.sound.outputs import outputs
from tests.app.find import box, choose, titles
from tests.core.sound.conftest import sound_server

__all__ = ["sound_server"]

CAMERA = Device("/dev/video7", "Understudy", "v4l2loopback")


@dataclass
class Plugs:
    """What is plugged in now."""

    cameras: list[Device] = field(default_factory=list)

    def find(self) -> list[Device]:
        return list(self.cameras)


def entries(shown: ChoiceBox) -> list[str]:
    return [shown.itemText(row) for row in range(shown.count())]


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
    assert titles(choice, "Virtual camera") == ["Off", "Understudy"]
    assert (choice.name(), told) == ("", [])
    choose(choice, "Virtual camera", "Understudy")
    plugs.cameras.clear()
    choice.follow()
    assert titles(choice, "Virtual camera") == ["Off", "/dev/video7 (not found)"]
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
    assert titles(choice, "Virtual camera") == ["Off"]


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_list_of_microphones_is_fresh_when_it_opens(qtbot: QtBot) -> None:
    found = [("", "System default")]
    shown = ChoiceBox("", lambda: list(found))
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitUntil(lambda: entries(shown) == ["System default"])
    found.append(("usb", "USB microphone"))
    shown.showPopup()
    qtbot.waitUntil(lambda: entries(shown) == ["System default", "USB microphone"])
    shown.hidePopup()
    shown.setCurrentIndex(1)
    found.pop()
    shown.showPopup()
    qtbot.waitUntil(lambda: entries(shown) == ["System default", "usb (not found)"])
    assert shown.currentData() == "usb"
    shown.hidePopup()


def test_outputs_of_a_real_server_come_and_go(
    qtbot: QtBot,
    sound_server: OwnServer,
) -> None:
    pulsectl = pytest.importorskip("pulsectl")
    page = SoundPage(outputs)
    qtbot.addWidget(page)
    page.show()
    page.look(SoundChoice())

    def listed() -> list[str]:
        page.follow()
        ears = box(page, "Listen yourself")
        return [str(ears.itemData(row)) for row in range(ears.count())]

    with pulsectl.Pulse("test") as pulse:
        number = pulse.module_load("module-null-sink", "sink_name=headset")
        qtbot.waitUntil(lambda: "headset" in listed())
        ears = box(page, "Listen yourself")
        ears.setCurrentIndex(ears.findData("headset"))
        pulse.module_unload(number)
        qtbot.waitUntil(
            lambda: bool(listed()) and "headset (not found)" in titles(page, "Listen yourself"),
            timeout=10_000,
        )
    assert page.choice() == SoundChoice("", "headset")
    page.end(5)
