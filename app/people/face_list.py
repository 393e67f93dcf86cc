"""Pictures of people in a list: still at first, alive where somebody looks."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QIcon, QImage, QMovie, QPalette, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.parts.preview import to_image
from app.people.consent import nobody_real
from app.people.living import Loops
from app.plain import tip
from core.portrait.load import load_photo
from core.profile import Profile

log = logging.getLogger(__name__)

FACE = 64
"""Pixels of a picture in the list."""

NAME = 150
"""Pixels of the field in which a name is written."""

HEADING = 22
"""Pixels of a line that says whose people follow."""

CALM = 1500
"""Milliseconds somebody must look at a face before it is brought to life."""

LOOK = 30
"""Milliseconds between two looks at what has been read."""


class FaceDelegate(QStyledItemDelegate):
    """Headings are read like notes, and a name is written in a field as wide as names are."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        if not index.flags() & Qt.ItemFlag.ItemIsEnabled:
            option.state |= QStyle.StateFlag.State_Enabled
            palette = option.palette
            palette.setBrush(QPalette.ColorRole.Text, palette.placeholderText())

    def updateEditorGeometry(
        self,
        editor: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().updateEditorGeometry(editor, option, index)
        place = QRect(editor.geometry())
        place.setWidth(max(place.width(), NAME))
        place.moveCenter(editor.geometry().center())
        if above := editor.parentWidget():
            place.moveLeft(max(0, min(place.left(), above.width() - place.width())))
        editor.setGeometry(place)


class FaceList(QListWidget):
    """Faces with names below."""

    left = Signal()
    """The mouse points at nobody any more."""

    def __init__(self) -> None:
        super().__init__()
        self._most = FACE
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setIconSize(QSize(FACE, FACE))
        self.setSpacing(4)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setEditTriggers(QListWidget.EditTrigger.NoEditTriggers)
        self.setItemDelegate(FaceDelegate(self))

    def add_heading(self, words: str) -> None:
        """Say whose people follow."""
        item = QListWidgetItem(words)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        font = self.font()
        font.setBold(True)
        item.setFont(font)
        item.setSizeHint(QSize(self.viewport().width() - 12, HEADING))
        self.addItem(item)

    def add_person(self, profile: Profile, own: bool) -> QListWidgetItem:
        """Add somebody, whose name can be edited in place if they are one's `own`."""
        item = QListWidgetItem(profile.title)
        item.setData(Qt.ItemDataRole.UserRole, profile)
        consent = profile.consent if own else nobody_real()
        tip(item, f"{profile.title}\n{consent}")  # there is no room for long names below a face
        item.setSizeHint(QSize(FACE + 12, FACE + 26))
        if own:
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        self.addItem(item)
        return item

    def people(self) -> list[QListWidgetItem]:
        """Return those in the list who can be chosen."""
        found = (self.item(row) for row in range(self.count()))
        return [item for item in found if item.flags() & Qt.ItemFlag.ItemIsSelectable]

    def fit(self, most: int) -> None:
        """Be as high as what is in it, at most so many pixels."""
        self._most = most
        self._fit()

    def _fit(self) -> None:
        self.doItemsLayout()
        wanted = self.contentsSize().height() + 2 * (self.frameWidth() + self.spacing()) + 4
        self.setFixedHeight(max(FACE, min(self._most, wanted)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for row in range(self.count()):
            if not self.item(row).flags() & Qt.ItemFlag.ItemIsSelectable:
                self.item(row).setSizeHint(QSize(self.viewport().width() - 12, HEADING))
        if event.size().width() != event.oldSize().width():
            self._fit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()


class Reader:
    """Reads pictures of people on a thread that ends with the last of them."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self._profiles = profiles
        self._read: SimpleQueue[tuple[Profile, QImage]] = SimpleQueue()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="faces", daemon=True)
        self._thread.start()

    def take(self) -> list[tuple[Profile, QImage]] | None:
        """Return what has been read since; None once there is nothing more to come."""
        alive = self._thread.is_alive()
        found = [self._read.get() for _ in range(self._read.qsize())]
        return found if found or alive else None

    def stop(self) -> None:
        """Read no more."""
        self._stopped.set()

    def _run(self) -> None:
        for profile in self._profiles:
            if self._stopped.is_set():
                return
            self._read.put((profile, still(profile)))


class Faces(QObject):
    """Loads still pictures aside, and moves the one that is pointed at or chosen.

    `allowed` says whether loops may be drawn now: not while live.
    """

    loaded = Signal()
    """Still pictures have come."""

    def __init__(self, shown: FaceList, loops: Loops | None = None, calm: int = CALM) -> None:
        super().__init__(shown)
        self._list = shown
        self._loops = loops or Loops(parent=self)
        self._loops.ready.connect(self._on_ready)
        self.allowed = True
        self._movie: QMovie | None = None
        self._still = QIcon()
        self._moving: QListWidgetItem | None = None
        self._wanted: Profile | None = None
        self._reader: Reader | None = None
        self._known: dict[tuple[Path, int], QIcon] = {}
        """Pictures of who was in the list before, who shall not vanish when it is made anew."""
        self._stills = QTimer(self, interval=LOOK)
        self._stills.timeout.connect(self._take)
        self._calm = QTimer(self, interval=calm, singleShot=True)
        self._calm.timeout.connect(self._ask)
        shown.setMouseTracking(True)
        shown.itemEntered.connect(self._look_at)
        shown.currentItemChanged.connect(lambda item, _: self._look_at(item))
        shown.left.connect(lambda: self._look_at(shown.currentItem()))

    @property
    def moving(self) -> str:
        """Name of whoever moves now; empty if nobody does."""
        return _profile(self._moving).name if self._moving else ""

    def load(self) -> None:
        """The list is new: load the pictures that are missing."""
        self._stop()
        missing: list[Profile] = []
        for item in self._items():
            if known := self._known.get(_photo(_profile(item))):
                item.setIcon(known)
            else:
                missing.append(_profile(item))
        self._reader = Reader(missing)
        self._stills.start()
        if len(missing) < len(self._items()):
            self.loaded.emit()

    def forget(self) -> None:
        """The list is about to be emptied."""
        self._stop()
        self._calm.stop()
        self._moving = self._wanted = None
        self._rest()

    def end(self, patience: float) -> None:
        """Wait for what is being drawn to end."""
        self.forget()
        self._loops.close(patience)

    def _stop(self) -> None:
        """Let go of pictures that are being read."""
        self._stills.stop()
        if self._reader:
            self._reader.stop()
        self._reader = None

    def _take(self) -> None:
        found = self._reader.take() if self._reader else None
        if found is None:
            self._stop()
            return
        for profile, image in found:
            icon = untinted(QPixmap.fromImage(image))
            self._known[_photo(profile)] = icon
            for item in self._items():
                if _profile(item) != profile:
                    continue
                if item is self._moving:
                    self._still = icon
                else:
                    item.setIcon(icon)
        if found:
            self.loaded.emit()

    def _items(self) -> list[QListWidgetItem]:
        return self._list.people()

    def _look_at(self, item: QListWidgetItem | None) -> None:
        if item is None or item is self._moving or not item.data(Qt.ItemDataRole.UserRole):
            return
        self._rest()
        self._wanted = _profile(item)
        if path := self._loops.find(self._wanted):
            self._on_ready(self._wanted, path)
        else:
            self._calm.start()

    def _ask(self) -> None:
        if self._wanted and self.allowed and self._list.isVisible():
            self._loops.ask(self._wanted)

    def _on_ready(self, profile: Profile, path: object) -> None:
        if profile != self._wanted:
            return
        for item in self._items():
            if _profile(item) == profile:
                self._move(item, str(path))

    def _move(self, item: QListWidgetItem, path: str) -> None:
        self._rest()  # a loop may be told to be ready twice
        self._moving, self._still = item, item.icon()
        self._movie = movie = QMovie(path, parent=self)
        movie.setCacheMode(QMovie.CacheMode.CacheAll)
        movie.frameChanged.connect(self._turn)
        movie.start()

    def _turn(self) -> None:
        """Another picture of the loop; whoever moved may be gone by now."""
        if self._movie and self._moving:
            self._moving.setIcon(untinted(self._movie.currentPixmap()))

    def _rest(self) -> None:
        movie, moving = self._movie, self._moving
        self._movie = self._moving = None
        if movie:
            movie.stop()
            movie.deleteLater()
        if moving:
            moving.setIcon(self._still)


def still(profile: Profile) -> QImage:
    """Return a square picture of the person, plain where it cannot be read; on any thread."""
    plain = QImage(2 * FACE, 2 * FACE, QImage.Format.Format_RGB888)
    plain.fill(Qt.GlobalColor.darkGray)
    try:
        picture = load_photo(profile.references[0], longest=4 * FACE)
    except Exception:  # whatever it is, all others shall have their picture
        log.warning("a person's photo cannot be shown", exc_info=True)
        return plain
    side = min(picture.shape[:2])
    top, left = (picture.shape[0] - side) // 4, (picture.shape[1] - side) // 2
    square = to_image(picture[top : top + side, left : left + side])
    smooth = Qt.TransformationMode.SmoothTransformation
    aspect = Qt.AspectRatioMode.IgnoreAspectRatio
    return square.scaled(2 * FACE, 2 * FACE, aspect, smooth)


def untinted(pixmap: QPixmap) -> QIcon:
    """Return an icon that looks the same when it is chosen."""
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


def _profile(item: QListWidgetItem) -> Profile:
    profile: Profile = item.data(Qt.ItemDataRole.UserRole)
    return profile


def _photo(profile: Profile) -> tuple[Path, int]:
    """Return what tells whether a person's first photo is still the same."""
    try:
        return profile.references[0], profile.references[0].stat().st_mtime_ns
    except OSError:
        return profile.references[0], 0
