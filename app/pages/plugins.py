"""The page that says which plugins are installed, whose they are, and what is wrong with some."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.live.voice import form
from app.pages.voice_engines import VoiceEngines
from app.parts.layout import WIDEST, heading, note, scrolling
from app.parts.sentences import reason, told
from app.plain import Label, html
from core.plugin import Found, Origin, SourcePlugin, StorePlugin
from core.plugin_trial import TrialFailed
from core.process.child import ROOT
from core.profile_stores import StoreFailed, Stores, no_stores
from core.voices.installed import Engine, inventory

log = logging.getLogger(__name__)

translate = QCoreApplication.translate

GUIDE = ROOT / "docs" / "plugins.md"
"""How to write a plugin; only in a checkout."""


class PluginsPage(QWidget):
    """A card for each plugin, found or broken, with the switch that keeps it from being loaded.

    `look` finds the voices anew, without those that are off; `options_of` knows what was chosen;
    `places` tells where people are kept, which is known since the start; `engines` what speaks.
    """

    def __init__(
        self,
        off: tuple[str, ...],
        look: Callable[[tuple[str, ...]], Found[SourcePlugin[Any]]],
        options_of: Callable[[SourcePlugin[Any]], Any],
        places: Callable[[], Stores] = no_stores,
        engines: Callable[[], list[Engine]] = inventory,
    ) -> None:
        super().__init__()
        self._off, self._look, self._options_of = set(off), look, options_of
        self._places = places
        self.cards: dict[str, PluginCard] = {}
        again = QPushButton(self.tr("Re&fresh"))
        again.clicked.connect(self._refresh_all)
        inside = QWidget()
        inside.setMaximumWidth(WIDEST)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(16, 8, 16, 16)
        self._column.setSpacing(10)
        row = QHBoxLayout()
        row.addWidget(heading(self.tr("Voices")), 1)
        row.addWidget(again)
        self._column.addLayout(row)
        self._column.addWidget(self._about())
        self.engines = VoiceEngines(engines)
        self._below = heading(self.tr("Places where people are kept"))
        self._column.addSpacing(10)
        self._column.addWidget(self.engines)
        self._column.addSpacing(10)
        self._column.addWidget(self._below)
        self._column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolling(inside))

    def _about(self) -> Label:
        words = self.tr("Voice plugins. Unused ones aren't loaded.")
        link = self.tr('<a href="{0}">How to write one in a few lines</a>')
        if not GUIDE.is_file():  # in the installed program
            return note(words)
        guide = QUrl.fromLocalFile(str(GUIDE)).toString()
        label = note(html(f"{{1}} {link}", guide, words))
        label.setOpenExternalLinks(True)
        return label

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.cards:
            self.refresh()

    def refresh(self) -> None:
        """Look for plugins anew, and show what was found."""
        found = self._look(tuple(sorted(self._off)))
        for card in self.cards.values():
            self._column.removeWidget(card)
            card.deleteLater()
        voices, places = self._made(found), self._made_of_places(self._places())
        for card in voices.values():
            self._column.insertWidget(self._column.indexOf(self.engines) - 1, card)
        for card in places.values():
            self._column.insertWidget(self._column.count() - 1, card)
        self.cards = {**places, **voices}

    def end(self, patience: float) -> None:
        """Wait at most `patience` seconds for what is being asked."""
        self.engines.end(patience)

    def _refresh_all(self) -> None:
        self.refresh()
        self.engines.refresh()

    def _made(self, found: Found[SourcePlugin[Any]]) -> dict[str, "PluginCard"]:
        errors = {broken.name: what_is_wrong(broken.error) for broken in found.broken}
        cards = {}
        for name in sorted({*found.plugins, *errors, *found.off}):
            card = PluginCard(name, found.plugins.get(name), found.origins.get(name))
            card.show_state(name not in found.off, errors.get(name, ""))
            if plugin := found.plugins.get(name):
                card.show_form(partial(form, plugin, self._options_of))
            card.switch.toggled.connect(lambda on, name=name: self._turn(name, on))
            cards[name] = card
        return cards

    def _made_of_places(self, places: Stores) -> dict[str, "PluginCard"]:
        problems, cards = places.problems, {}
        for name in sorted({*places.opened, *problems}):
            plugin, origin = places.found.plugins.get(name), places.found.origins.get(name)
            cards[name] = PluginCard(name, plugin, origin)
            problem = problems.get(name)
            cards[name].show_state(not problem, what_is_wrong(problem) if problem else "")
            cards[name].switch.setEnabled(False)
        return cards

    def _turn(self, name: str, on: bool) -> None:
        self._off.discard(name) if on else self._off.add(name)
        self.refresh()


class PluginCard(QFrame):
    """One plugin: whose it is, whether it works, and its options."""

    def __init__(
        self, name: str, plugin: SourcePlugin[Any] | StorePlugin | None, origin: Origin | None
    ) -> None:
        super().__init__()
        self.setObjectName("card")
        title = told(plugin.title) if plugin else name
        self.switch = QCheckBox(title)
        self.switch.setAccessibleName(self.tr("Use the plugin {title}").format(title=title))
        self._origin, self._problem = note(described(name, origin)), Label()
        self._problem.setObjectName("message")
        self._problem.setWordWrap(True)
        self._problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._options = QPushButton(self.tr("Options"))
        self._options.setAccessibleName(self.tr("Options of {title}").format(title=title))
        self._options.setCheckable(True)
        self._options.setVisible(False)
        head = QHBoxLayout()
        head.addWidget(self.switch, 1)
        head.addWidget(self._options)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 10, 12, 10)
        self._layout.addLayout(head)
        self._layout.addWidget(self._origin)
        self._layout.addWidget(self._problem)

    @property
    def problem(self) -> str:
        """What is wrong; empty if nothing."""
        return self._problem.text()

    @property
    def origin(self) -> str:
        return self._origin.text()

    def show_state(self, on: bool, problem: str) -> None:
        self.switch.setChecked(on)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def show_form(self, draw: Callable[[], QWidget]) -> None:
        """Offer the options; they are drawn when somebody wants to see them."""
        drawn: list[QWidget] = []

        def turn(on: bool) -> None:
            if on and not drawn:
                drawn.append(draw())
                # What is chosen for good is chosen beside the picture, where it can be heard.
                drawn[0].setEnabled(False)
                self._layout.addWidget(drawn[0])
            for part in drawn:
                part.setVisible(on)

        self._options.setVisible(True)
        self._options.toggled.connect(turn)


def described(name: str, origin: Origin | None) -> str:
    """Return whose a plugin is."""
    if origin is None or not origin.package:
        return name
    words = translate("PluginsPage", "{name}, from {package} {version}")
    return words.format(name=name, package=origin.package, version=origin.version)


def what_is_wrong(error: BaseException) -> str:
    """Return what is wrong with a stranger's plugin, in a sentence that says what helps."""
    if isinstance(error, (TrialFailed, StoreFailed)):
        words = translate(
            "PluginsPage",
            "It cannot be used: {error}. Look for a newer version of its package; everything else "
            "works without it.",
        )
        return words.format(error=reason(error))
    words = translate(
        "PluginsPage",
        "It cannot be loaded: {error} ({kind}). Look for a newer version of its package, or "
        "switch it off; everything else works without it.",
    )
    return words.format(error=reason(error), kind=type(error).__name__)
