"""Whom to show: the profiles, with their pictures."""

import logging
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.parts.drop import copy, files_in
from app.parts.sentences import began, reason, told
from app.people.consent import nobody_real
from app.people.face_list import CALM, FACE, FaceList, Faces
from app.people.kept_framings import KeptFramings
from app.people.living import Loops
from app.people.menu import PeopleMenu
from app.people.profile_dialog import ProfileDialog
from app.people.trial import Rehearse
from app.plain import Label, warn
from core.portrait.profile_file import SUFFIX
from core.profile import BadProfile, Framing, Profile, ProfileStore
from core.profile_stores import no_stores, open_stores
from core.sentence import said

log = logging.getLogger(__name__)

ROWS = 5
"""Rows of faces that are seen at once, at most."""

FIRST = "mira"
"""Who is chosen where nobody has chosen yet."""

WRITE_AFTER = 800
"""Milliseconds without a change after which a framing is written."""


class People(QWidget):
    """A list of profiles to choose from, and the way to more of them."""

    chosen = Signal()
    faces_loaded = Signal()
    """Pictures of people have come; see `face`."""
    asking = Signal(bool)
    """A dialog about a person opens, or has been closed."""

    def __init__(
        self,
        stores: list[ProfileStore] | None = None,
        loops: Loops | None = None,
        calm: int = CALM,
    ) -> None:
        """`calm`: milliseconds somebody must look at a face before its loop is drawn."""
        super().__init__()
        self.places = open_stores() if stores is None else no_stores()
        """Where people are kept, if they were looked for."""
        found = list(self.places.opened.values()) if stores is None else stores
        self._stores = sorted(found, key=lambda store: not store.writable)  # one's own first
        self._own: dict[int, ProfileStore] = {}
        self._list = FaceList()
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.customContextMenuRequested.connect(self._show_menu)
        self._list.itemChanged.connect(self._retitle)
        self._list.setAccessibleName(self.tr("Person to show"))
        self._list.currentItemChanged.connect(self._changed)
        self._bad = Label()
        self._bad.setWordWrap(True)
        self._bad.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._add, self._edit, self._more = (
            QPushButton(self.tr("&Add…")),
            QPushButton(self.tr("&Edit…")),
            QPushButton(self.tr("&More")),
        )
        self._add.clicked.connect(self._make)
        self._edit.clicked.connect(self._change)
        self.menu = PeopleMenu(self, self)
        self._more.setMenu(self.menu)
        self._more.setProperty("popup", "yes")
        self._faces = Faces(self._list, loops, calm)
        self._faces.loaded.connect(self.faces_loaded)
        self._framings = KeptFramings()
        self._writing = QTimer(self, interval=WRITE_AFTER, singleShot=True)
        self._writing.timeout.connect(self.write_framings)
        self.rehearse_with(None)
        self.setAcceptDrops(True)
        self._lay_out()

    def profile(self) -> Profile | None:
        """The one that is chosen, framed as last seen."""
        item = self._list.currentItem()
        return self._framings.framed(item.data(Qt.ItemDataRole.UserRole)) if item else None

    def face(self) -> QPixmap:
        """Return a small picture of the one that is chosen; an empty one until it is loaded."""
        item = self._list.currentItem()
        return item.icon().pixmap(QSize(2 * FACE, 2 * FACE)) if item else QPixmap()

    @property
    def moving(self) -> str:
        """Name of whoever moves now; empty if nobody does."""
        return self._faces.moving

    def rehearse_with(self, rehearse: Rehearse | None) -> None:
        """Let people speak a line before they are saved."""
        self._rehearse = rehearse

    def store(self) -> ProfileStore | None:
        """Return where the one that is chosen can be changed, if it can."""
        return self._own.get(self._list.currentRow())

    @property
    def framings(self) -> tuple[tuple[str, Framing], ...]:
        """How people are framed whose profiles cannot be written."""
        return self._framings.kept

    def take_framings(self, kept: tuple[tuple[str, Framing], ...]) -> None:
        """Take over what `framings` gave the last time."""
        self._framings = KeptFramings(kept)

    def frame(self, framing: Framing | None) -> None:
        """Frame the one that is chosen; written when nobody has moved it for a moment."""
        if profile := self.profile():
            self._framings.put(profile, framing, self.store())
            self._writing.start()
            self.chosen.emit()

    def write_framings(self) -> None:
        """Bring framings to the profiles on disk."""
        self._writing.stop()
        try:
            for name in self._framings.write():
                self._refresh(name)
        except Exception as error:
            log.warning("a framing was not written", exc_info=True)
            warn(self, self.tr("Not saved"), began(reason(error)))

    def go_live(self, live: bool) -> None:
        """While live, people can be chosen, but nothing else is drawn beside."""
        self._faces.allowed = not live

    def end(self, patience: float) -> None:
        """Write what is not written, and wait for what is being drawn."""
        self.write_framings()
        self._faces.end(patience)

    def fill(self, chosen: str) -> None:
        """Read the profiles anew and choose the one called `chosen`, or the first."""
        self._faces.forget()
        with QSignalBlocker(self._list):  # who is about to go must not be looked at
            self._list.clear()
            self._own.clear()
            bad = self._fill_list()
        words = self.tr("{0} cannot be read: {1}")
        lines = (words.replace("{0}", b.name).replace("{1}", told(b.reason)) for b in bad)
        self._bad.setText("\n".join(lines))
        self._bad.setVisible(bool(bad))
        self._list.fit(ROWS * (FACE + 30))
        self._choose(chosen)
        self._faces.load()

    def _choose(self, name: str) -> None:
        people = self._list.people()
        wanted = [item for item in people if item.data(Qt.ItemDataRole.UserRole).name == name]
        first = [item for item in people if item.data(Qt.ItemDataRole.UserRole).name == FIRST]
        if people:
            self._list.setCurrentItem((wanted or first or people)[0])
        else:
            self._changed()

    def _fill_list(self) -> list[BadProfile]:
        found = [(store, *self._profiles_of(store)) for store in self._stores]
        grouped = sum(bool(good) for _, good, _ in found) > 1
        for store, good, _ in found:
            if good and grouped:
                own = store.writable
                self._list.add_heading(self.tr("Yours") if own else self.tr("Examples"))
            for profile in good:
                item = self._list.add_person(profile, store.writable)
                if store.writable:
                    self._own[self._list.row(item)] = store
        return [*self.places.unreadable, *(one for *_, bad in found for one in bad)]

    def _profiles_of(self, store: ProfileStore) -> tuple[list[Profile], list[BadProfile]]:
        try:
            good, bad = store.profiles()
        except OSError as error:
            return [], [BadProfile(self.tr("The folder"), began(reason(error)))]
        return list(good), list(bad)

    def _show_menu(self, place: QPoint) -> None:
        if (item := self._list.itemAt(place)) and item in self._list.people():
            self._list.setCurrentItem(item)
            self.menu.popup(self._list.viewport().mapToGlobal(place))

    def edit_title(self) -> None:
        """Let the name of the one that is chosen be written anew, in its place."""
        if self.store() and (item := self._list.currentItem()):
            self._list.editItem(item)

    def _retitle(self, item: QListWidgetItem) -> None:
        profile: Profile | None = item.data(Qt.ItemDataRole.UserRole)
        if profile is None or item.text() == profile.title:
            return
        title = item.text().strip()
        with QSignalBlocker(self._list):
            item.setText(profile.title)
        if title:  # the list is made anew, which must not happen while it is being edited
            QTimer.singleShot(0, self, lambda: self.menu.give_title(title))

    def _refresh(self, name: str) -> None:
        """Read one profile anew, and leave the list as it is."""
        for row, store in self._own.items():
            if self._profile(row).name == name:
                fresh = next((p for p in store.profiles()[0] if p.name == name), None)
                self._list.item(row).setData(Qt.ItemDataRole.UserRole, fresh or self._profile(row))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Photos may be dropped here, and people in a file."""
        if files_in(event.mimeData()):
            copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        paths = files_in(event.mimeData())
        copy(event)
        if paths:
            # The other program waits for us: let it go before a dialog opens.
            QTimer.singleShot(0, self, lambda: self.receive(paths))

    def receive(self, paths: list[Path]) -> None:
        """Take what was dropped: one person in a file, or photos of a new one."""
        if paths[0].suffix == SUFFIX:
            self.menu.import_from(paths[0])
        elif store := self.writable():
            dialog = self._dialog(store)
            dialog.choose(tuple(paths))
            self._show_dialog(dialog)

    def _profile(self, row: int) -> Profile:
        profile: Profile = self._list.item(row).data(Qt.ItemDataRole.UserRole)
        return profile

    def _changed(self) -> None:
        self._edit.setEnabled(self.profile() is not None and self.writable() is not None)
        own = self.store() is not None
        self._edit.setText(self.tr("&Edit…") if own else self.tr("&Edit a copy…"))
        self.menu.show_possible()
        self.chosen.emit()

    def writable(self) -> ProfileStore | None:
        """Return where new people go."""
        return next((store for store in self._stores if store.writable), None)

    def _make(self) -> None:
        if store := self.writable():
            self._show_dialog(self._dialog(store))

    def _change(self) -> None:
        profile, store = self.profile(), self.store()
        if profile and store:
            self._show_dialog(self._dialog(store, profile))
        elif profile and (store := self.writable()):
            title = told(said("{0} (copy)", profile.title))
            copied = replace(profile, name="", title=title, consent=nobody_real())
            self._show_dialog(self._dialog(store, copied))

    def _dialog(self, store: ProfileStore, profile: Profile | None = None) -> ProfileDialog:
        return ProfileDialog(store, self, profile, rehearse=self._rehearse)

    def _show_dialog(self, dialog: ProfileDialog) -> None:
        self.asking.emit(True)
        if dialog.exec() and dialog.saved:
            self.fill(dialog.saved.name)
        dialog.deleteLater()
        self.asking.emit(False)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for button in (self._add, self._edit, self._more):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._list)
        layout.addWidget(self._bad)
        layout.addWidget(self.menu.undo)
        layout.addLayout(buttons)
