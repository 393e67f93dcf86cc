"""Whoever is chosen idles in the stage, and gives the engine back to whoever goes live."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.live_state import LiveState
from app.outputs.background_choice import BackgroundChoice
from app.people.list import People
from app.tabs import Parts
from app.window import Window
from core.profile import Profile
from plugins.profiles import Folders
from tests.app.find import choose_person, part, press
from tests.app.test_window import quiet, settings
from tests.fakes import CardEngine, ChameleonEngine


def opened(qtbot: QtBot, folder: Path, store: Folders, engine: CardEngine) -> Window:
    made = Parts(lambda: People([store]), quiet)
    window = Window(settings(folder), folder / "settings.json", made, engine)
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def people(store: Folders, photo: Path) -> Folders:
    for title in ("Ann", "Bob"):
        store.save(Profile("", title, (photo,), "me"))
    return store


@pytest.fixture
def engine() -> ChameleonEngine:
    return ChameleonEngine()


@pytest.fixture
def window(
    qtbot: QtBot, tmp_path: Path, people: Folders, engine: ChameleonEngine
) -> Iterator[Window]:
    made = opened(qtbot, tmp_path, people, engine)
    yield made
    made.close()


def wait_for_picture(qtbot: QtBot, window: Window) -> None:
    qtbot.waitUntil(lambda: window.stage.preview.picture is not None)


def test_before_the_start_whoever_is_chosen_is_there_small_and_marked(
    qtbot: QtBot, window: Window, engine: ChameleonEngine
) -> None:
    wait_for_picture(qtbot, window)
    assert window.transport.state is LiveState.STOPPED
    _, look, format = engine.asked[-1]
    assert (look.profile.title, format.width, format.fps) == ("Ann", 640, 12)


def test_person_background_and_framing_change_before_the_start(
    qtbot: QtBot, window: Window, engine: ChameleonEngine
) -> None:
    wait_for_picture(qtbot, window)
    choose_person(window, "Bob")
    part(window, BackgroundChoice).take_colour(QColor("#00ff00"))
    window.stage.preview.zoomed.emit(1.1, 0.5, 0.5)
    looks = [(look.profile.title, look.background.kind) for look in engine.last.looks]
    assert looks == [("Ann", "photo"), ("Bob", "photo"), ("Bob", "colour"), ("Bob", "colour")]
    assert engine.last.looks[-1].profile.framing is not None
    assert len(engine.asked) == 1


def test_who_goes_live_gets_the_engine_and_gives_it_back(
    qtbot: QtBot, window: Window, engine: ChameleonEngine
) -> None:
    wait_for_picture(qtbot, window)
    assert not window.on_air.rehearsing
    press(window, "Start preview")
    qtbot.waitUntil(lambda: window.transport.state.on)
    assert [format.width for _, _, format in engine.asked] == [640, 1280]
    press(window, "Stop")
    qtbot.waitUntil(lambda: len(engine.asked) == 3)
    assert window.stage.preview.picture is not None


def test_a_start_can_be_taken_back_at_once(
    qtbot: QtBot, window: Window, engine: ChameleonEngine
) -> None:
    wait_for_picture(qtbot, window)
    press(window, "Start preview")
    window.transport.go.click()
    qtbot.waitUntil(lambda: window.transport.state is LiveState.STOPPED)
    qtbot.waitUntil(lambda: window.on_air.broadcast is None)
    press(window, "Start preview")
    qtbot.waitUntil(lambda: window.transport.state.on)


def test_where_nobody_sees_them_nobody_idles(
    qtbot: QtBot, window: Window, engine: ChameleonEngine
) -> None:
    wait_for_picture(qtbot, window)
    window.open_page(1)
    qtbot.waitUntil(lambda: not window.on_air.devices.lease.taken)
    window.open_page(0)
    qtbot.waitUntil(lambda: window.on_air.devices.lease.taken)


def test_whoever_is_chosen_is_there_after_the_welcome_and_in_another_language(
    qtbot: QtBot, window: Window, engine: ChameleonEngine
) -> None:
    wait_for_picture(qtbot, window)
    window.greet(QLabel("Welcome"))
    qtbot.waitUntil(lambda: not window.on_air.devices.lease.taken)
    window.greet(None)
    qtbot.waitUntil(lambda: window.on_air.devices.lease.taken)
    wait_for_picture(qtbot, window)
    window.refurnish()
    wait_for_picture(qtbot, window)
    assert engine.asked[-1][2].width == 640


def test_who_shall_go_on_before_the_rest_has_begun_is_there_again(
    qtbot: QtBot, window: Window, engine: ChameleonEngine
) -> None:
    wait_for_picture(qtbot, window)
    window.greet(QLabel("Welcome"))
    window.greet(None)
    qtbot.waitUntil(lambda: len(engine.asked) == 2)
    qtbot.waitUntil(lambda: window.on_air.devices.lease.taken)


class NoFace(CardEngine):
    """Finds no face in any photo."""

    def open(self, *_: object, **__: object) -> None:  # type: ignore[override]
        raise ValueError("no face was found in this picture; take another one")


def test_who_cannot_be_shown_is_told_in_the_stage(
    qtbot: QtBot, tmp_path: Path, people: Folders
) -> None:
    window = opened(qtbot, tmp_path, people, NoFace())
    qtbot.waitUntil(lambda: "No face was found" in window.stage.preview.hint)
    assert window.message == ""
    window.close()
