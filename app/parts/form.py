"""A form for any frozen dataclass of options."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar, cast, get_type_hints

from PySide6.QtCore import QLocale, QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from app.parts.file_dialogs import Place, open_file
from app.parts.quiet_wheel import quiet
from app.parts.sentences import began, reason, told
from app.plain import add_row, tip
from core.options import Hint, hints

O = TypeVar("O")  # noqa: E741

CALM = 4000
"""Milliseconds until a title is looked for that takes long to find: others come first."""

INDENT = 7
"""Pixels before a number, as before other texts; style sheets cannot say it."""

WIDEST = 10**6
"""Bound of a number whose hint names none."""


class OptionsForm(QWidget):
    """Shows the fields of an options dataclass; `value` is what they say now."""

    changed = Signal()

    def __init__(
        self, value: Any, without: Sequence[str] = (), parent: QWidget | None = None
    ) -> None:
        """The fields `without` are chosen elsewhere, and stay what they are in `value`."""
        super().__init__(parent)
        self._kind, self._given = type(value), value
        self._read: dict[str, Callable[[], Any]] = {}
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        types = get_type_hints(self._kind)
        for field in (field for field in fields(self._kind) if field.name not in without):
            hint = spoken(hints(self._kind)[field.name])
            editor, self._read[field.name] = self._editor(
                types[field.name], getattr(value, field.name), hint
            )
            self._add(layout, editor, hint)

    def value(self) -> Any:
        """Return the options as they stand.

        Raises:
            ValueError: the options themselves refuse what was chosen.
        """
        return replace(self._given, **{name: read() for name, read in self._read.items()})

    def _add(self, layout: QFormLayout, editor: QWidget, hint: Hint) -> None:
        tip(editor, hint.help)
        editor.setAccessibleName(hint.title)
        if isinstance(editor, QCheckBox):
            add_row(layout, "", editor)
        elif isinstance(editor, QPlainTextEdit):
            layout.addRow(editor)
        else:
            add_row(layout, hint.title, editor)

    def _editor(self, kind: Any, value: Any, hint: Hint) -> tuple[QWidget, Callable[[], Any]]:
        if hint.choices:
            return self._choice(value, hint.choices, hint)
        if kind is bool:
            return self._tick(value, hint)
        if kind in (int, float):
            return self._number(kind, value, hint)
        if kind is Path:
            return self._path(value, hint)
        return self._text(str(value), hint)

    def _tick(self, value: bool, hint: Hint) -> tuple[QWidget, Callable[[], Any]]:
        box = QCheckBox(hint.title)
        box.setChecked(value)
        box.toggled.connect(self.changed)
        return box, box.isChecked

    def _number(self, kind: Any, value: Any, hint: Hint) -> tuple[QWidget, Callable[[], Any]]:
        box: QSpinBox | QDoubleSpinBox = quiet(QSpinBox() if kind is int else QDoubleSpinBox())
        low, high = hint.low, hint.high
        box.setRange(kind(-WIDEST if low is None else low), kind(WIDEST if high is None else high))
        box.setValue(value)
        box.setSuffix(f" {hint.unit}" if hint.unit else "")
        box.lineEdit().setTextMargins(INDENT, 0, 0, 0)
        # The widest number it could hold must not push it below its title.
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        box.setMinimumWidth(box.minimumSizeHint().width())
        box.valueChanged.connect(self.changed)
        return box, box.value

    def _text(self, value: str, hint: Hint) -> tuple[QWidget, Callable[[], Any]]:
        if hint.lines > 1:
            page = QPlainTextEdit(value)
            page.setPlaceholderText(hint.title)
            page.setTabChangesFocus(True)
            page.setFixedHeight(page.fontMetrics().lineSpacing() * (hint.lines + 1))
            page.textChanged.connect(self.changed)
            return page, page.toPlainText
        line = QLineEdit(value)
        line.textChanged.connect(self.changed)
        return line, line.text

    def _path(self, value: Path, hint: Hint) -> tuple[QWidget, Callable[[], Any]]:
        chooser = PathChooser(value, hint)
        chooser.changed.connect(self.changed)
        return chooser, chooser.path

    def _choice(
        self, value: str, choices: Callable[[], Sequence[tuple[str, str]]], hint: Hint
    ) -> tuple[QWidget, Callable[[], Any]]:
        box = ChoiceBox(value, choices, by_own_name if hint.local else None)
        if not hint.long:
            box.refresh()
        elif value and not hint.local:  # people shall read more than what stands in the settings
            QTimer.singleShot(CALM, box, box.ask)
        box.currentIndexChanged.connect(self.changed)
        return box, box.currentData


def spoken(hint: Hint) -> Hint:
    """Return `hint` in the language spoken."""
    title, helping, unit = map(told, (hint.title, hint.help, hint.unit))
    return replace(hint, title=title, help=helping, unit=unit)


def translated(_: str, title: str) -> str:
    """Return the title of a choice in the language spoken."""
    return told(title)


def by_own_name(code: str, title: str) -> str:
    """Return a language by the name that its speakers give it, where Qt knows it, and its title."""
    locale = QLocale(code)
    english = locale.language() is QLocale.Language.English and title != code
    if english or locale.language() is QLocale.Language.C:
        return title
    own = began(locale.nativeLanguageName())
    return own if title in (own, code) else f"{own} ({title})"


def usual(kind: type[O]) -> O:
    """Return the default options, those of language in the one spoken."""
    default, said = kind(), hints(kind)
    words = {name: told(getattr(default, name)) for name, hint in said.items() if hint.local}
    return cast("O", replace(cast("Any", default), **words))


class PathChooser(QWidget):
    """A file's name and a button to choose another."""

    changed = Signal()

    def __init__(self, value: Path, hint: Hint, place: Place = Place.MusicLocation) -> None:
        """`place`: where files of this kind are usually kept."""
        super().__init__()
        self._hint, self._place = hint, place
        self._line = QLineEdit("" if value == Path() else str(value))
        self._line.setPlaceholderText(self.tr("No file chosen"))
        self._line.textChanged.connect(self.changed)
        self._line.setAccessibleName(hint.title)
        button = QPushButton(self.tr("Choose…"))
        button.setAccessibleName(self.tr("Choose: {what}").format(what=hint.title))
        button.clicked.connect(self._choose)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._line)
        layout.addWidget(button)
        self.setFocusProxy(self._line)

    def path(self) -> Path:
        return Path(self._line.text())

    def choose(self, path: Path) -> None:
        """Take this file."""
        self._line.setText(str(path))

    def _choose(self) -> None:
        path = open_file(self, self._hint.title, self._hint.files, self._place, self.path())
        if path:
            self.choose(path)


class ChoiceBox(QComboBox):
    """A list whose entries may take a moment to find; the value stays what it was until then.

    It looks for them by itself once somebody is about to choose.
    """

    def __init__(
        self,
        value: str,
        choices: Callable[[], Sequence[tuple[str, str]]],
        named: Callable[[str, str], str] | None = None,
    ) -> None:
        """`named` makes what people read of a value and its title; otherwise it is translated."""
        super().__init__()
        quiet(self)
        self._named = named or translated
        self.addItem(self._named(value, value) or self.tr("Automatic"), value)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self._found: list[tuple[str, str]] | None = None
        self._error: Exception | None = None
        self._choices = choices
        self._asked = self._opening = False
        self._timer = QTimer(self, interval=30)
        self._timer.timeout.connect(self._fill)

    def showPopup(self) -> None:
        """Show what there is as soon as that is known, and look for what has come since."""
        known = self._asked and not self._timer.isActive()
        self.refresh()
        self._opening = not known
        if known:
            super().showPopup()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.ask()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.ask()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._opening = False

    def refresh(self) -> None:
        """Look for what has come or gone since; returns at once."""
        if self._timer.isActive():
            return  # an answer is on its way
        self._asked, self._found = True, None
        self._timer.start()
        threading.Thread(target=self._look, name="choices", daemon=True).start()

    def ask(self) -> None:
        """Look for what there is, unless that has been done."""
        if not self._asked:
            self.refresh()

    def _look(self) -> None:
        """Runs aside, and touches nothing of Qt: the list may be gone before it ends."""
        try:
            self._found = list(self._choices())
        except Exception as error:  # noqa: BLE001 - a stranger's plugin; shown in the list itself
            self._error = error

    def _fill(self) -> None:
        if self._error:
            words = self.tr("cannot be listed: {error}")
            self._found, self._error = [("", words.format(error=reason(self._error)))], None
        if self._found is None:
            return
        self._timer.stop()
        self._show([(value, self._named(value, title)) for value, title in self._found])
        if self._opening:
            self._opening = False
            super().showPopup()

    def _show(self, found: list[tuple[str, str]]) -> None:
        chosen = self.currentData()
        if found == [(self.itemData(row), self.itemText(row)) for row in range(self.count())]:
            return  # nothing has come or gone
        with QSignalBlocker(self):
            self.clear()
            for value, title in found:
                self.addItem(title, value)
            if self.findData(chosen) < 0:
                self.addItem(self.tr("{name} (not found)").format(name=chosen), chosen)
            self.setCurrentIndex(self.findData(chosen))
