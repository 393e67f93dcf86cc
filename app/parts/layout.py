"""How pages are laid out: headings, explanations, columns that scroll, fields that line up."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.plain import Label

WIDEST = 640
"""Pixels; longer lines are tiring."""


def heading(text: str) -> Label:
    label = Label(text)
    label.setObjectName("heading")
    label.setIndent(0)
    return label


def note(text: str) -> Label:
    """Return words that explain, quieter than the rest."""
    label = Label(text)
    label.setObjectName("quiet")
    label.setWordWrap(True)
    return label


def scrolling(inside: QWidget) -> QScrollArea:
    """Return a part that scrolls where the window is low, and never sideways."""
    area = QScrollArea()
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def centred(page: QWidget) -> QVBoxLayout:
    """Return a column in the middle of `page`, no wider than can be read."""
    inside = QWidget()
    inside.setMaximumWidth(WIDEST)
    around = QHBoxLayout(page)
    around.setContentsMargins(0, 0, 0, 0)
    around.addWidget(inside)
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    return column


def align(sections: Sequence[QWidget]) -> None:
    """Let the fields of several forms, one below the other, begin at the same place."""
    role = QFormLayout.ItemRole.LabelRole
    forms = [form for part in sections for form in part.findChildren(QFormLayout)]
    items = [form.itemAt(row, role) for form in forms for row in range(form.rowCount())]
    labels = [label for item in items if item and (label := item.widget())]
    width = max((label.sizeHint().width() for label in labels), default=0)
    for label in labels:
        label.setMinimumWidth(width)
