"""What speaks typed text is listed with its licence, and how to get what is missing."""

import threading

from pytestqt.qtbot import QtBot

from app.pages.about import _voices
from app.pages.voice_engines import VoiceEngines
from core.doctor.voices import voices
from core.plugin import VoicePlugin
from core.voice_engine import VoiceEntry
from core.voices.installed import Engine, description, inventory, unasked


def plugin(name: str, remedy: str = "") -> VoicePlugin:
    return VoicePlugin(name, name.title(), lambda: 1 / 0, "MIT", remedy=remedy)  # type: ignore[arg-type, return-value]


THERE = Engine(plugin("nell"), (), (VoiceEntry("a", "A"),))
MISSING = Engine(plugin("more", "pip install more"), installed=False)


def test_what_is_there_and_what_is_not_have_a_card_each(qtbot: QtBot) -> None:
    part = VoiceEngines(lambda: [THERE, MISSING])
    qtbot.addWidget(part)
    part.show()
    qtbot.waitUntil(lambda: len(part.cards) == 2)
    assert part.cards["nell"].text() == "Nell: one voice (MIT)"
    assert part.cards["more"].text().endswith("To get it: pip install more")
    part.refresh()
    part.end(20)


def test_a_page_that_is_closed_meanwhile_does_not_wait_for_a_voice(qtbot: QtBot) -> None:
    answer = threading.Event()

    def hang() -> list[Engine]:
        answer.wait(20)
        return []

    part = VoiceEngines(hang)
    qtbot.addWidget(part)
    part.show()
    part.end(0)
    answer.set()
    assert part.cards == {}


def test_voices_that_cannot_be_asked_are_said(qtbot: QtBot) -> None:
    def fail() -> list[Engine]:
        raise OSError("no processes left")

    part = VoiceEngines(fail)
    qtbot.addWidget(part)
    part.show()
    qtbot.waitUntil(lambda: "could not be asked" in part.words)


def test_doctor_about_and_this_page_say_the_same_of_what_can_be_installed() -> None:
    found = [THERE, *(one for one in inventory(list) if not one.installed)]
    assert len(found) > 1
    told = [description(engine) for engine in found]
    assert all(words in voices(lambda: found).sentence for words in told)
    assert set(told[1:]) <= set(_voices())
    assert {engine.plugin.name for engine in inventory(unasked)} >= {"espeak"}
