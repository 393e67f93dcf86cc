"""Loops of people idling are kept, drawn aside, and shown where somebody looks."""

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.people.face_list import FaceList
from app.people.list import People
from app.people.living import Loops
from core.engine.loop_process import FRAME_DURATION, FRAMES, idle_frames, write_webp
from core.engine.testcard import TestCard
from core.profile import Profile
from core.video import VideoFormat
from plugins.profiles import Folders
from tests.app.find import choose_person, part


class Drawing:
    """Draws grey loops, and nobody called Bob."""

    def __init__(self) -> None:
        self.drawn: list[str] = []
        self.threads: set[str] = set()
        self.closed = 0

    def draw(self, profile: Profile, path: Path, wanted: Callable[[], bool]) -> None:
        self.threads.add(threading.current_thread().name)
        self.drawn.append(profile.name)
        if profile.title == "Bob":
            raise RuntimeError("no face was found")
        shades = (0, 90, 180, 250)
        write_webp([np.full((20, 20, 3), shade, np.uint8) for shade in shades], path)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def ann(store: Folders, photo: Path) -> Profile:
    return store.save(Profile("", "Ann", (photo,), "me"))


@pytest.fixture
def drawing() -> Drawing:
    return Drawing()


@pytest.fixture
def loops(qtbot: QtBot, tmp_path: Path, drawing: Drawing) -> Iterator[Loops]:
    made = Loops(tmp_path / "faces", lambda: drawing)
    yield made
    made.close(30)
    assert not [t for t in threading.enumerate() if t.name == "loops"]


def test_a_loop_is_drawn_once_aside_and_found_again(
    qtbot: QtBot, loops: Loops, ann: Profile, drawing: Drawing
) -> None:
    assert loops.find(ann) is None
    for _ in range(2):
        with qtbot.waitSignal(loops.ready) as told:
            loops.ask(ann)
        assert told.args is not None
        assert told.args[0] == ann
    assert drawing.drawn == ["ann"]
    assert drawing.threads == {"loops"}
    assert loops.find(ann) == told.args[1]


def test_another_photo_is_another_loop(
    qtbot: QtBot, loops: Loops, ann: Profile, drawing: Drawing
) -> None:
    with qtbot.waitSignal(loops.ready):
        loops.ask(ann)
    photo = ann.references[0]
    photo.write_bytes(photo.read_bytes() + b"changed")
    assert loops.find(ann) is None
    assert loops.find(replace(ann, references=(Path("gone.png"),))) is None


def test_a_loop_goes_with_the_person_it_shows(
    qtbot: QtBot, loops: Loops, ann: Profile, store: Folders, tmp_path: Path
) -> None:
    with qtbot.waitSignal(loops.ready):
        loops.ask(ann)
    assert loops.find(ann)
    store.remove(ann.name)
    assert not list(tmp_path.rglob("*.webp"))


def test_for_a_person_who_is_gone_nothing_is_written(
    qtbot: QtBot, loops: Loops, ann: Profile, store: Folders, drawing: Drawing
) -> None:
    with qtbot.waitSignal(loops.ready) as told:
        loops.ask(ann)
    assert told.args
    path = told.args[1]
    store.remove(ann.name)
    with pytest.raises(OSError, match="No such file"):
        drawing.draw(ann, path, lambda: True)
    assert not path.parent.exists()


def test_who_cannot_be_drawn_is_not_tried_again(
    qtbot: QtBot, loops: Loops, store: Folders, ann: Profile, drawing: Drawing
) -> None:
    bob = store.save(replace(ann, name="", title="Bob"))
    loops.ask(bob)
    qtbot.waitUntil(lambda: drawing.drawn == ["bob"])
    loops.ask(bob)
    with qtbot.waitSignal(loops.ready):
        loops.ask(ann)
    assert drawing.drawn == ["bob", "ann"]


def test_the_process_ends_with_the_list(loops: Loops, ann: Profile, drawing: Drawing) -> None:
    loops.ask(ann)
    loops.close(30)
    assert drawing.closed == 1
    loops.ask(ann)
    assert drawing.closed == 1


def test_closing_ends_what_is_being_drawn(
    qtbot: QtBot, ann: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = tmp_path / "begun"
    program = f"import pathlib, time; pathlib.Path({str(begun)!r}).touch(); time.sleep(600)"
    monkeypatch.setattr("app.people.living.command", lambda _: [sys.executable, "-c", program])
    loops = Loops(tmp_path / "faces")
    loops.ask(ann)
    qtbot.waitUntil(begun.exists)
    loops.close(30)
    assert not [t for t in threading.enumerate() if t.name == "loops"]
    assert not list(tmp_path.rglob("*.webp"))


def test_who_is_chosen_begins_to_move_and_stops_when_another_is(
    qtbot: QtBot, loops: Loops, store: Folders, ann: Profile
) -> None:
    bea = store.save(replace(ann, name="", title="Bea"))
    for profile in (ann, bea):
        with qtbot.waitSignal(loops.ready):
            loops.ask(profile)
    people = People([store], loops)
    qtbot.addWidget(people)
    people.fill("ann")
    assert people.moving == "ann"
    choose_person(people, "Bea")
    assert people.moving == "bea"
    shown = part(people, FaceList)
    shown.itemEntered.emit(shown.item(0))
    assert people.moving == "ann"
    shown.left.emit()
    assert people.moving == "bea"
    people.fill("")
    people.end(5)
    assert people.moving == ""


def test_who_leaves_the_list_while_moving_is_left_alone(
    qtbot: QtBot, loops: Loops, store: Folders, ann: Profile
) -> None:
    bea = store.save(replace(ann, name="", title="Bea"))
    for profile in (ann, bea):
        with qtbot.waitSignal(loops.ready):
            loops.ask(profile)
    people = People([store], loops)
    qtbot.addWidget(people)
    people.fill("bea")
    for name in ("ann", "bea", "ann"):
        for profile in (ann, bea):  # as when somebody was pointed at twice while it was drawn
            loops.ready.emit(profile, loops.find(profile))
        people.fill(name)
        shown = part(people, FaceList)
        still = shown.currentItem().icon().cacheKey()
        qtbot.waitUntil(
            lambda still=still, shown=shown: shown.currentItem().icon().cacheKey() != still  # type: ignore[misc]
        )
        assert people.moving == name
    people.end(5)


def test_while_live_nothing_is_drawn(
    qtbot: QtBot, loops: Loops, store: Folders, ann: Profile, drawing: Drawing
) -> None:
    people = People([store], loops, calm=0)
    qtbot.addWidget(people)
    people.show()
    people.go_live(True)
    people.fill("ann")
    qtbot.wait(150)
    assert drawing.drawn == []
    people.go_live(False)
    shown = part(people, FaceList)
    shown.itemEntered.emit(shown.item(0))
    qtbot.waitUntil(lambda: people.moving == "ann")
    people.end(5)


def test_for_a_list_that_nobody_sees_nothing_is_drawn(
    qtbot: QtBot, loops: Loops, store: Folders, ann: Profile, drawing: Drawing
) -> None:
    people = People([store], loops, calm=0)
    qtbot.addWidget(people)
    people.fill("ann")
    qtbot.wait(50)
    assert drawing.drawn == []
    people.end(5)


def test_a_loop_is_silence_seen_now_and_then(tmp_path: Path) -> None:
    pictures = list(idle_frames(TestCard(VideoFormat(16, 16))))
    assert len(pictures) == FRAMES
    shades = [np.full((8, 8, 3), 60 * i, np.uint8) for i in range(4)]
    write_webp(shades, tmp_path / "loop.webp")
    from PIL import Image

    with Image.open(tmp_path / "loop.webp") as film:
        assert getattr(film, "n_frames", 0) == 6  # there, and back without the ends
        film.seek(1)
        film.load()
        assert film.info["duration"] == FRAME_DURATION
