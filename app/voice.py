"""Which voice drives the picture: a source, its options, and more for it to say."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.options_form import OptionsForm
from core.plugin import Found, SourcePlugin


class Voice(QWidget):
    """A list of sources with the form of the one that is chosen."""

    def __init__(
        self, found: Found[SourcePlugin[Any]], options_of: Callable[[SourcePlugin[Any]], Any]
    ) -> None:
        super().__init__()
        self._options_of = options_of
        self._plugins = found.plugins
        self._form: OptionsForm | None = None
        self._sources = QComboBox()
        self._sources.setAccessibleName("Voice")
        for name, plugin in self._plugins.items():
            self._sources.addItem(plugin.title, name)
        for broken in found.broken:
            self._sources.addItem(f"{broken.name} (cannot be used: {broken.error})")
            _disable_last(self._sources)
        self._sources.currentIndexChanged.connect(self._draw_form)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._sources)

    def choose(self, name: str) -> None:
        """Show the source called `name`, or the first."""
        self._sources.setCurrentIndex(max(0, self._sources.findData(name)))
        self._draw_form()

    def plugin(self) -> SourcePlugin[Any] | None:
        return self._plugins.get(self._sources.currentData() or "")

    def options(self) -> Any:
        """Return the options as they stand; None where there is no source."""
        return self._form.value() if self._form else None

    def _draw_form(self) -> None:
        if self._form:
            self._layout.removeWidget(self._form)
            self._form.deleteLater()
            self._form = None
        if plugin := self.plugin():
            self._form = OptionsForm(self._options_of(plugin))
            self._layout.addWidget(self._form)


class SayMore(QWidget):
    """A line to type what is to be said next."""

    said = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._line = QLineEdit()
        self._line.setPlaceholderText("Type what to say next…")
        self._line.setAccessibleName("Text to speak next")
        self._line.returnPressed.connect(self._say)
        button = QPushButton("Sa&y")
        button.clicked.connect(self._say)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._line)
        layout.addWidget(button)
        self.setFocusProxy(self._line)

    def _say(self) -> None:
        if text := self._line.text().strip():
            self.said.emit(text)
            self._line.clear()


def _disable_last(box: QComboBox) -> None:
    item = box.model().item(box.count() - 1)  # type: ignore[attr-defined]
    item.setEnabled(False)
