"""While a stranger's file is read the window lives on, and whoever gives up has changed nothing."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.people.profile_import import ProfileImport
from core.portrait.judge_client import JudgeProcess
from core.portrait.profile_file import Unpacked, packed
from core.process.child import ChildLost
from core.process.respawning_child import OrderFailed
from core.profile import Profile
from plugins.profiles import Folders
from tests.core.portrait.test_decoding_cost import png_that_says


class Hung:
    """Unpacks nothing until nobody wants it."""

    def __init__(self) -> None:
        self.asked, self.closed = Event(), Event()

    def unpack(self, path: Path, folder: Path, wanted: Callable[[], bool]) -> Unpacked:
        self.asked.set()
        while wanted():
            self.closed.wait(0.01)
        raise ChildLost("nobody waits")

    def close(self) -> None:
        self.closed.set()


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def bomb(store: Folders, photo: Path, tmp_path: Path) -> Path:
    """A person's file whose picture is a few bytes that would become 400 MB."""
    ann = store.save(Profile("", "Ann", (photo,), "me"))
    png_that_says(ann.references[0], 12_000, 6)
    file = tmp_path / "bomb.understudy"
    file.write_bytes(packed(ann, Path.read_bytes))
    store.remove(ann.name)
    return file


def test_a_bomb_is_told_by_the_process_and_nobody_is_added(
    qtbot: QtBot, parent: QWidget, store: Folders, photo: Path, tmp_path: Path
) -> None:
    told: list[Profile | Exception] = []
    file = bomb(store, photo, tmp_path)
    assert file.stat().st_size < 5_000
    ProfileImport(file, store, JudgeProcess, told.append, parent).start()
    assert told == []  # the window has not waited
    qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], OrderFailed)
    assert "too much memory" in str(told[0])
    assert store.profiles() == ([], [])


def test_whoever_gives_up_hears_nothing_and_has_changed_nothing(
    qtbot: QtBot, parent: QWidget, store: Folders, tmp_path: Path
) -> None:
    told: list[Profile | Exception] = []
    hung = Hung()
    reading = ProfileImport(tmp_path / "a.understudy", store, lambda: hung, told.append, parent)
    reading.start()
    qtbot.waitUntil(hung.asked.is_set)
    with qtbot.waitSignal(reading.destroyed):
        reading.cancel()
    assert hung.closed.is_set()
    assert told == []
    assert store.profiles() == ([], [])


def test_what_is_unpacked_elsewhere_comes_back_whole(
    store: Folders, photo: Path, tmp_path: Path
) -> None:
    ann = store.save(Profile("", "Ann", (photo, photo), "me"))
    file = tmp_path / "ann.understudy"
    file.write_bytes(packed(ann))
    with closing(JudgeProcess()) as process:
        found = process.unpack(file, tmp_path, lambda: True)
    assert (found.about.title, found.about.consent) == ("Ann", "me")
    assert [path.read_bytes() for path in found.pictures] == [photo.read_bytes()] * 2
