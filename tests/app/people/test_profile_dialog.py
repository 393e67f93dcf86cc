"""A profile is made only of photos that will do, with somebody's consent."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.parts.preview import Preview
from app.people.consent import Consent
from app.people.framing_view import FramingView
from app.people.photos import Photos
from app.people.profile_dialog import ProfileDialog
from core.audio import PacedSource, Samples
from core.clock import WallClock
from core.engine.testcard import TestCard
from core.live.session import Session, Status
from core.portrait.judge import PhotoVerdict
from core.portrait.same_person import PROPORTIONS
from core.profile import Framing, Profile
from core.video import Picture, VideoFormat
from plugins.profiles import Folders
from tests.app.find import button, label, part, press, words, write
from tests.fakes import Sink

PROMISE = "I have this person's permission."

ANNS, OTHERS = (0.0,) * len(PROPORTIONS), (1.0,) + (-0.1,) * (len(PROPORTIONS) - 1)

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

    def __call__(self, path: Path) -> PhotoVerdict:
        self.go_on.wait(60)
        if "empty" in path.name:
            return PhotoVerdict(path, GREY, problem="no face was found in this picture.")
        face = OTHERS if "other" in path.name else ANNS
        hints = ("It is too dark.",)
        return PhotoVerdict(path, GREY, (0.2, 0.2, 0.8, 0.8), "", hints, proportions=face)


@pytest.fixture
def finder() -> Finder:
    return Finder()


@pytest.fixture
def dialog(qtbot: QtBot, store: Folders, finder: Finder) -> Iterator[ProfileDialog]:
    made = ProfileDialog(store, judge=finder.open)
    qtbot.addWidget(made)
    yield made
    made.reject()


def fill(qtbot: QtBot, dialog: ProfileDialog, *photos: Path) -> QAbstractButton:
    dialog.choose(photos)
    agree(dialog)
    qtbot.waitUntil(lambda: all(card.verdict for card in dialog.cards))
    return button(dialog, "Save")


def agree(dialog: ProfileDialog) -> None:
    write(dialog, "Consent", "It is me.")
    button(dialog, PROMISE).setChecked(True)


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
    press(dialog, PROMISE)
    assert not save.isEnabled()
    press(dialog, PROMISE)
    write(dialog, "Consent", "  ")
    assert not save.isEnabled()


def test_until_the_face_is_found_the_window_lives_and_nothing_can_be_saved(
    qtbot: QtBot, dialog: ProfileDialog, finder: Finder, photo: Path
) -> None:
    finder.go_on.clear()
    dialog.choose((photo,))
    agree(dialog)
    assert "Looking for the face" in dialog.cards[0].text
    save = button(dialog, "Save")
    assert not save.isEnabled()
    finder.go_on.set()
    qtbot.waitUntil(save.isEnabled)
    assert "It is too dark." in dialog.cards[0].text
    assert not label(dialog, "Photo face.png").pixmap().isNull()


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
    write(dialog, "Name", "Anna")
    save = button(dialog, "Save")
    qtbot.waitUntil(save.isEnabled)
    save.click()
    assert store.profiles()[0] == [replace(old, title="Anna")]


def test_what_is_dragged_is_saved_and_can_be_reset(
    qtbot: QtBot, dialog: ProfileDialog, photo: Path
) -> None:
    save = fill(qtbot, dialog, photo)
    view = part(dialog, FramingView)
    assert not button(dialog, "Reset framing").isEnabled()
    view.zoom_by(2.0)
    press(dialog, "Reset framing")
    assert view.framing is None
    view.zoom_by(1.5)
    framing = view.framing
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
    photos = part(dialog, Photos)
    photos.take(data)
    assert [card.path.name for card in dialog.cards] == ["photo 1.png"]
    assert dialog.cards[0].path.is_file()
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(photo))] * 4)
    photos.take(files)
    assert len(dialog.cards) == 3
    press(dialog, "Remove photo 1.png")
    assert [card.path for card in dialog.cards] == [photo, photo]
    photos.take(QMimeData())
    assert len(dialog.cards) == 2


def test_where_there_is_nothing_to_paste_it_says_so(qtbot: QtBot, dialog: ProfileDialog) -> None:
    QGuiApplication.clipboard().clear()
    press(dialog, "Paste a photo")
    assert "There is no photo on the clipboard" in words(dialog)


def test_what_is_pasted_takes_no_other_photos_place(qtbot: QtBot, dialog: ProfileDialog) -> None:
    photos = part(dialog, Photos)
    for colour in (Qt.GlobalColor.red, Qt.GlobalColor.green, Qt.GlobalColor.blue):
        image = QImage(80, 90, QImage.Format.Format_RGB32)
        image.fill(colour)
        data = QMimeData()
        data.setImageData(image)
        photos.take(data)
        if colour == Qt.GlobalColor.green:
            press(dialog, "Remove photo 1.png")
    green, blue = (QImage(str(card.path)).pixelColor(5, 5).name() for card in dialog.cards)
    assert (green, blue) == ("#00ff00", "#0000ff")


def test_pasted_photos_go_with_the_dialog(qtbot: QtBot, dialog: ProfileDialog) -> None:
    image = QImage(80, 90, QImage.Format.Format_RGB32)
    data = QMimeData()
    data.setImageData(image)
    part(dialog, Photos).take(data)
    pasted = dialog.cards[0].path
    assert pasted.is_file()
    dialog.reject()
    assert not pasted.parent.exists()


KINDS = {
    "It is me": "I am shown",
    "Someone else, who agreed": "",
    "Not a real person (drawn or AI-generated)": "Nobody real",
}


@pytest.mark.parametrize(("kind", "suggested"), KINDS.items())
def test_words_are_suggested_but_ones_own_stay(
    dialog: ProfileDialog, kind: str, suggested: str
) -> None:
    consent = part(dialog, Consent)
    press(dialog, kind)
    assert consent.text.startswith(suggested)
    assert bool(consent.text) == bool(suggested)
    write(dialog, "Consent", "It is my brother; he said yes.")
    for other in reversed(KINDS):
        press(dialog, other)
    assert consent.text == "It is my brother; he said yes."
    assert not consent.given
    press(dialog, PROMISE)
    assert consent.given


def test_of_nobody_real_nobody_has_to_be_asked(dialog: ProfileDialog) -> None:
    press(dialog, "Not a real person (drawn or AI-generated)")
    assert "their permission" not in words(dialog)
    assert "who is shown" not in words(dialog)
    assert not button(dialog, PROMISE).isVisibleTo(dialog)
    press(dialog, "It is me")
    assert "their permission" in words(dialog)
    assert button(dialog, PROMISE).isVisibleTo(dialog)


class Stage:
    """Lets test cards speak a few moments of noise."""

    def __init__(self) -> None:
        self.seen: list[Profile] = []
        self.sessions: list[Session] = []
        self.busy = False

    def __call__(self, profile: Profile, on_status: Callable[[Status], None]) -> Session | None:
        if self.busy:
            return None
        self.seen.append(profile)
        clock, left = WallClock(), [8_000]

        def pull(count: int) -> Samples:
            left[0] -= count
            return np.full(count if left[0] > 0 else 0, 0.3, np.float32)

        session = Session(
            lambda: PacedSource(pull, clock),
            lambda: TestCard(VideoFormat(64, 36)),
            lambda _: Sink(),
            on_status,
            clock=clock,
        )
        self.sessions.append(session)
        return session


def test_somebody_speaks_before_being_saved(
    qtbot: QtBot, store: Folders, finder: Finder, photo: Path
) -> None:
    stage = Stage()
    dialog = ProfileDialog(store, judge=finder.open, rehearse=stage)
    qtbot.addWidget(dialog)
    dialog.show()
    speak = button(dialog, "Try a sentence")
    assert not speak.isEnabled()
    dialog.choose((photo,))
    qtbot.waitUntil(speak.isEnabled)
    view, film = part(dialog, FramingView), part(dialog, Preview)
    view.zoom_by(2.0)
    speak.click()
    qtbot.waitUntil(lambda: film.picture is not None)
    assert film.isVisible()
    qtbot.waitUntil(view.isVisible)
    assert stage.seen[0].framing == view.framing
    assert store.profiles() == ([], [])
    press(dialog, "Try a sentence")
    dialog.reject()  # in the middle of it
    assert [session.join(0) for session in stage.sessions] == [True, True]


def test_while_somebody_is_live_nobody_else_speaks(
    qtbot: QtBot, store: Folders, finder: Finder, photo: Path
) -> None:
    stage = Stage()
    stage.busy = True
    dialog = ProfileDialog(store, judge=finder.open, rehearse=stage)
    qtbot.addWidget(dialog)
    dialog.choose((photo,))
    qtbot.waitUntil(button(dialog, "Try a sentence").isEnabled)
    press(dialog, "Try a sentence")
    assert "Stop what is live first" in words(dialog)
    dialog.reject()


def test_what_is_still_needed_is_said_until_it_is_there(
    qtbot: QtBot, dialog: ProfileDialog, finder: Finder, photo: Path
) -> None:
    assert "Still needed: a photo, a name, who is shown, their permission" in words(dialog)
    finder.go_on.clear()
    dialog.choose((photo,))
    assert "Still needed: checking the photo" in words(dialog)
    finder.go_on.set()
    fill(qtbot, dialog, photo)
    assert "Still needed" not in words(dialog)
    fill(qtbot, dialog, photo.with_name("empty.png"))
    assert "Still needed: remove the photos that can't be used" in words(dialog)


def test_the_keyboard_goes_from_the_photos_to_saving(
    qtbot: QtBot, dialog: ProfileDialog, photo: Path
) -> None:
    fill(qtbot, dialog, photo, photo)
    dialog.show()
    assert button(dialog, "Choose photos") is dialog.focusWidget()
    first, second = dialog.cards
    wanted = [
        first.away,
        second.away,
        part(dialog, QLineEdit, "Name"),
        part(dialog, QPlainTextEdit, "Consent"),
    ]
    way = list[QWidget | None]()
    for _ in range(12):
        QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Tab)
        way.append(dialog.focusWidget())
    assert [reached for reached in way if reached in wanted] == wanted
    save = button(dialog, "Save")
    assert way.index(save) > way.index(button(dialog, PROMISE))


def test_the_frame_says_why_it_is_empty(
    qtbot: QtBot, dialog: ProfileDialog, finder: Finder, photo: Path
) -> None:
    view = part(dialog, FramingView)
    assert view.words == "Drop a photo here"
    finder.go_on.clear()
    dialog.choose((photo,))
    assert view.words == "Looking for the face…"
    finder.go_on.set()
    fill(qtbot, dialog, photo.with_name("empty.png"))
    assert view.words.startswith("This photo cannot be used")


def test_photos_of_different_people_get_a_hint_and_can_be_saved(
    qtbot: QtBot, dialog: ProfileDialog, photo: Path
) -> None:
    other, same = (photo.with_name(name) for name in ("other.png", "same.png"))
    for path in (other, same):
        path.write_bytes(photo.read_bytes())
    hint = "The photos may show different people"
    save = fill(qtbot, dialog, photo, same)
    assert hint not in words(dialog)
    dialog.choose((photo, same, other))
    qtbot.waitUntil(lambda: all(card.verdict for card in dialog.cards))
    assert hint in words(dialog)
    assert save.isEnabled()
    press(dialog, "Remove other.png")
    assert hint not in words(dialog)
