"""Another language is spoken at once, and what is live goes on undisturbed meanwhile."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QTabWidget
from pytestqt.qtbot import QtBot

from app.desktop.language import install
from app.live.live_page import LivePage
from app.live_state import LiveState
from app.outputs.badge_choice import words as badge_words
from app.settings import Settings, load
from core.engine.badge import BadgeOptions
from core.look import Look
from core.sentence import said
from core.stream import AvatarStream
from core.video import VideoFormat
from plugins.profiles import Folders
from tests.app.find import box, choose, part, press, words
from tests.app.test_shell import House, application, chosen
from tests.app.test_window import go_live, stop
from tests.fakes import CardEngine

__all__ = ["application", "chosen"]

SETTINGS = 4
"""Place of the page of settings."""


@pytest.fixture
def engine() -> CardEngine:
    return CardEngine()


@pytest.fixture
def house(
    qtbot: QtBot,
    application: QApplication,
    chosen: Settings,
    tmp_path: Path,
    store: Folders,
    engine: CardEngine,
) -> Iterator[House]:
    install(application, "en")
    made = House(qtbot, chosen, tmp_path, store, engine)
    made.window.open_page(SETTINGS)
    yield made
    made.close()
    for translator in application.findChildren(QTranslator):
        application.removeTranslator(translator)
        translator.deleteLater()


def speak(house: House, code: str) -> None:
    box = house.shell.preferences.language
    box.setCurrentIndex(box.findData(code))


def titles(house: House) -> list[str]:
    pages = part(house.window, QTabWidget)
    return [pages.tabText(place).replace("&", "") for place in range(pages.count())]


def test_everything_is_said_in_the_new_language_at_once(qtbot: QtBot, house: House) -> None:
    choose(house.window, "Resolution", "1080p (1920 x 1080)")
    speak(house, "de")
    qtbot.waitUntil(lambda: titles(house)[1] == "Ausgabe")
    assert house.window.page_shown == SETTINGS
    assert house.shell.preferences.language.currentData() == "de"
    assert box(house.window, "Auflösung").currentText() == "1080p (1920 x 1080)"
    assert badge_words() == "KI-erzeugt"
    assert house.tray.toggle.text() == "Starten"
    assert load(house.path).language == "de"
    speak(house, "en")
    qtbot.waitUntil(lambda: titles(house)[1] == "Output")
    assert house.tray.toggle.text() == "Start"


def test_the_first_line_and_its_voice_follow_unless_somebody_wrote_another(
    qtbot: QtBot, house: House
) -> None:
    choose(house.window, "Voice", "Typed text")
    assert box(part(house.window, LivePage), "Language").currentData() == "en-us"
    speak(house, "de")
    qtbot.waitUntil(lambda: titles(house)[1] == "Ausgabe")
    live = part(house.window, LivePage)
    assert box(live, "Sprache").currentData() == "de"
    assert (
        part(live, QPlainTextEdit, "Text, der gesprochen wird").toPlainText().startswith("Hallo!")
    )


def test_what_is_live_goes_on_and_the_language_changes_when_it_ends(
    qtbot: QtBot, house: House
) -> None:
    go_live(qtbot, house.window)
    session, stage = house.window.on_air.broadcast, house.window.stage
    speak(house, "de")
    qtbot.waitUntil(lambda: "when you stop" in words(house.shell.preferences))
    assert house.window.on_air.broadcast is session
    assert house.window.stage is stage
    assert titles(house)[1] == "Output"
    stop(qtbot, house.window)
    qtbot.waitUntil(lambda: titles(house)[1] == "Ausgabe")
    go_live(qtbot, house.window)
    # The picture may come before the state.
    qtbot.waitUntil(lambda: house.window.transport.state is LiveState.PREVIEW)
    qtbot.waitUntil(lambda: "Vorschau" in house.tray.tip)
    press(house.window, "Beenden")
    qtbot.waitUntil(lambda: house.window.on_air.broadcast is None)


class ClosedEngine(CardEngine):
    """Opens nothing any more."""

    def open(
        self,
        engine: str,
        look: Look,
        format: VideoFormat,
        tell: Callable[[str], None],
        badge: BadgeOptions | None = None,
    ) -> tuple[AvatarStream, str]:
        raise ValueError(said("the engine is closed", remedy="start again"))


@pytest.mark.parametrize("engine", [ClosedEngine()])
def test_what_failed_is_told_again(
    qtbot: QtBot, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "core.live.session")
    press(house.window, "Start preview")
    qtbot.waitUntil(lambda: house.window.transport.state is LiveState.FAILED)
    speak(house, "de")
    qtbot.waitUntil(lambda: titles(house)[1] == "Ausgabe")
    assert house.window.transport.state is LiveState.FAILED
    assert house.window.message == "Die Bilderzeugung ist beendet; starten Sie noch einmal"


def test_nothing_of_the_pages_before_is_left(qtbot: QtBot, house: House) -> None:
    for _ in range(2):
        speak(house, "de")
        qtbot.waitUntil(lambda: titles(house)[1] == "Ausgabe")
        speak(house, "en")
        qtbot.waitUntil(lambda: titles(house)[1] == "Output")
    qtbot.wait(50)
    texts = [label.text() for label in house.window.findChildren(QLabel)]
    assert texts.count("Engine") == 1
    assert "Bilderzeugung" not in texts
