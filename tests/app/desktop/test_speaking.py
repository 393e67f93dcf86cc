"""Another language is spoken at once, and what is live goes on undisturbed meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.desktop.language import install
from app.live_state import LiveState
from app.settings import Settings, load
from plugins.profiles import Folders
from tests.app.test_shell import House, application, chosen
from tests.app.test_window import go_live, stop

__all__ = ["application", "chosen"]

SETTINGS = 4
"""Place of the page of settings."""


@pytest.fixture
def house(
    qtbot: QtBot, application: QApplication, chosen: Settings, tmp_path: Path, store: Folders
) -> Iterator[House]:
    install(application, "en")
    made = House(qtbot, chosen, tmp_path, store)
    made.window.open_page(SETTINGS)
    yield made
    made.close()
    for translator in application.findChildren(QTranslator):
        application.removeTranslator(translator)
        translator.deleteLater()


def choose(house: House, code: str) -> None:
    box = house.shell.preferences.language
    box.setCurrentIndex(box.findData(code))


def titles(house: House) -> list[str]:
    pages = house.window._pages
    return [pages.tabText(place).replace("&", "") for place in range(pages.count())]


def test_everything_is_said_in_the_new_language_at_once(qtbot: QtBot, house: House) -> None:
    house.window._outputs.picture.set_size(1080, "fill")
    choose(house, "de")
    qtbot.waitUntil(lambda: titles(house)[1] == "Ausgabe")
    assert house.window.page_shown == SETTINGS
    assert house.shell.preferences.language.currentData() == "de"
    assert house.window._outputs.picture.height_chosen == 1080
    assert house.window._outputs.badge.badge().text == "KI-erzeugt"  # type: ignore[union-attr]
    assert house.tray.toggle.text() == "Starten"
    assert load(house.path).language == "de"
    choose(house, "en")
    qtbot.waitUntil(lambda: titles(house)[1] == "Output")
    assert house.tray.toggle.text() == "Start"


def test_the_first_line_and_its_voice_follow_unless_somebody_wrote_another(
    qtbot: QtBot, house: House
) -> None:
    voice = house.window._live.voice
    voice.choose("speech")
    assert voice.options().voice == "en-us"
    choose(house, "de")
    qtbot.waitUntil(lambda: titles(house)[1] == "Ausgabe")
    assert house.window._live.voice.options().voice == "de"
    assert house.window._live.voice.options().text.startswith("Hallo!")


def test_what_is_live_goes_on_and_the_language_changes_when_it_ends(
    qtbot: QtBot, house: House
) -> None:
    go_live(qtbot, house.window)
    session, page = house.window.studio.session, house.window._live
    choose(house, "de")
    qtbot.waitUntil(house.shell.preferences._later.isVisible)
    assert house.window.studio.session is session
    assert house.window._live is page
    assert titles(house)[1] == "Output"
    stop(qtbot, house.window)
    qtbot.waitUntil(lambda: titles(house)[1] == "Ausgabe")
    go_live(qtbot, house.window)
    qtbot.waitUntil(
        lambda: house.window.stage.state is LiveState.LIVE
    )  # the picture may come first
    qtbot.waitUntil(lambda: "Live" in house.tray.tip)
    stop(qtbot, house.window)


def test_what_failed_is_told_again(qtbot: QtBot, house: House) -> None:
    house.window._failed = ValueError("the engine is closed; start again")
    choose(house, "de")
    qtbot.waitUntil(lambda: titles(house)[1] == "Ausgabe")
    assert house.window.stage.state is LiveState.FAILED
    assert house.window.message == "Die Bilderzeugung ist beendet; starten Sie noch einmal"


def test_nothing_of_the_pages_before_is_left(qtbot: QtBot, house: House) -> None:
    for _ in range(2):
        choose(house, "de")
        qtbot.waitUntil(lambda: titles(house)[1] == "Ausgabe")
        choose(house, "en")
        qtbot.waitUntil(lambda: titles(house)[1] == "Output")
    qtbot.wait(50)
    texts = [label.text() for label in house.window.findChildren(QLabel)]
    assert texts.count("Engine") == 1
    assert "Bilderzeugung" not in texts
