"""What people change while live is changed without stopping, where it can be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.live_state import LiveState
from app.outputs.background_choice import BackgroundChoice
from app.outputs.outputs_page import OutputsPage
from app.outputs.sound_page import SoundPage
from app.people.list import People
from app.settings import Settings, load
from app.tabs import Parts
from app.window import Window
from core.profile import Profile
from plugins.profiles import Folders
from tests.app.find import box, button, choose, choose_person, part, press, write
from tests.fakes import CardEngine, ChameleonEngine, tone


class Opened:
    """A window with Ann and Bob in it, live."""

    def __init__(self, qtbot: QtBot, folder: Path, people: Folders, engine: CardEngine) -> None:
        self.qtbot, self.engine = qtbot, engine
        settings = Settings(recordings=folder / "films")
        self.window = Window(
            settings,
            folder / "settings.json",
            Parts(lambda: People([people]), lambda: OutputsPage(SoundPage(list)), idles=False),
            engine,
        )
        qtbot.addWidget(self.window)
        self.window.show()
        self.press("Start preview")
        self.wait_for_live()

    @property
    def background(self) -> BackgroundChoice:
        return part(self.window, BackgroundChoice)

    def press(self, name: str) -> None:
        press(self.window, name)

    def choose_person(self, title: str) -> None:
        choose_person(self.window, title)

    def wait_for_live(self) -> None:
        self.qtbot.waitUntil(lambda: self.window.transport.state is LiveState.PREVIEW)


@pytest.fixture
def people(store: Folders, photo: Path) -> Folders:
    for title in ("Ann", "Bob"):
        store.save(Profile("", title, (photo,), "me"))
    return store


@pytest.fixture
def engine() -> ChameleonEngine:
    return ChameleonEngine()


@pytest.fixture
def opened(
    qtbot: QtBot, tmp_path: Path, people: Folders, engine: ChameleonEngine
) -> Iterator[Opened]:
    made = Opened(qtbot, tmp_path, people, engine)
    yield made
    made.window.close()


def test_background_and_person_change_without_a_new_start(
    opened: Opened, engine: ChameleonEngine, tmp_path: Path
) -> None:
    opened.background.take_colour(QColor("#00ff00"))
    opened.choose_person("Bob")
    looks = [(look.profile.title, look.background.kind) for look in engine.last.looks]
    assert looks == [("Ann", "photo"), ("Ann", "colour"), ("Bob", "colour")]
    assert len(engine.asked) == 1
    opened.window.close()
    saved = load(tmp_path / "settings.json")
    assert (saved.background.kind, saved.background.colour) == ("colour", "#00ff00")
    assert saved.profile == "bob"


def test_who_is_chosen_for_a_moment_is_looked_at_before_the_start(
    qtbot: QtBot, tmp_path: Path, people: Folders
) -> None:
    engine = CardEngine()
    opened = Opened(qtbot, tmp_path, people, engine)
    opened.press("Stop")
    qtbot.waitUntil(lambda: opened.window.transport.state is LiveState.STOPPED)
    engine.prefetched.clear()
    for title in ("Ann", "Bob", "Ann", "Bob"):
        opened.choose_person(title)
    qtbot.waitUntil(lambda: bool(engine.prefetched))
    assert engine.prefetched == ["Bob"]
    opened.window.close()


def test_an_engine_that_cannot_is_started_anew(
    qtbot: QtBot, tmp_path: Path, people: Folders
) -> None:
    engine = CardEngine()
    opened = Opened(qtbot, tmp_path, people, engine)
    opened.choose_person("Bob")
    qtbot.waitUntil(lambda: len(engine.asked) == 2)
    opened.wait_for_live()
    assert [look.profile.title for _, look, _ in engine.asked] == ["Ann", "Bob"]
    opened.window.close()


def test_a_change_that_fails_is_told_and_all_goes_on(
    qtbot: QtBot, opened: Opened, engine: ChameleonEngine
) -> None:
    engine.last.refuse = ValueError("beach.png is not there any more; choose another picture.")
    opened.background.take_picture(Path("beach.png"))
    qtbot.waitUntil(lambda: "beach.png is not there" in opened.window.message)
    assert opened.window.transport.state is LiveState.PREVIEW


def test_the_live_picture_is_framed_by_hand_and_remembered(
    qtbot: QtBot, opened: Opened, engine: ChameleonEngine, people: Folders
) -> None:
    preview = opened.window.stage.preview
    QTest.keyClick(preview, Qt.Key.Key_Plus)  # not taken hold of yet
    assert len(engine.last.looks) == 1
    opened.press("Framing")
    QTest.keyClick(preview, Qt.Key.Key_Plus)
    framing = engine.last.looks[-1].profile.framing
    assert framing is not None
    assert framing.zoom == pytest.approx(2.2)
    for _ in range(6):
        QTest.keyClick(preview, Qt.Key.Key_Plus)
    close = engine.last.looks[-1].profile.framing
    assert close is not None
    before = close.x
    QTest.keyClick(preview, Qt.Key.Key_Right)
    opened.press("Mirror")
    QTest.keyClick(preview, Qt.Key.Key_Right)
    back = engine.last.looks[-1].profile.framing
    assert back is not None
    assert back.x == pytest.approx(before)  # in the mirror, right is left
    opened.press("Framing")
    assert people.profiles()[0][0].framing == back
    opened.press("Framing")
    QTest.keyClick(preview, Qt.Key.Key_0)
    assert engine.last.looks[-1].profile.framing is None


def test_a_snapshot_lies_in_the_folder_and_says_what_it_is(
    qtbot: QtBot, opened: Opened, tmp_path: Path
) -> None:
    qtbot.waitUntil(button(opened.window, "Snapshot").isEnabled)
    opened.press("Snapshot")
    qtbot.waitUntil(lambda: opened.window.message.startswith("Saved: "))
    (picture,) = (tmp_path / "films").glob("*.png")
    with Image.open(picture) as file:
        assert file.size == (1280, 720)
        assert file.info["Title"] == "AI-generated picture"


def test_size_and_rate_wait_for_the_next_start(qtbot: QtBot, opened: Opened) -> None:
    assert not box(opened.window, "Frame rate").isEnabled()
    assert opened.background.isEnabled()
    opened.press("Stop")
    qtbot.waitUntil(lambda: opened.window.on_air.broadcast is None)
    choose(opened.window, "Frame rate", "30 fps")
    opened.press("Start preview")
    opened.wait_for_live()
    assert opened.engine.asked[-1][2].fps == 30


def test_another_voice_takes_over_when_it_is_asked_to(
    qtbot: QtBot, opened: Opened, tmp_path: Path
) -> None:
    assert button(opened.window, "Switch to this voice").isVisible()
    assert opened.window.on_air.speaks
    soundfile.write(tmp_path / "long.wav", tone(20), 16_000)
    choose(opened.window, "Voice", "Audio file")
    write(opened.window, "File", str(tmp_path / "long.wav"))
    opened.press("Switch to this voice")
    qtbot.waitUntil(lambda: not opened.window.on_air.speaks)
    assert opened.window.transport.state is LiveState.PREVIEW


def test_nothing_is_changed_where_nothing_is_live(
    qtbot: QtBot, opened: Opened, engine: ChameleonEngine
) -> None:
    opened.press("Stop")
    qtbot.waitUntil(lambda: opened.window.on_air.broadcast is None)
    looks = len(engine.last.looks)
    opened.background.take_colour(QColor("#123456"))
    opened.choose_person("Bob")
    assert len(engine.last.looks) == looks
    assert opened.window.message == ""
