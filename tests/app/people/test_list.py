"""People are chosen, made and removed."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QListWidget, QMessageBox
from pytestqt.qtbot import QtBot

from app.people.list import People
from core.profile import Profile
from plugins.profiles import FILE, Folders
from tests.app.find import button, part, words
from tests.app.find import people as names_in


@pytest.fixture
def ann(store: Folders, photo: Path) -> Profile:
    return store.save(Profile("", "Ann", (photo,), "me"))


def test_the_one_last_chosen_is_chosen_again(qtbot: QtBot, store: Folders, ann: Profile) -> None:
    bob = store.save(replace(ann, name="", title="Bob"))
    people = People([store])
    qtbot.addWidget(people)
    people.fill("bob")
    assert people.profile() == bob
    people.fill("somebody else")
    assert people.profile() == ann
    assert names_in(people) == ["Ann", "Bob"]


def test_faces_are_loaded_one_after_the_other(qtbot: QtBot, store: Folders, ann: Profile) -> None:
    people = People([store])
    qtbot.addWidget(people)
    people.fill("")
    found = part(people, QListWidget)
    qtbot.waitUntil(lambda: not found.item(0).icon().isNull())


def test_a_corrupt_profile_is_told(qtbot: QtBot, store: Folders, ann: Profile) -> None:
    (ann.references[0].parent / FILE).write_text("{")
    people = People([store])
    qtbot.addWidget(people)
    people.fill("")
    assert people.profile() is None
    assert "ann cannot be read" in words(people)


def test_without_anybody_nobody_is_chosen(qtbot: QtBot, store: Folders) -> None:
    people = People([store])
    qtbot.addWidget(people)
    people.fill("")
    assert people.profile() is None


def opened(qtbot: QtBot, *stores: Folders) -> People:
    people = People(list(stores))
    qtbot.addWidget(people)
    people.fill("")
    return people


def test_only_ones_own_can_be_changed(
    qtbot: QtBot, store: Folders, cast: Folders, ann: Profile
) -> None:
    for stores, possible in ((cast, False), (store, True)):
        people = opened(qtbot, stores)
        for way in (button(people, "Edit"), people.menu.rename, people.menu.remove):
            assert way.isEnabled() == possible
        assert people.menu.duplicate.isEnabled()
        assert people.menu.export.isEnabled()


def test_what_was_removed_can_be_brought_back(qtbot: QtBot, store: Folders, ann: Profile) -> None:
    before = ann.references[0].read_bytes()
    people = opened(qtbot, store)
    people.menu.remove.trigger()
    assert names_in(people) == []
    assert "Ann was removed" in people.menu.undoable
    people.menu.undo.linkActivated.emit("undo")
    assert people.profile() == ann
    assert ann.references[0].read_bytes() == before
    assert people.menu.undoable == ""


def test_a_new_title_keeps_the_rest(qtbot: QtBot, store: Folders, ann: Profile) -> None:
    people = opened(qtbot, store)
    people.menu.give_title("Anna")
    assert people.profile() == replace(ann, title="Anna")
    assert names_in(people) == ["Anna"]


def test_one_of_the_cast_is_copied_into_ones_own(
    qtbot: QtBot, cast: Folders, ann: Profile, tmp_path: Path
) -> None:
    people = opened(qtbot, cast, Folders(tmp_path / "own"))
    people.menu.duplicate.trigger()
    assert names_in(people) == ["Ann", "Ann (copy)"]
    chosen = people.profile()
    assert chosen is not None
    assert (chosen.title, chosen.consent) == ("Ann (copy)", "me")
    assert button(people, "Edit").isEnabled()


def test_a_person_travels_in_a_file_and_a_bad_one_is_told(
    qtbot: QtBot, store: Folders, ann: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda *args: told.append(args[2]))
    people = opened(qtbot, store)
    file = tmp_path / "ann.understudy"
    people.menu.export_to(file)
    people.menu.import_from(file)
    assert names_in(people) == ["Ann", "Ann"]
    file.write_bytes(file.read_bytes()[:-30])
    people.menu.import_from(file)
    people.menu.import_from(tmp_path / "none")
    assert "This file is damaged" in told[0]
    assert len(told) == 2
    assert names_in(people) == ["Ann", "Ann"]
