"""The one way to show text: what is not HTML of our own is shown letter by letter.

Qt decides by itself whether a text is HTML, and opens what an `<img>` in it names; on Windows that
hands the user's credentials to whoever named it. People's names and consents, files, devices, other
programs and plugins are strangers' words, and nothing keeps them from looking like HTML. So nothing
else in the window makes labels, messages, tooltips or rows of forms.
"""

import re
from html import escape
from typing import Protocol

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QProgressDialog,
    QTabWidget,
    QWidget,
)


class Html(str):
    """HTML of our own, which `html` makes: whatever came from elsewhere is escaped in it."""

    __slots__ = ()


def html(template: str, *values: str) -> Html:
    """Return HTML of our own with `values` in place of {0}, {1} and so on, as plain text."""
    return Html(re.sub(r"\{(\d)\}", lambda mark: escape(values[int(mark[1])]), template))


class Label(QLabel):
    """Shows a text as it is, and only `Html` as HTML."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.setText(text)

    def setText(self, text: str) -> None:
        rich = isinstance(text, Html)
        self.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
        super().setText(text)

    def changeEvent(self, event: QEvent) -> None:
        """Give links the new colours, which they take only when a text is set anew."""
        super().changeEvent(event)
        colours = event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange)
        if colours and "<a " in (text := self.text()):
            self.clear()
            super().setText(text)


def letters(text: str) -> str:
    """Return `text` so that Qt shows its letters, where Qt would decide by itself."""
    if "<" not in text:
        return text
    return f'<p style="white-space:pre-wrap">{escape(text)}</p>'


class Progress(QProgressDialog):
    """Says in a box of its own what is being done."""

    def say(self, text: str) -> None:
        self.setLabel(Label(text))


class Tipped(Protocol):
    """What a text can be shown for where the mouse rests: parts, actions, items, icons."""

    def setToolTip(self, tip: str, /) -> None: ...


def tip(shown: Tipped, text: str) -> None:
    """Show a text where the mouse rests."""
    shown.setToolTip(letters(text))


def tip_tab(tabs: QTabWidget, place: int, text: str) -> None:
    """Show a text where the mouse rests on a tab."""
    tabs.setTabToolTip(place, letters(text))


ROW = 36
"""Pixels of a field that holds one line, at most."""


def _parts(field: QWidget | QHBoxLayout) -> list[QWidget]:
    if isinstance(field, QWidget):
        return [field]
    items = map(field.itemAt, range(field.count()))
    return [part for item in items if item and (part := item.widget())]


def _height(part: QWidget) -> int:
    part.ensurePolished()
    return part.sizeHint().height()


def add_row(form: QFormLayout, title: str, field: QWidget | QHBoxLayout) -> None:
    """Add a field with its title to a form; without a title it stands below the fields."""
    if not title:
        form.addRow("", field)
        return
    label = Label(title)
    if isinstance(field, QWidget):
        label.setBuddy(field)
    # In line with what stands in the field; a layout that belongs to nothing has no size yet.
    label.setMinimumHeight(min(ROW, max(map(_height, _parts(field)), default=0)))
    form.addRow(label, field)


SENTENCE = 360
"""Pixels of a question, at least: Qt makes a box as narrow as its first line."""


def warn(parent: QWidget, title: str, text: str) -> None:
    """Say in a box of its own what could not be done."""
    QMessageBox.warning(parent, title, letters(text))


def explain(parent: QWidget, title: str, text: str) -> None:
    """Say something in a box of its own, from which it can be copied."""
    shown = text if isinstance(text, Html) else letters(text)
    box = QMessageBox(QMessageBox.Icon.Information, title, shown, parent=parent)
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.exec()


def confirm(parent: QWidget, title: str, texts: tuple[str, str], stay: str, go: str) -> bool:
    """Ask whether something shall be done, and say why not; whether it shall."""
    return confirm_until(parent, title, texts, stay, go, "")[0]


def confirm_until(
    parent: QWidget, title: str, texts: tuple[str, str], stay: str, go: str, never: str
) -> tuple[bool, bool]:
    """Ask like `confirm`, and offer to do so `never` again; return what is answered to both."""
    box, no_more = QMessageBox(parent), QCheckBox(never)
    if never:
        box.setCheckBox(no_more)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(title)
    box.setText(letters(texts[0]))
    box.setInformativeText(letters(texts[1]))
    for name in ("qt_msgbox_label", "qt_msgbox_informativelabel"):
        if label := box.findChild(QLabel, name):
            label.setMinimumWidth(SENTENCE)
    keep = box.addButton(stay, QMessageBox.ButtonRole.RejectRole)
    drop = box.addButton(go, QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    box.exec()
    return box.clickedButton() is drop, no_more.isChecked()
