"""Whom to show: the profiles, with their pictures."""

from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QIcon, QPixmap
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.preview import to_image
from app.profile_dialog import ProfileDialog
from app.profile_file import SUFFIX, copied, load, packed, unpacked
from core.photo import BadPhoto, load_photo
from core.plugin import store_plugins
from core.profile import BadProfile, Profile, ProfileStore

FACE = 72
"""Pixels of a picture in the list."""

IN_A_ROW = 3

FILES = f"People (*{SUFFIX})"


class People(QWidget):
    """A list of profiles to choose from, with everything that can be done to one's own."""

    chosen = Signal()

    def __init__(self, stores: list[ProfileStore] | None = None) -> None:
        super().__init__()
        self._stores = opened_stores() if stores is None else stores
        self._own: dict[int, ProfileStore] = {}
        self._list = _list()
        self._list.currentItemChanged.connect(self._changed)
        self._bad = QLabel()
        self._bad.setWordWrap(True)
        self._bad.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._add, self._edit, self._more = (
            QPushButton("&Add…"),
            QPushButton("&Edit…"),
            QPushButton("&More"),
        )
        self._add.clicked.connect(self._make)
        self._edit.clicked.connect(self._change)
        self._menu = QMenu(self)
        self._rename = self._action("Re&name…", self._give_title, "F2")
        self._duplicate = self._action("&Duplicate", self._copy)
        self._remove = self._action("&Remove", self._drop, "Del")
        self._menu.addSeparator()
        self._export = self._action("E&xport…", self._send)
        self._import = self._action("&Import…", self._receive)
        self._more.setMenu(self._menu)
        self._removed: tuple[ProfileStore, str, bytes] | None = None
        self._undo = QLabel()
        self._undo.linkActivated.connect(self._bring_back)
        self._undo.setVisible(False)
        self._faces = QTimer(self, interval=0)
        self._faces.timeout.connect(self._load_face)
        self._lay_out()

    def profile(self) -> Profile | None:
        """The one that is chosen."""
        item = self._list.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item else None

    @property
    def undoable(self) -> str:
        """What can be taken back, in words; empty if nothing."""
        return self._undo.text() if self._removed else ""

    def fill(self, chosen: str) -> None:
        """Read the profiles anew and choose the one called `chosen`, or the first."""
        self._list.clear()
        self._own.clear()
        bad: list[BadProfile] = []
        for store in self._stores:
            bad += self._fill_from(store)
        self._bad.setText("\n".join(f"{b.name} cannot be read: {b.reason}" for b in bad))
        self._bad.setVisible(bool(bad))
        rows = min(2, -(-self._list.count() // IN_A_ROW)) or 1
        self._list.setFixedHeight(rows * (FACE + 36) + 6)
        self._list.setCurrentRow(0)
        for row in range(self._list.count()):
            if self._profile(row).name == chosen:
                self._list.setCurrentRow(row)
        self._faces.start()

    def _fill_from(self, store: ProfileStore) -> list[BadProfile]:
        try:
            good, bad = store.profiles()
        except OSError as error:
            return [BadProfile("folder", str(error))]
        for profile in good:
            item = QListWidgetItem(profile.title)
            item.setData(Qt.ItemDataRole.UserRole, profile)
            item.setToolTip(profile.consent)
            item.setSizeHint(QSize(FACE + 20, FACE + 28))
            self._list.addItem(item)
            if store.writable:
                self._own[self._list.row(item)] = store
        return bad

    def _profile(self, row: int) -> Profile:
        profile: Profile = self._list.item(row).data(Qt.ItemDataRole.UserRole)
        return profile

    def _load_face(self) -> None:
        """Load one picture, so that the window stays alive between two."""
        for row in range(self._list.count()):
            item = self._list.item(row)
            if item.icon().isNull():
                item.setIcon(face(self._profile(row)))
                return
        self._faces.stop()

    def _changed(self) -> None:
        own = self._list.currentRow() in self._own
        for part in (self._edit, self._rename, self._remove):
            part.setEnabled(own)
        for action in (self._duplicate, self._export):
            action.setEnabled(self.profile() is not None)
        self.chosen.emit()

    def _writable(self) -> ProfileStore | None:
        return next((store for store in self._stores if store.writable), None)

    def _make(self) -> None:
        if store := self._writable():
            self._show_dialog(ProfileDialog(store, self))

    def _change(self) -> None:
        profile, store = self.profile(), self._own.get(self._list.currentRow())
        if profile and store:
            self._show_dialog(ProfileDialog(store, self, profile))

    def _show_dialog(self, dialog: ProfileDialog) -> None:
        if dialog.exec() and dialog.saved:
            self.fill(dialog.saved.name)
        dialog.deleteLater()

    def _give_title(self) -> None:
        profile, store = self.profile(), self._own.get(self._list.currentRow())
        if profile is None or store is None:
            return
        title, given = QInputDialog.getText(self, "Rename", "Name", text=profile.title)
        if given and title.strip():
            self.rename(title.strip())

    def rename(self, title: str) -> None:
        """Give the one that is chosen another title."""
        profile, store = self.profile(), self._own.get(self._list.currentRow())
        if profile and store:
            self._try(lambda: store.save(replace(profile, title=title)))

    def _copy(self) -> None:
        profile, store = self.profile(), self._writable()
        if profile and store:
            self._try(lambda: copied(profile, store))

    def _send(self) -> None:
        if profile := self.profile():
            name, _ = QFileDialog.getSaveFileName(
                self, "Export person", f"{profile.name}{SUFFIX}", FILES
            )
            if name:
                self.export(Path(name))

    def export(self, path: Path) -> None:
        """Write the one that is chosen into a file."""
        if profile := self.profile():
            try:
                path.write_bytes(packed(profile))
            except OSError as error:
                QMessageBox.warning(self, "Export person", str(error))

    def _receive(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Import person", "", FILES)
        if name:
            self.import_from(Path(name))

    def import_from(self, path: Path) -> None:
        """Take over the person in a file; a bad file is told and changes nothing."""
        if store := self._writable():
            self._try(lambda: load(path, store))

    def _drop(self) -> None:
        profile, store = self.profile(), self._own.get(self._list.currentRow())
        if profile is None or store is None:
            return
        try:
            self._removed = (store, profile.name, packed(profile))
            store.remove(profile.name)
        except OSError as error:
            QMessageBox.warning(self, "Remove person", str(error))
        else:
            title = escape(profile.title)
            self._undo.setText(f'{title} was removed. <a href="undo">Undo</a>')
            self._undo.setVisible(True)
        self.fill("")

    def _bring_back(self) -> None:
        if self._removed is None:
            return
        store, name, data = self._removed
        self._removed = None
        self._undo.setVisible(False)
        self._try(lambda: unpacked(data, store, name))

    def _try(self, deed: Callable[[], Profile]) -> None:
        """Show the profile that `deed` stores, or say why it could not."""
        try:
            saved = deed()
        except (OSError, ValueError) as error:
            text = str(error)
            QMessageBox.warning(self, "Not saved", f"{text[:1].upper()}{text[1:]}")
        else:
            self.fill(saved.name)

    def _action(self, text: str, deed: Callable[[], None], keys: str = "") -> QAction:
        action = self._menu.addAction(text)
        action.triggered.connect(deed)
        if keys:
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.addAction(action)
        return action

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for button in (self._add, self._edit, self._more):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._list)
        layout.addWidget(self._bad)
        layout.addWidget(self._undo)
        layout.addLayout(buttons)


def opened_stores() -> list[ProfileStore]:
    return [plugin.open() for plugin in store_plugins().plugins.values()]


def face(profile: Profile) -> QIcon:
    """Return a square picture of the person, plain where it cannot be read."""
    pixmap = QPixmap(FACE, FACE)
    pixmap.fill(Qt.GlobalColor.darkGray)
    try:
        picture = load_photo(profile.references[0], longest=4 * FACE)
    except BadPhoto:
        return QIcon(pixmap)
    side = min(picture.shape[:2])
    top, left = (picture.shape[0] - side) // 4, (picture.shape[1] - side) // 2
    square = to_image(picture[top : top + side, left : left + side])
    smooth = Qt.TransformationMode.SmoothTransformation
    aspect = Qt.AspectRatioMode.IgnoreAspectRatio
    return QIcon(QPixmap.fromImage(square.scaled(FACE, FACE, aspect, smooth)))


def _list() -> QListWidget:
    found = QListWidget()
    found.setViewMode(QListView.ViewMode.IconMode)
    found.setIconSize(QSize(FACE, FACE))
    found.setSpacing(4)
    found.setResizeMode(QListView.ResizeMode.Adjust)
    found.setMovement(QListView.Movement.Static)
    found.setWordWrap(True)
    found.setAccessibleName("Person to show")
    return found
