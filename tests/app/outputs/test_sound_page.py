"""Choosing where the voice goes; what is shown is what is chosen."""

import threading
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.outputs.sound_page import SoundChoice, SoundPage
from core.sound.outputs import Kind, Output
from core.sound.speaker import SpeakerFigures

MICROPHONE = Output("microphone", "Understudy Microphone", Kind.MICROPHONE)
CABLE = Output("cable", "CABLE Input (VB-Audio Virtual Cable)", Kind.CABLE)
AUTOMATIC = "Automatic: typed text and audio files only"
PHONES = Output("alsa.usb", "Headphones", Kind.SINK)


class Page:
    """A page with what there is to find, and people's hands."""

    def __init__(self, qtbot: QtBot, search: Callable[[], list[Output]]) -> None:
        self.page = SoundPage(search)
        qtbot.addWidget(self.page)
        self.page.show()
        self._qtbot = qtbot

    def look(self, chosen: SoundChoice) -> None:
        self.page.look(chosen)
        self.wait()

    def wait(self) -> None:
        again = self.page.findChild(QPushButton)
        assert again
        self._qtbot.waitUntil(again.isEnabled)

    def box(self, name: str) -> QComboBox:
        (found,) = (b for b in self.page.findChildren(QComboBox) if b.accessibleName() == name)
        return found

    def titles(self, name: str) -> list[str]:
        box = self.box(name)
        return [box.itemText(index) for index in range(box.count())]

    def choose(self, name: str, title: str) -> None:
        self.box(name).setCurrentText(title)

    @property
    def helps(self) -> bool:
        return any(
            "How to get one" in label.text() and label.isVisible()
            for label in self.page.findChildren(QLabel)
        )


def test_the_voice_goes_nowhere_until_somebody_chooses(qtbot: QtBot) -> None:
    page = Page(qtbot, lambda: [MICROPHONE, PHONES])
    page.look(SoundChoice())
    assert page.page.choice() == SoundChoice()
    assert page.titles("Microphone output") == ["Off", "Understudy Microphone", "Headphones"]
    assert page.titles("Listen yourself") == [AUTOMATIC, "Off", "Headphones"]
    assert page.page.advice == ""
    assert not page.helps


def test_what_is_chosen_is_told_with_what_to_do_about_it(qtbot: QtBot) -> None:
    page = Page(qtbot, lambda: [MICROPHONE, CABLE, PHONES])
    page.look(SoundChoice())
    with qtbot.waitSignal(page.page.changed):
        page.choose("Microphone output", "Understudy Microphone")
    assert "choose “Understudy Microphone” as microphone" in page.page.advice
    page.choose("Microphone output", CABLE.title)
    assert "choose “CABLE Output” as microphone" in page.page.advice
    assert "headphones" not in page.page.advice
    page.choose("Listen yourself", "Headphones")
    assert "Use headphones" in page.page.advice
    assert page.page.choice() == SoundChoice("cable", "alsa.usb")


def test_what_is_typed_or_played_is_heard_on_the_speakers_and_a_microphone_never(
    qtbot: QtBot,
) -> None:
    page = Page(qtbot, lambda: [MICROPHONE, PHONES])
    page.look(SoundChoice())
    assert (page.page.places(), page.page.heard_at()) == ((), "")
    with qtbot.waitSignal(page.page.changed):
        page.page.follow_voice(True)
    assert (page.page.places(), page.page.heard_at()) == (("alsa.usb",), "Headphones")
    page.choose("Listen yourself", "Off")
    assert page.page.places() == ()
    page.choose("Listen yourself", "Headphones")
    page.page.follow_voice(False)
    assert page.page.places() == ("alsa.usb",)  # somebody wants to hear even a microphone


def test_an_output_is_opened_once_even_if_it_is_chosen_twice(qtbot: QtBot) -> None:
    page = Page(qtbot, lambda: [MICROPHONE, PHONES])
    for chosen, places in (
        (SoundChoice("microphone", "alsa.usb"), ("microphone", "alsa.usb")),
        (SoundChoice("alsa.usb", "alsa.usb"), ("alsa.usb",)),
        (SoundChoice("", "alsa.usb"), ("alsa.usb",)),
        (SoundChoice("", ""), ()),
    ):
        page.look(chosen)
        assert page.page.places() == places


def test_what_was_chosen_once_stays_chosen_while_it_is_unplugged(qtbot: QtBot) -> None:
    found = [MICROPHONE]
    page = Page(qtbot, lambda: found)
    page.look(SoundChoice("alsa.usb", "alsa.usb"))
    assert page.page.choice() == SoundChoice("alsa.usb", "alsa.usb")
    assert "alsa.usb (not found)" in page.titles("Listen yourself")
    found.append(PHONES)
    button = page.page.findChild(QPushButton)
    assert button
    button.click()
    page.wait()
    assert page.page.choice() == SoundChoice("alsa.usb", "alsa.usb")
    assert page.titles("Listen yourself") == [AUTOMATIC, "Off", "Headphones"]


def test_without_a_virtual_microphone_the_way_to_one_is_shown(qtbot: QtBot) -> None:
    page = Page(qtbot, lambda: [PHONES])
    assert not page.helps
    page.look(SoundChoice())
    assert page.helps


def test_a_search_that_fails_leaves_the_choice(qtbot: QtBot) -> None:
    def broken() -> list[Output]:
        raise OSError("no")

    page = Page(qtbot, broken)
    page.look(SoundChoice("microphone"))
    assert page.page.choice() == SoundChoice("microphone")


def test_the_window_stays_alive_while_outputs_are_looked_for(qtbot: QtBot) -> None:
    go_on = threading.Event()

    def slow() -> list[Output]:
        go_on.wait(60)
        return [PHONES]

    page = Page(qtbot, slow)
    page.page.look(SoundChoice())
    page.page.look(SoundChoice("alsa.usb"))
    assert page.page.choice() == SoundChoice("alsa.usb")
    go_on.set()
    page.wait()
    assert page.titles("Microphone output") == ["Off", "Headphones"]


@pytest.mark.parametrize("text", ["", "it was unplugged"])
def test_a_line_tells_how_the_sound_is_doing(qtbot: QtBot, text: str) -> None:
    page = Page(qtbot, list)
    page.page.show_figures([SpeakerFigures("Headphones", 0.0621, 0, 0.0, 0.0)])
    assert page.page.state.startswith("Headphones: 62 ms behind the picture")
    page.page.tell(text)
    assert page.page.state == text.capitalize()


def test_closing_waits_for_a_search_on_its_way(qtbot: QtBot) -> None:
    go_on = threading.Event()

    def search() -> list[Output]:
        go_on.wait(60)
        return []

    page = Page(qtbot, search)
    page.page.end(patience=1)  # there is none yet
    page.page.look(SoundChoice())
    searching = [t for t in threading.enumerate() if t.name == "sound outputs"]
    assert searching
    go_on.set()
    page.page.end(patience=30)
    assert not any(thread.is_alive() for thread in searching)
