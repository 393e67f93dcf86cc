"""What people change while live is changed without stopping, where it can be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.live.page import LivePage
from app.live.stage import Air
from app.outputs.page import Outputs
from app.outputs.sound_page import SoundPage
from app.people.list import People
from app.settings import Settings, load
from app.tabs import Parts
from app.window import Window
from core.profile import Profile
from plugins.profiles import Folders
from tests.fakes import CardEngine, ChameleonEngine


class Opened:
    """A window with Ann and Bob in it, live."""

    def __init__(self, qtbot: QtBot, folder: Path, people: Folders, engine: CardEngine) -> None:
        self.qtbot, self.engine = qtbot, engine
        settings = Settings(recordings=folder / "films")
        self.window = Window(
            settings,
            folder / "settings.json",
            Parts(lambda: People([people]), lambda: Outputs(SoundPage(list))),
            engine,
        )
        qtbot.addWidget(self.window)
        self.window.show()
        self.live.go.click()
        self.wait_for_live()

    @property
    def live(self) -> LivePage:
        return self.window._live

    @property
    def outputs(self) -> Outputs:
        return self.window._outputs

    def wait_for_live(self) -> None:
        self.qtbot.waitUntil(lambda: self.live.stage.air is Air.LIVE)


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
    opened.outputs.background.take_colour(QColor("#00ff00"))
    opened.live.people._list.setCurrentRow(1)
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
    opened.live.go.click()
    qtbot.waitUntil(lambda: opened.live.stage.air is Air.STOPPED)
    engine.expected.clear()
    for row in (0, 1, 0, 1):
        opened.live.people._list.setCurrentRow(row)
    qtbot.waitUntil(lambda: bool(engine.expected))
    assert engine.expected == ["Bob"]
    opened.window.close()


def test_an_engine_that_cannot_is_started_anew(
    qtbot: QtBot, tmp_path: Path, people: Folders
) -> None:
    engine = CardEngine()
    opened = Opened(qtbot, tmp_path, people, engine)
    opened.live.people._list.setCurrentRow(1)
    qtbot.waitUntil(lambda: len(engine.asked) == 2)
    opened.wait_for_live()
    assert [look.profile.title for _, look, _ in engine.asked] == ["Ann", "Bob"]
    opened.window.close()


def test_a_change_that_fails_is_told_and_all_goes_on(
    qtbot: QtBot, opened: Opened, engine: ChameleonEngine
) -> None:
    engine.last.refuse = ValueError("beach.png is not there any more; choose another picture.")
    opened.outputs.background.take_picture(Path("beach.png"))
    qtbot.waitUntil(lambda: "beach.png is not there" in opened.window.message)
    assert opened.live.stage.air is Air.LIVE


def test_the_live_picture_is_framed_by_hand_and_remembered(
    qtbot: QtBot, opened: Opened, engine: ChameleonEngine, people: Folders
) -> None:
    preview = opened.live.stage.preview
    QTest.keyClick(preview, Qt.Key.Key_Plus)  # not taken hold of yet
    assert len(engine.last.looks) == 1
    opened.live.frame.click()
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
    opened.live.stage.mirror.click()
    QTest.keyClick(preview, Qt.Key.Key_Right)
    back = engine.last.looks[-1].profile.framing
    assert back is not None
    assert back.x == pytest.approx(before)  # in the mirror, right is left
    opened.live.frame.click()
    assert people.profiles()[0][0].framing == back
    opened.live.frame.click()
    QTest.keyClick(preview, Qt.Key.Key_0)
    assert engine.last.looks[-1].profile.framing is None


def test_a_snapshot_lies_in_the_folder_and_says_what_it_is(
    qtbot: QtBot, opened: Opened, tmp_path: Path
) -> None:
    qtbot.waitUntil(opened.live.snapshot.isEnabled)
    opened.live.snapshot.click()
    qtbot.waitUntil(lambda: opened.window.message.startswith("Saved: "))
    (picture,) = (tmp_path / "films").glob("*.png")
    with Image.open(picture) as file:
        assert file.size == (1280, 720)
        assert file.info["Title"] == "AI-generated picture"


def test_size_and_rate_wait_for_the_next_start(qtbot: QtBot, opened: Opened) -> None:
    picture = opened.outputs.picture
    assert not picture._rate.isEnabled()
    assert opened.outputs.background.isEnabled()
    opened.live.go.click()
    qtbot.waitUntil(lambda: opened.window.studio.session is None)
    assert picture._rate.isEnabled()
    picture.set_size(720, "", 30)
    opened.live.go.click()
    opened.wait_for_live()
    assert opened.engine.asked[-1][2].fps == 30


def test_another_voice_takes_over_when_it_is_asked_to(qtbot: QtBot, opened: Opened) -> None:
    assert opened.live.use_voice.isVisible()
    assert opened.window.studio.speaks
    sound = opened.window._live.voice
    before = opened.window.studio._source
    assert before is not None
    first = before.current
    sound.choose("speech")
    opened.live.use_voice.click()
    qtbot.waitUntil(lambda: before.current is not first)
    assert opened.live.stage.air is Air.LIVE


def test_nothing_is_changed_where_nothing_is_live(
    qtbot: QtBot, opened: Opened, engine: ChameleonEngine
) -> None:
    opened.live.go.click()
    qtbot.waitUntil(lambda: opened.window.studio.session is None)
    looks = len(engine.last.looks)
    opened.outputs.background.take_colour(QColor("#123456"))
    opened.live.people._list.setCurrentRow(1)
    assert len(engine.last.looks) == looks
    assert opened.window.message == ""
