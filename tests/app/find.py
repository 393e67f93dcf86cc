"""Finds what is in a window by the name that people read or hear, and does with it as they do."""

from typing import TypeVar

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from app.parts.elided import Elided
from app.people.face_list import FaceList

T = TypeVar("T", bound=QWidget)


def part(inside: QWidget, kind: type[T], name: str = "") -> T:
    """Return the one part of this kind; where there are several, the one of this name."""
    # What a page has let go of is there until Qt's loop comes round, but nobody sees it.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    parts = inside.findChildren(kind)
    found = [part for part in parts if name in names(part)] if name else parts
    assert len(found) == 1, f"{len(found)} {kind.__name__} {name!r} in {inside}"
    return found[0]


def names(part: QWidget) -> set[str]:
    """Return what people call a part: what stands on it or before it, and what is read out."""
    window = part.window()
    before = [label.text() for label in window.findChildren(QLabel) if label.buddy() is part]
    texts = [part.accessibleName(), getattr(part, "text", str)(), *before]
    return {text.replace("&", "").removesuffix("…") for text in texts}


def button(inside: QWidget, name: str) -> QAbstractButton:
    return part(inside, QAbstractButton, name)


def press(inside: QWidget, name: str) -> None:
    found = button(inside, name)
    assert found.isEnabled(), f"{name} cannot be pressed now"
    found.click()


def box(inside: QWidget, name: str) -> QComboBox:
    return part(inside, QComboBox, name)


def titles(inside: QWidget, name: str) -> list[str]:
    """Return what a list offers, from top to bottom."""
    found = box(inside, name)
    return [found.itemText(row) for row in range(found.count())]


def choose(inside: QWidget, name: str, title: str) -> None:
    """Choose from the list of this name what has this title."""
    offered = titles(inside, name)
    assert title in offered, f"{name} offers {offered}"
    box(inside, name).setCurrentIndex(offered.index(title))


def people(inside: QWidget) -> list[str]:
    """Return the names below the faces."""
    return [item.text() for item in part(inside, FaceList).people()]


def choose_person(inside: QWidget, title: str) -> None:
    found = part(inside, FaceList)
    found.setCurrentItem(found.people()[people(inside).index(title)])


def write(inside: QWidget, name: str, text: str) -> None:
    """Put this text into the field of this name, in place of what is there."""
    lines = [line for line in inside.findChildren(QLineEdit) if name in names(line)]
    if lines:
        part(inside, QLineEdit, name).setText(text)
    else:
        part(inside, QPlainTextEdit, name).setPlainText(text)


def label(inside: QWidget, name: str) -> QLabel:
    return part(inside, QLabel, name)


def words(inside: QWidget) -> str:
    """Return all sentences that are to be read there, each in a line."""
    found = inside.findChildren(QLabel)
    return "\n".join(one.text() for one in found if one.text() and one.isVisibleTo(inside))


def cut(inside: QWidget) -> list[str]:
    """Return all texts to be seen there that have too little room to be read whole."""
    shown = [part for part in inside.findChildren(QWidget) if part.isVisibleTo(inside)]
    labels = [one for one in shown if isinstance(one, QLabel) and not isinstance(one, Elided)]
    buttons = [one for one in shown if isinstance(one, QAbstractButton)]
    texts: list[QLabel | QAbstractButton] = [*labels, *buttons]
    narrow = [one for one in labels if not _fits(one)]
    found = [one.text() for one in narrow if one.text()]
    found += [one.text() for one in buttons if one.text() and one.width() < one.sizeHint().width()]
    for one in texts:
        if one.mapTo(inside, one.rect().topRight()).x() > inside.rect().right():
            found.append(one.text() or one.accessibleName())
    return found


def _fits(label: QLabel) -> bool:
    if label.wordWrap():
        return label.height() >= label.heightForWidth(label.width())
    return label.width() >= label.sizeHint().width()
