"""A sentence over the lower edge of what it is about: an error, a success, or a warning."""

import re
from enum import Enum
from html import unescape

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from app.parts.icons import IconButton
from app.parts.sentences import began, told
from app.plain import Html, Label

STAYS = 6000
"""Milliseconds that good news stays."""

WIDEST, EDGE = 620, 12
"""Pixels of its width, and between it and the edges."""


class Kind(Enum):
    """What a sentence is, which says when it goes."""

    NONE = "none"
    BAD = "bad"
    """An error; stays until something has been changed."""
    NOTE = "note"
    """The same for what is neither good nor bad."""
    GOOD = "good"
    """Goes by itself."""
    WARNING = "warning"
    """Stays until it is taken back."""


class Notice(QFrame):
    """Lies over `below`, wherever that is, takes no room, and can be sent away."""

    settled = Signal()
    """What was told is over, or somebody has read it."""

    def __init__(self, below: QWidget) -> None:
        super().__init__(below)
        self._below = below
        self._kind = Kind.NONE
        self._by: object = None
        """Who warned last."""
        self._words = Label()
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self._words.setOpenExternalLinks(True)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._away = IconButton("x")
        self._away.call(self.tr("Dismiss"))
        self._away.show_icon("x", "white")
        self._away.clicked.connect(lambda: self.tell(""))
        self._timer = QTimer(self, interval=STAYS, singleShot=True)
        self._timer.timeout.connect(lambda: self.tell(""))
        self.setObjectName("notice")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._away, 0, Qt.AlignmentFlag.AlignTop)
        self.setVisible(False)
        below.installEventFilter(self)

    @property
    def message(self) -> str:
        """What people are being told."""
        return self._words.text()

    @property
    def kind(self) -> Kind:
        return self._kind

    def over(self, below: QWidget) -> None:
        """Lie over this part from now on."""
        self._below.removeEventFilter(self)
        self._below = below
        below.installEventFilter(self)
        self._place()

    def tell(self, text: str, kind: Kind = Kind.BAD) -> None:
        """Show a sentence, or none; a screen reader reads it at once."""
        self._kind = kind if text else Kind.NONE
        self._words.setText(began(told(text)))
        self.setProperty("kind", self._kind.value)
        self.style().polish(self)
        self._timer.start() if kind is Kind.GOOD and text else self._timer.stop()
        self.setVisible(bool(text))
        if text:
            self._place()
            announce(self, began(told(text)))
        else:
            self.settled.emit()

    def warn(self, text: str, by: object) -> None:
        """Show a sentence that can wait: it takes no other one's place.

        Nothing takes it back, if it is the same that warned.
        """
        if self._kind is Kind.WARNING and self._by is not by and not text:
            return
        if self._kind in (Kind.NONE, Kind.WARNING) and began(told(text)) != self.message:
            self._by = by
            self.tell(text, Kind.WARNING)

    def settle(self) -> None:
        """Something has been changed, so what was wrong may be wrong no more."""
        if self._kind in (Kind.BAD, Kind.NOTE):
            self.tell("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        above = self.parentWidget()
        if self.isHidden() or above is None:
            return
        corner = self._below.mapTo(above, QPoint(0, 0)) if self._below is not above else QPoint()
        width = min(WIDEST, self._below.width() - 2 * EDGE)
        height = max(self.heightForWidth(width), self.minimumSizeHint().height())
        x = corner.x() + (self._below.width() - width) // 2
        y = corner.y() + self._below.height() - height - EDGE
        self.setGeometry(x, y, width, height)
        self.raise_()


def announce(part: QObject, words: str) -> None:
    """Let a screen reader say these words, whatever has the focus."""
    plain = unescape(re.sub(r"<[^>]*>", "", words)) if isinstance(words, Html) else words
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(part, plain))
