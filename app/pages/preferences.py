"""The page for what holds for the whole program: engine, looks, language, keys, tray."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QKeySequenceEdit,
    QVBoxLayout,
    QWidget,
)

from app.desktop.keys.backends import titles
from app.desktop.language import LANGUAGES
from app.pages.teaching import Teaching
from app.parts.layout import WIDEST, heading, note, scrolling
from app.parts.quiet_wheel import quiet
from app.parts.sentences import began, told
from app.plain import add_row
from app.settings import Settings
from core.engine.names import AUTO, ENGINES, NEURAL

PORTABLE = QKeySequence.SequenceFormat.PortableText


class Preferences(QWidget):
    """Shows the settings and says what was changed; remembering is the window's business."""

    chosen = Signal(str, object)
    """A setting's name and its new value."""

    def __init__(self, settings: Settings, keys: bool, tray: bool) -> None:
        """`keys` and `tray` say whether this system has global keys and a tray."""
        super().__init__()
        self._engine, self._theme, self.language = (quiet(QComboBox()) for _ in range(3))
        self._why = note("")
        self.teaching = Teaching()
        self._later = note(self.tr("The language changes when you stop."))
        self._tray = QCheckBox(self.tr("Stay in the tray when the window is closed"))
        self._ask = QCheckBox(self.tr("Ask before closing while live or recording"))
        self._keys = {deed: QKeySequenceEdit() for deed in titles()}
        self._problems = {deed: note("") for deed in self._keys}
        self._fill(settings)
        self._lay_out(keys, tray)
        self._connect()
        self.show_engine("")

    def show_engine(self, words: str) -> None:
        """Say what the picture ran on last, and why."""
        self._why.setText(began(told(words)) or self.tr("Shown once you're live."))

    def show_asking(self, on: bool) -> None:
        """Show whether it is asked before the window is closed."""
        self._ask.setChecked(on)

    def wait(self) -> None:
        """Say that another language must wait."""
        self._later.setVisible(True)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Say below each global key why it cannot be had."""
        for deed, label in self._problems.items():
            label.setText(began(told(problems.get(deed, ""))))
            label.setVisible(deed in problems)

    def keys(self) -> dict[str, str]:
        """Return the key of each deed that has one."""
        texts = {deed: edit.keySequence().toString(PORTABLE) for deed, edit in self._keys.items()}
        return {deed: text for deed, text in texts.items() if text}

    def _fill(self, settings: Settings) -> None:
        for name in ENGINES:
            if name != "testcard" or settings.engine == name:
                self._engine.addItem(engine_title(name), name)
        for name, title in (
            ("", self.tr("Same as system")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
        ):
            self._theme.addItem(title, name)
        self.language.addItem(self.tr("Same as system"), "")
        for name, title in LANGUAGES.items():
            self.language.addItem(title, name)
        for box, name in (
            (self._engine, settings.engine or AUTO),
            (self._theme, settings.theme),
            (self.language, settings.language),
        ):
            box.setCurrentIndex(max(0, box.findData(name)))
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._tray.setChecked(settings.tray)
        self.show_asking(settings.ask_to_leave)
        for deed, text in settings.keys:
            if deed in self._keys:
                self._keys[deed].setKeySequence(QKeySequence.fromString(text, PORTABLE))

    def _connect(self) -> None:
        for name, box in (
            ("engine", self._engine),
            ("theme", self._theme),
            ("language", self.language),
        ):
            box.currentIndexChanged.connect(
                lambda _, name=name, box=box: self.chosen.emit(name, box.currentData())
            )
        self._ask.toggled.connect(lambda on: self.chosen.emit("ask_to_leave", on))
        self.teaching.taught.connect(self._take_taught)
        self._tray.toggled.connect(lambda on: self.chosen.emit("tray", on))
        for edit in self._keys.values():
            edit.editingFinished.connect(
                lambda: self.chosen.emit("keys", tuple(self.keys().items()))
            )

    def _take_taught(self) -> None:
        """Whoever taught it wants to see it."""
        if (place := self._engine.findData(NEURAL)) >= 0:
            self._engine.setCurrentIndex(place)

    def _lay_out(self, keys: bool, tray: bool) -> None:
        inside = QWidget()
        inside.setMaximumWidth(WIDEST)
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(8)
        column.addWidget(heading(self.tr("Engine")))
        column.addWidget(self._engine)
        column.addWidget(self._why)
        column.addWidget(self.teaching)
        self.teaching.setVisible(self.teaching.able)
        column.addWidget(heading(self.tr("Appearance")))
        column.addLayout(self._appearance(tray))
        column.addWidget(heading(self.tr("Global shortcuts")))
        column.addWidget(note(self._about_keys(keys)))
        if keys:
            column.addLayout(self._key_rows())
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolling(inside))
        self._engine.setAccessibleName(self.tr("Engine"))

    def _appearance(self, tray: bool) -> QFormLayout:
        form = QFormLayout()
        add_row(form, self.tr("T&heme"), self._theme)
        add_row(form, self.tr("L&anguage"), self.language)
        add_row(form, "", self._later)
        add_row(form, "", self._tray)
        add_row(form, "", self._ask)
        self._theme.setAccessibleName(self.tr("Theme"))
        self.language.setAccessibleName(self.tr("Language"))
        self._later.setVisible(False)
        self._tray.setVisible(tray)
        return form

    def _about_keys(self, there: bool) -> str:
        if there:
            return self.tr("They work in any app. Press Delete to clear.")
        return self.tr(
            "This system gives programs no global keys. In its keyboard settings, bind keys to "
            "the commands “understudy --tell mute”, “pause”, “toggle” or “show”."
        )

    def _key_rows(self) -> QFormLayout:
        form = QFormLayout()
        for deed, title in titles().items():
            edit = self._keys[deed]
            edit.setMaximumSequenceLength(1)
            edit.setClearButtonEnabled(True)
            edit.setAccessibleName(self.tr("Global shortcut: {deed}").format(deed=title))
            add_row(form, title, edit)
            add_row(form, "", self._problems[deed])
            self._problems[deed].setVisible(False)
        return form


def engine_title(name: str) -> str:
    """Return what people read for an engine."""
    return told(ENGINES[name])
