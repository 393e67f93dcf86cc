"""Which voice drives the picture: a source and its options."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QVBoxLayout, QWidget

from app.parts.form import ChoiceBox, OptionsForm
from app.parts.quiet_wheel import quiet
from app.parts.sentences import reason, told
from app.plain import Label
from core.options import hints
from core.plugin import Found, SourcePlugin

MICROPHONE = "microphone"
"""Name of the source whose choices are plugged in and out."""

INNER = (QComboBox, QAbstractSpinBox)
"""What has parts of its own that Tab passes by."""

log = logging.getLogger(__name__)


class Voice(QWidget):
    """A list of sources with the form of the one that is chosen."""

    changed = Signal()
    """Another voice, or other options of it."""

    def __init__(
        self, found: Found[SourcePlugin[Any]], options_of: Callable[[SourcePlugin[Any]], Any]
    ) -> None:
        super().__init__()
        self._options_of = options_of
        self._plugins = found.plugins
        self._files: dict[str, dict[str, Path]] = {}
        """Of a source that is about to be shown, the file that somebody dropped."""
        self._form: QWidget | None = None
        self._sources = quiet(QComboBox())
        self._sources.setAccessibleName(self.tr("Voice"))
        self._sources.currentIndexChanged.connect(self._draw_form)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._sources)
        self.fill(found, "")

    def fill(self, found: Found[SourcePlugin[Any]], chosen: str) -> None:
        """List what was found, and show the source called `chosen`, or the first."""
        self._plugins = found.plugins
        with QSignalBlocker(self._sources):
            self._sources.clear()
            for name, plugin in self._plugins.items():
                self._sources.addItem(told(plugin.title), name)
        self.choose(chosen)

    def choose(self, name: str) -> None:
        """Show the source called `name`, or the first."""
        with QSignalBlocker(self._sources):
            self._sources.setCurrentIndex(max(0, self._sources.findData(name)))
        self._draw_form()

    def take(self, path: Path) -> bool:
        """Choose the source that plays files like this one, and this file; whether there is one."""
        for name, plugin in self._plugins.items():
            for field, hint in hints(plugin.options).items():
                if f"*{path.suffix.lower()}" in re.findall(r"\*\.\w+", hint.files):
                    self._files[name] = {field: path}
                    self.choose(name)
                    return True
        return False

    def look_for_devices(self) -> None:
        """Look for microphones that have come and gone."""
        plugin = self.plugin()
        if plugin and plugin.name == MICROPHONE and self.isVisible():
            for box in self.findChildren(ChoiceBox):
                box.refresh()

    def plugin(self) -> SourcePlugin[Any] | None:
        return self._plugins.get(self._sources.currentData() or "")

    def options(self) -> Any:
        """Return the options as they stand; None where there is no source.

        Raises:
            ValueError: what was chosen does not fit together.
        """
        return self._form.value() if isinstance(self._form, OptionsForm) else None

    def _draw_form(self) -> None:
        if self._form:
            self._layout.removeWidget(self._form)
            self._form.setVisible(False)  # until it is deleted, it would lie over the next
            self._form.deleteLater()
            self._form = None
        if plugin := self.plugin():
            files = self._files.pop(plugin.name, {})
            self._form = form(plugin, lambda one: replace(self._options_of(one), **files))
            self._layout.addWidget(self._form)
            follow(self._sources, self._form)
            if isinstance(self._form, OptionsForm):
                self._form.changed.connect(self.changed)
        self.changed.emit()


TEXT = "text"
"""The option that says what is spoken first, of sources that can be told what to say."""


def speaks(plugin: SourcePlugin[Any] | None) -> bool:
    """Whether a source can be told what to say; what it says first is written elsewhere."""
    return plugin is not None and hasattr(plugin.open, "say") and TEXT in hints(plugin.options)


def aloud(plugin: SourcePlugin[Any] | None) -> bool:
    """Whether people want to hear a source: what is typed or lies in a file, never a microphone."""
    if plugin is None:
        return False
    return speaks(plugin) or any(hint.files for hint in hints(plugin.options).values())


def follow(before: QWidget, form: QWidget) -> None:
    """Let Tab go from `before` through a form that was made after all that follows it."""
    for part in form.findChildren(QWidget):
        proxied = part.focusProxy() or isinstance(part.parentWidget(), INNER)
        if part.window() is not before.window():
            continue  # what a list drops down is a window of its own
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and not proxied:
            QWidget.setTabOrder(before, part)
            before = part


def form(plugin: SourcePlugin[Any], options_of: Callable[[SourcePlugin[Any]], Any]) -> QWidget:
    """Return the form of the plugin's options, or a sentence where a stranger's are broken."""
    try:
        return OptionsForm(options_of(plugin), (TEXT,) if speaks(plugin) else ())
    except Exception as error:
        log.warning("the options of %s cannot be shown", plugin.name, exc_info=True)
        said = QCoreApplication.translate(
            "Voice", "{title} is broken: its options cannot be shown ({error})."
        )
        words = Label(said.format(title=told(plugin.title), error=reason(error)))
        words.setWordWrap(True)
        return words
