"""Whom to show: the profiles, with their pictures."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.preview import to_image
from app.profile_dialog import ProfileDialog
from core.photo import BadPhoto, load_photo
from core.plugin import store_plugins
from core.profile import BadProfile, Profile, ProfileStore

FACE = 72
"""Pixels of a picture in the list."""

IN_A_ROW = 3


class People(QWidget):
    """A list of profiles to choose from, with buttons to add and remove one's own."""

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
        self._add, self._remove = QPushButton("&Add…"), QPushButton("Re&move")
        self._add.clicked.connect(self._make)
        self._remove.clicked.connect(self._drop)
        self._faces = QTimer(self, interval=0)
        self._faces.timeout.connect(self._load_face)
        self._lay_out()

    def profile(self) -> Profile | None:
        """The one that is chosen."""
        item = self._list.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item else None

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
        self._remove.setEnabled(self._list.currentRow() in self._own)
        self.chosen.emit()

    def _make(self) -> None:
        store = next((s for s in self._stores if s.writable), None)
        if store is None:
            return
        dialog = ProfileDialog(store, self)
        if dialog.exec() and dialog.saved:
            self.fill(dialog.saved.name)

    def _drop(self) -> None:
        profile, store = self.profile(), self._own.get(self._list.currentRow())
        if profile is None or store is None:
            return
        question = f"Remove {profile.title} and its pictures from this computer?"
        answer = QMessageBox.question(self, "Remove profile", question)
        if answer == QMessageBox.StandardButton.Yes:
            try:
                store.remove(profile.name)
            except OSError as error:
                QMessageBox.warning(self, "Remove profile", str(error))
            self.fill("")

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self._add)
        buttons.addWidget(self._remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._list)
        layout.addWidget(self._bad)
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
