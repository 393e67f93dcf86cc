"""How people are framed is remembered, in the profile where it can be."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.people.kept_framings import KeptFramings
from app.people.list import People
from core.profile import Framing, Profile
from plugins.profiles import Folders

CLOSE = Framing(0.4, 0.6, 2.0)


@pytest.fixture
def ann(store: Folders, photo: Path) -> Profile:
    return store.save(Profile("", "Ann", (photo,), "me"))


def opened(qtbot: QtBot, *stores: Folders) -> People:
    people = People(list(stores))
    qtbot.addWidget(people)
    people.fill("")
    return people


def test_it_is_shown_at_once_and_written_a_moment_later(
    qtbot: QtBot, store: Folders, ann: Profile
) -> None:
    people = opened(qtbot, store)
    with qtbot.waitSignal(people.chosen):
        people.frame(CLOSE)
    assert people.profile() == replace(ann, framing=CLOSE)
    assert store.profiles()[0] == [ann]
    qtbot.waitUntil(lambda: store.profiles()[0] == [replace(ann, framing=CLOSE)])
    assert people.profile() == replace(ann, framing=CLOSE)
    people.frame(None)
    people.end(1)
    assert store.profiles()[0] == [ann]


def test_what_cannot_be_written_is_kept_elsewhere(
    qtbot: QtBot, store: Folders, cast: Folders, ann: Profile
) -> None:
    people = opened(qtbot, cast)
    people.frame(CLOSE)
    people.write_framings()
    assert store.profiles()[0] == [ann]
    assert people.framings == (("ann", CLOSE),)
    again = opened(qtbot, cast)
    again.take_framings(people.framings)
    assert again.profile() == replace(ann, framing=CLOSE)
    again.frame(None)
    assert again.framings == ()


def test_a_store_that_cannot_be_written_is_told(
    qtbot: QtBot, store: Folders, ann: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda *args: told.append(args[2]))
    people = opened(qtbot, store)
    people.frame(CLOSE)
    (ann.references[0].parent / "profile.json").unlink()
    people.write_framings()
    assert "profile.json" in told[0]


def test_a_framing_taken_back_from_a_framed_person_stays_taken_back(ann: Profile) -> None:
    framed, kept = replace(ann, framing=CLOSE), KeptFramings()
    kept.put(framed, None, None)
    assert kept.framed(framed) == ann
