"""A profile is made only of photos that will do, with somebody's consent."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.people.profile_dialog import ProfileDialog
from core.audio import PacedSource, Samples
from core.clock import WallClock
from core.engine.testcard import TestCard
from core.live.session import Session, Status
from core.portrait.judge import Verdict
from core.profile import Framing, Profile
from core.video import Picture, VideoFormat
from plugins.profiles import Folders
from tests.fakes import Sink

GREY: Picture = np.full((60, 40, 3), 90, np.uint8)


class Finder:
    """Judges by the file's name, once it is let."""

    def __init__(self) -> None:
        self.go_on = Event()
        self.go_on.set()

    def open(self) -> "Finder":
        return self

    def close(self) -> None:
        pass

    def __call__(self, path: Path) -> Verdict:
        self.go_on.wait(60)
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
    dialog._consent.words.setPlainText("It is me.")
    dialog._consent.promise.setChecked(True)
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
    dialog._consent.promise.setChecked(False)
    assert not save.isEnabled()
    dialog._consent.promise.setChecked(True)
    dialog._consent.words.setPlainText("  ")
    assert not save.isEnabled()


def test_until_the_face_is_found_the_window_lives_and_nothing_can_be_saved(
    qtbot: QtBot, dialog: ProfileDialog, finder: Finder, photo: Path
) -> None:
    finder.go_on.clear()
    dialog.choose((photo,))
    dialog._consent.words.setPlainText("It is me.")
    dialog._consent.promise.setChecked(True)
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
    def broken() -> Finder:
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


def test_what_is_dragged_is_saved_and_can_be_reset(
    qtbot: QtBot, dialog: ProfileDialog, photo: Path
) -> None:
    save = fill(qtbot, dialog, photo)
    assert not dialog._reset.isEnabled()
    dialog._view.zoom_by(2.0)
    assert dialog._reset.isEnabled()
    dialog._reset.click()
    assert dialog._view.framing is None
    dialog._view.zoom_by(1.5)
    framing = dialog._view.framing
    save.click()
    assert dialog.saved is not None
    assert dialog.saved.framing == framing is not None


def test_a_photo_can_be_pasted_and_taken_away(
    qtbot: QtBot, dialog: ProfileDialog, photo: Path
) -> None:
    image = QImage(80, 90, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.gray)
    data = QMimeData()
    data.setImageData(image)
    dialog._photos.take(data)
    assert [card.path.name for card in dialog.cards] == ["photo 1.png"]
    assert dialog.cards[0].path.is_file()
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(photo))] * 4)
    dialog._photos.take(files)
    assert len(dialog.cards) == 3
    dialog.cards[0].removed.emit(dialog.cards[0])
    assert [card.path for card in dialog.cards] == [photo, photo]
    dialog._photos.take(QMimeData())
    assert len(dialog.cards) == 2


def test_pasted_photos_go_with_the_dialog(qtbot: QtBot, dialog: ProfileDialog) -> None:
    folder = Path(dialog._photos._folder.name)
    assert folder.is_dir()
    dialog.reject()
    assert not folder.exists()


@pytest.mark.parametrize(("number", "words"), [(0, "I am shown"), (1, ""), (2, "Nobody real")])
def test_words_are_suggested_but_ones_own_stay(
    dialog: ProfileDialog, number: int, words: str
) -> None:
    consent = dialog._consent
    consent._kinds[number][0].click()
    assert consent.text.startswith(words)
    assert bool(consent.text) == bool(words)
    consent.words.setPlainText("It is my brother; he said yes.")
    for button, _ in consent._kinds:
        button.click()
    assert consent.text == "It is my brother; he said yes."
    assert not consent.given
    consent.promise.setChecked(True)
    assert consent.given


class Stage:
    """Lets test cards speak a few moments of noise."""

    def __init__(self) -> None:
        self.seen: list[Profile] = []
        self.busy = False

    def __call__(self, profile: Profile, on_status: Callable[[Status], None]) -> Session | None:
        if self.busy:
            return None
        self.seen.append(profile)
        clock, left = WallClock(), [8_000]

        def pull(count: int) -> Samples:
            left[0] -= count
            return np.full(count if left[0] > 0 else 0, 0.3, np.float32)

        return Session(
            lambda: PacedSource(pull, clock),
            lambda: TestCard(VideoFormat(64, 36)),
            lambda _: Sink(),
            on_status,
            clock=clock,
        )


def test_somebody_speaks_before_being_saved(
    qtbot: QtBot, store: Folders, finder: Finder, photo: Path
) -> None:
    stage = Stage()
    dialog = ProfileDialog(store, judge=finder.open, rehearse=stage)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog._speak.isEnabled()
    dialog.choose((photo,))
    qtbot.waitUntil(dialog._speak.isEnabled)
    dialog._view.zoom_by(2.0)
    dialog._speak.click()
    qtbot.waitUntil(lambda: dialog._film._image is not None)
    assert dialog._stack.currentWidget() is dialog._film
    qtbot.waitUntil(lambda: dialog._stack.currentWidget() is dialog._view)
    assert stage.seen[0].framing == dialog._view.framing
    assert store.profiles() == ([], [])
    dialog._speak.click()
    dialog.reject()  # in the middle of it
    assert dialog._trial is not None
    assert not dialog._trial.running


def test_while_somebody_is_live_nobody_else_speaks(
    qtbot: QtBot, store: Folders, finder: Finder, photo: Path
) -> None:
    stage = Stage()
    stage.busy = True
    dialog = ProfileDialog(store, judge=finder.open, rehearse=stage)
    qtbot.addWidget(dialog)
    dialog.choose((photo,))
    qtbot.waitUntil(dialog._speak.isEnabled)
    dialog._speak.click()
    assert "Stop what is live first" in dialog._error.text()
    dialog.reject()


def test_what_is_still_needed_is_said_until_it_is_there(
    qtbot: QtBot, dialog: ProfileDialog, finder: Finder, photo: Path
) -> None:
    needed = "Still needed: a photo, a name, who is shown, and that they agreed"
    assert dialog._needed.text() == needed
    finder.go_on.clear()
    dialog.choose((photo,))
    assert "a moment to look for the face" in dialog._needed.text()
    finder.go_on.set()
    fill(qtbot, dialog, photo)
    assert dialog._needed.text() == ""
    fill(qtbot, dialog, photo.with_name("empty.png"))
    assert dialog._needed.text() == "Still needed: photos that can be used, and no others"


def test_the_keyboard_goes_from_the_photos_to_saving(
    qtbot: QtBot, dialog: ProfileDialog, photo: Path
) -> None:
    fill(qtbot, dialog, photo, photo)
    dialog.show()
    assert dialog._photos.focusProxy() is dialog.focusWidget()
    first, second = dialog.cards
    wanted = [first.away, second.away, dialog._title, dialog._consent.words]
    way = list[QWidget | None]()
    for _ in range(12):
        QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Tab)
        way.append(dialog.focusWidget())
    assert [part for part in way if part in wanted] == wanted
    save = dialog._buttons.button(QDialogButtonBox.StandardButton.Save)
    assert way.index(save) > way.index(dialog._consent.promise)


def test_the_frame_says_why_it_is_empty(
    qtbot: QtBot, dialog: ProfileDialog, finder: Finder, photo: Path
) -> None:
    assert dialog._view._words == "Drop a photo here"
    finder.go_on.clear()
    dialog.choose((photo,))
    assert dialog._view._words == "Looking for the face…"
    finder.go_on.set()
    fill(qtbot, dialog, photo.with_name("empty.png"))
    assert dialog._view._words.startswith("This photo cannot be used")
