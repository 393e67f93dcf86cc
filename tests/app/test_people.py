"""People are chosen, made and removed."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QListWidget, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from app.people import People
from core.profile import Profile
from plugins.profiles import FILE, Folders


@pytest.fixture
def ann(store: Folders, photo: Path) -> Profile:
    return store.save(Profile("", "Ann", (photo,), "me"))


def shown(people: People) -> list[str]:
    found = people.findChild(QListWidget)
    assert isinstance(found, QListWidget)
    return [found.item(row).text() for row in range(found.count())]


def test_the_one_last_chosen_is_chosen_again(qtbot: QtBot, store: Folders, ann: Profile) -> None:
    bob = store.save(replace(ann, name="", title="Bob"))
    people = People([store])
    qtbot.addWidget(people)
    people.fill("bob")
    assert people.profile() == bob
    people.fill("somebody else")
    assert people.profile() == ann
    assert shown(people) == ["Ann", "Bob"]


def test_faces_are_loaded_one_after_the_other(qtbot: QtBot, store: Folders, ann: Profile) -> None:
    people = People([store])
    qtbot.addWidget(people)
    people.fill("")
    found = people.findChild(QListWidget)
    assert isinstance(found, QListWidget)
    qtbot.waitUntil(lambda: not found.item(0).icon().isNull())


def test_a_corrupt_profile_is_told(qtbot: QtBot, store: Folders, ann: Profile) -> None:
    (ann.references[0].parent / FILE).write_text("{")
    people = People([store])
    qtbot.addWidget(people)
    people.fill("")
    assert people.profile() is None
    assert "ann cannot be read" in people._bad.text()
    assert people._bad.isVisibleTo(people)


def test_without_anybody_nobody_is_chosen(qtbot: QtBot, store: Folders) -> None:
    people = People([store])
    qtbot.addWidget(people)
    people.fill("")
    assert people.profile() is None


def test_only_ones_own_can_be_removed(
    qtbot: QtBot, store: Folders, ann: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    yes = QMessageBox.StandardButton.Yes
    monkeypatch.setattr(QMessageBox, "question", lambda *args: yes)
    cast = Folders(store._root, writable=False)
    for stores, possible in (([cast], False), ([store], True)):
        people = People(list(stores))
        qtbot.addWidget(people)
        people.fill("")
        remove = next(b for b in people.findChildren(QPushButton) if "move" in b.text())
        assert remove.isEnabled() == possible
    remove.click()
    assert shown(people) == []
    assert store.profiles() == ([], [])
