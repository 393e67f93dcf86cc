"""People are chosen, made and removed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from app.people.face_list import NAME, FaceList
from app.people.list import People
from app.people.profile_dialog import ProfileDialog
from core.profile import Profile, findings_beside
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
    found = part(people, FaceList)
    qtbot.waitUntil(lambda: not found.item(0).icon().isNull())


def test_pictures_stay_when_the_list_is_made_anew_unless_the_photo_is_another(
    qtbot: QtBot, store: Folders, ann: Profile
) -> None:
    people = People([store])
    qtbot.addWidget(people)
    people.fill("")
    found = part(people, FaceList)
    qtbot.waitUntil(lambda: not found.item(0).icon().isNull())
    store.save(replace(ann, name="", title="Bob"))
    told: list[bool] = []
    people.faces_loaded.connect(lambda: told.append(True))
    people.fill("")
    pictures = [item.icon().isNull() for item in found.people()]
    assert pictures == [False, True]
    assert not people.face().isNull()
    assert told
    Image.new("RGB", (64, 64), "red").save(ann.references[0])
    people.fill("")
    assert found.item(0).icon().isNull()
    people.end(5)


def test_a_name_is_written_in_a_field_that_is_wider_than_a_face(
    qtbot: QtBot, store: Folders, ann: Profile
) -> None:
    people = People([store])
    qtbot.addWidget(people)
    people.resize(340, 400)
    people.fill("")
    people.show()
    people.edit_title()
    editor = part(part(people, FaceList), QLineEdit)
    assert editor.width() >= NAME
    people.end(5)


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


def test_only_ones_own_can_be_changed_and_of_others_a_copy(
    qtbot: QtBot, store: Folders, cast: Folders, ann: Profile
) -> None:
    for stores, possible, title in ((cast, False, "Edit a copy"), (store, True, "Edit")):
        people = opened(qtbot, stores)
        for way in (people.menu.rename, people.menu.remove):
            assert way.isEnabled() == possible
        assert button(people, title).isEnabled() == possible  # a copy needs a place to go
        assert people.menu.duplicate.isEnabled()
        assert people.menu.export.isEnabled()


def test_a_copy_of_an_example_can_be_edited_and_nothing_is_left_of_one_that_is_not_saved(
    qtbot: QtBot, cast: Folders, ann: Profile, tmp_path: Path
) -> None:
    own = Folders(tmp_path / "own")
    people, seen = opened(qtbot, cast, own), list[str]()

    def look() -> None:
        dialog = people.findChild(ProfileDialog)
        assert dialog is not None
        seen.append(part(dialog, QLineEdit, "Name").text())
        dialog.reject()

    QTimer.singleShot(0, people, look)
    button(people, "Edit a copy").click()
    assert seen == ["Ann (copy)"]
    assert own.profiles() == ([], [])


def test_ones_own_come_first_and_are_told_apart(
    qtbot: QtBot, cast: Folders, ann: Profile, photo: Path, tmp_path: Path
) -> None:
    own = Folders(tmp_path / "own")
    own.save(Profile("", "Zoe", (photo,), "me"))
    people = opened(qtbot, cast, own)
    shown = part(people, FaceList)
    listed = [shown.item(row).text() for row in range(shown.count())]
    assert listed == ["Yours", "Zoe", "Examples", "Ann"]
    assert names_in(people) == ["Zoe", "Ann"]


def test_a_name_is_written_anew_in_its_place(qtbot: QtBot, store: Folders, ann: Profile) -> None:
    people = opened(qtbot, store)
    shown = part(people, FaceList)
    people.show()
    for title, after in (("Anna", "Anna"), ("  ", "Anna")):
        people.menu.rename.trigger()
        line = shown.findChild(QLineEdit)
        assert line is not None
        line.setText(title)
        QTest.keyClick(line, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda after=after: names_in(people) == [after])  # type: ignore[misc]
    profile = people.profile()
    assert profile is not None
    assert profile.title == "Anna"


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


KINDS = {"": "JPEG", ".jfif": "JPEG", ".jp2": "JPEG2000", ".ppm": "PPM", ".tga": "TGA"}
"""Suffixes of photos that are read by content, whatever they are called."""


@pytest.mark.parametrize("suffix", [*KINDS, ".my photo", ".png"])
def test_whoever_can_be_added_comes_back_and_travels(
    qtbot: QtBot, store: Folders, tmp_path: Path, suffix: str
) -> None:
    photo = tmp_path / f"photo{suffix}"
    Image.new("RGB", (80, 80), "red").save(photo, KINDS.get(suffix, "JPEG"))
    store.save(Profile("", "Ann", (photo,), "me " * 30_000))
    people = opened(qtbot, store)
    people.menu.export_to(tmp_path / "ann.understudy")
    people.menu.remove.trigger()
    people.menu.undo.linkActivated.emit("undo")
    people.menu.import_from(tmp_path / "ann.understudy")
    qtbot.waitUntil(lambda: names_in(people) == ["Ann", "Ann"])


def test_a_photo_of_more_than_64_mb_comes_back(
    qtbot: QtBot, store: Folders, tmp_path: Path
) -> None:
    photo = tmp_path / "scan.bmp"
    Image.new("RGB", (4800, 4800)).save(photo)
    assert photo.stat().st_size > 64 * 1024 * 1024
    store.save(Profile("", "Ann", (photo,), "me"), {photo: b"findings"})
    people = opened(qtbot, store)
    people.menu.remove.trigger()
    people.menu.undo.linkActivated.emit("undo")
    assert names_in(people) == ["Ann"]


def test_an_undo_that_fails_can_be_tried_again(
    qtbot: QtBot, store: Folders, ann: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda *args: told.append(args[2]))
    people = opened(qtbot, store)
    people.menu.remove.trigger()
    with monkeypatch.context() as full:
        full.setattr(store, "save", fail_with(OSError(28, "No space left on device", "here")))
        people.menu.undo.linkActivated.emit("undo")
    assert names_in(people) == []
    assert "No space left" in told[0]
    people.menu.undo.linkActivated.emit("undo")
    assert names_in(people) == ["Ann"]


def test_a_removal_that_fails_leaves_the_undo_before_it(
    qtbot: QtBot, store: Folders, ann: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QMessageBox, "warning", lambda *_: None)
    store.save(replace(ann, name="", title="Bob"))
    people = opened(qtbot, store)
    people.menu.remove.trigger()
    with monkeypatch.context() as locked:
        locked.setattr(store, "remove", fail_with(PermissionError(13, "Permission denied", "bob")))
        people.menu.remove.trigger()
    people.menu.undo.linkActivated.emit("undo")
    assert names_in(people) == ["Ann", "Bob"]


def test_undo_takes_nobody_elses_place(qtbot: QtBot, store: Folders, ann: Profile) -> None:
    people = opened(qtbot, store)
    photo = ann.references[0].read_bytes()
    people.menu.remove.trigger()
    (store_photo := Path(store._root.parent, "new.png")).write_bytes(photo)
    store.save(Profile("", "Ann", (store_photo,), "another Ann"))
    people.menu.undo.linkActivated.emit("undo")
    assert {p.consent for p in store.profiles()[0]} == {"me", "another Ann"}


def test_an_export_that_breaks_off_leaves_the_one_before(
    qtbot: QtBot, store: Folders, ann: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QMessageBox, "warning", lambda *_: None)
    people = opened(qtbot, store)
    file = tmp_path / "ann.understudy"
    file.write_bytes(b"the one before")
    monkeypatch.setattr(Path, "write_bytes", fail_with(OSError(28, "No space left", "x")))
    people.menu.export_to(file)
    assert file.read_bytes() == b"the one before"
    assert [f.name for f in tmp_path.glob("*.part")] == []


def fail_with(error: Exception) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_a_copy_keeps_what_was_found(qtbot: QtBot, store: Folders, ann: Profile) -> None:
    findings_beside(ann.references[0]).write_bytes(b"478 points")
    people = opened(qtbot, store)
    people.menu.duplicate.trigger()
    copy = people.profile()
    assert copy is not None
    assert copy.title == "Ann (copy)"
    assert findings_beside(copy.references[0]).read_bytes() == b"478 points"


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
    assert names_in(people) == ["Ann (copy)", "Ann"]
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
    qtbot.waitUntil(lambda: names_in(people) == ["Ann", "Ann"])
    file.write_bytes(file.read_bytes()[:-30])
    people.menu.import_from(file)
    qtbot.waitUntil(lambda: len(told) == 1)
    people.menu.import_from(tmp_path / "none")
    qtbot.waitUntil(lambda: len(told) == 2)
    assert "This file is damaged" in told[0]
    assert names_in(people) == ["Ann", "Ann"]
