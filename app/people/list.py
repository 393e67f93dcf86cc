"""Whom to show: the profiles, with their pictures."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
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
from app.people.face_list import CALM, FACE, FaceList, Faces
from app.people.kept_framings import KeptFramings
from app.people.living import Loops
from app.people.menu import PeopleMenu
from app.people.profile_dialog import ProfileDialog
from app.people.profile_file import SUFFIX
from app.people.trial import Rehearse
from app.plain import Label, tip, warn
from core.plugin import store_plugins
from core.profile import BadProfile, Framing, Profile, ProfileStore

IN_A_ROW = 3

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
        found = opened_stores() if stores is None else stores
        self._stores = sorted(found, key=lambda store: store.writable)  # built-in people first
        self._own: dict[int, ProfileStore] = {}
        self._list = FaceList()
        self._list.setAccessibleName(self.tr("Person to show"))
        self._list.currentItemChanged.connect(self._changed)
        self._bad = Label()
        self._bad.setWordWrap(True)
        self._bad.setAccessibleName(self.tr("People that cannot be read"))
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
        except (OSError, ValueError) as error:
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
        self._list.clear()
        self._own.clear()
        bad: list[BadProfile] = []
        for store in self._stores:
            bad += self._fill_from(store)
        words = self.tr("{0} cannot be read: {1}")
        lines = (words.replace("{0}", b.name).replace("{1}", told(b.reason)) for b in bad)
        self._bad.setText("\n".join(lines))
        self._bad.setVisible(bool(bad))
        rows = min(2, -(-self._list.count() // IN_A_ROW)) or 1
        self._list.setFixedHeight(rows * (FACE + 36) + 6)
        self._list.setCurrentRow(0)
        for row in range(self._list.count()):
            if self._profile(row).name == chosen:
                self._list.setCurrentRow(row)
        self._faces.load()

    def _fill_from(self, store: ProfileStore) -> list[BadProfile]:
        try:
            good, bad = store.profiles()
        except OSError as error:
            return [BadProfile(self.tr("The folder"), began(reason(error)))]
        for profile in good:
            item = QListWidgetItem(profile.title)
            item.setData(Qt.ItemDataRole.UserRole, profile)
            tip(item, profile.consent)
            item.setSizeHint(QSize(FACE + 20, FACE + 28))
            self._list.addItem(item)
            if store.writable:
                self._own[self._list.row(item)] = store
        return bad

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
        self._edit.setEnabled(self.store() is not None)
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


def opened_stores() -> list[ProfileStore]:
    return [plugin.open() for plugin in store_plugins().plugins.values()]
