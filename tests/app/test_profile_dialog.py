"""A profile is made only of photos that will do, with somebody's consent."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PySide6.QtWidgets import QDialogButtonBox, QPushButton
from pytestqt.qtbot import QtBot

from app.photo_check import Judge, Verdict
from app.profile_dialog import ProfileDialog
from core.profile import Framing, Profile
from core.video import Picture
from plugins.profiles import Folders

GREY: Picture = np.full((60, 40, 3), 90, np.uint8)


class Finder:
    """Judges by the file's name, once it is let."""

    def __init__(self) -> None:
        self.go_on = Event()
        self.go_on.set()

    def open(self) -> Judge:
        return self.judge

    def judge(self, path: Path) -> Verdict:
        self.go_on.wait(5)
        if "empty" in path.name:
            return Verdict(path, GREY, problem="no face was found in this picture.")
        return Verdict(path, GREY, (0.2, 0.2, 0.8, 0.8), "", ("It is too dark.",))


@pytest.fixture
def finder() -> Finder:
    return Finder()


@pytest.fixture
def dialog(qtbot: QtBot, store: Folders, finder: Finder) -> Iterator[ProfileDialog]:
    made = ProfileDialog(store, judge=finder.open)
    qtbot.addWidget(made)
    yield made
    made.reject()


def fill(qtbot: QtBot, dialog: ProfileDialog, *photos: Path) -> QPushButton:
    dialog.choose(photos)
    dialog._consent.setPlainText("It is me.")
    dialog._promise.setChecked(True)
    qtbot.waitUntil(lambda: all(card.verdict for card in dialog.cards))
    return dialog._buttons.button(QDialogButtonBox.StandardButton.Save)


def test_a_photo_and_a_consent_make_a_profile(
    qtbot: QtBot, dialog: ProfileDialog, store: Folders, photo: Path
) -> None:
    fill(qtbot, dialog, photo).click()
    assert dialog.saved is not None
    assert dialog.saved.title == "face"
    assert store.profiles()[0] == [dialog.saved]


def test_without_consent_it_cannot_be_saved(
    qtbot: QtBot, dialog: ProfileDialog, photo: Path
) -> None:
    save = fill(qtbot, dialog, photo)
    assert save.isEnabled()
    dialog._promise.setChecked(False)
    assert not save.isEnabled()
    dialog._promise.setChecked(True)
    dialog._consent.setPlainText("  ")
    assert not save.isEnabled()


def test_until_the_face_is_found_the_window_lives_and_nothing_can_be_saved(
    qtbot: QtBot, dialog: ProfileDialog, finder: Finder, photo: Path
) -> None:
    finder.go_on.clear()
    dialog.choose((photo,))
    dialog._consent.setPlainText("It is me.")
    dialog._promise.setChecked(True)
    assert "Looking for the face" in dialog.cards[0].text
    save = dialog._buttons.button(QDialogButtonBox.StandardButton.Save)
    assert not save.isEnabled()
    finder.go_on.set()
    qtbot.waitUntil(save.isEnabled)
    assert "It is too dark." in dialog.cards[0].text
    assert not dialog.cards[0]._picture.pixmap().isNull()


def test_one_photo_that_will_not_do_keeps_it_from_being_saved(
    qtbot: QtBot, dialog: ProfileDialog, photo: Path
) -> None:
    empty = photo.with_name("empty.png")
    save = fill(qtbot, dialog, photo, empty)
    assert not save.isEnabled()
    assert "Cannot be used. No face was found" in dialog.cards[1].text
    dialog.choose((photo,))
    qtbot.waitUntil(save.isEnabled)


def test_a_finder_that_cannot_be_opened_is_told(qtbot: QtBot, store: Folders, photo: Path) -> None:
    def broken() -> Judge:
        raise ValueError("the weights are damaged")

    dialog = ProfileDialog(store, judge=broken)
    qtbot.addWidget(dialog)
    assert not fill(qtbot, dialog, photo).isEnabled()
    assert "The weights are damaged" in dialog.cards[0].text
    dialog.reject()


def test_editing_keeps_what_is_not_touched(
    qtbot: QtBot, store: Folders, finder: Finder, photo: Path
) -> None:
    old = store.save(Profile("", "Ann", (photo,), "me", Framing(0.4)))
    dialog = ProfileDialog(store, None, old, finder.open)
    qtbot.addWidget(dialog)
    dialog._title.setText("Anna")
    save = dialog._buttons.button(QDialogButtonBox.StandardButton.Save)
    qtbot.waitUntil(save.isEnabled)
    save.click()
    assert store.profiles()[0] == [replace(old, title="Anna")]
