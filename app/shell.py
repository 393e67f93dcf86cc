"""What is around the window: tray, global keys, later starts, colours, and pages of its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.desktop.icon import icon
from app.desktop.keys.backends import Keys
from app.desktop.language import install
from app.desktop.single import Single
from app.desktop.theme import Theme
from app.desktop.tray import Tray
from app.live_state import LiveState
from app.pages.about import About
from app.pages.plugins import PluginsPage
from app.pages.preferences import Preferences
from app.pages.welcome import Welcome
from app.parts.captures import chosen_folder, found_at
from app.parts.notice import Kind
from app.parts.question import Question
from app.window import Window
from core.broadcast.leftovers import clear
from core.film.unfinished import rescue

WARN_EVERY = 5000
"""Milliseconds between two looks, while live, for what others would notice of the sound."""

PATIENCE = 1.0
"""Seconds that pages which are made anew may take to end."""

SPEAK_AGAIN = 500
"""Milliseconds between two looks whether another language can be spoken now."""


@dataclass(frozen=True)
class Surroundings:
    """What this system has; None for what it has not."""

    theme: Theme
    tray: Tray | None
    keys: Keys | None
    single: Single | None
    logs: Path


class Shell(QObject):
    """Lets what is around the window drive it, and tells it what the window does."""

    def __init__(self, window: Window, around: Surroundings) -> None:
        super().__init__(window)
        self._window, self._around = window, around
        self._warning = Question(window.on_air.devices.outputs.warning, self)
        self._clearing = Question(self._clear, self)
        self._watch = QTimer(self, interval=WARN_EVERY)
        self._speaking = QTimer(self, singleShot=True)
        around.theme.choose(window.settings.theme)
        self._add_pages()
        self._connect()
        self._connect_surroundings()
        self._show_tray(window.settings.tray)
        window.open_page(window.settings.page_shown)

    def show(self) -> None:
        """Show the window, with the first page where nobody has agreed to it yet."""
        self._window.greet(None if self._window.settings.welcomed else self.welcome)
        self._window.show()

    def clear(self) -> None:
        """Clear away what programs of ours that were killed have left, and say what is kept."""
        self._clearing.ask()

    def do(self, word: str) -> None:
        """Do what a key, the tray or a later start asks for; an unknown word does nothing."""
        transport = self._window.transport
        if word == "show":
            self._come_forward()
        elif word == "quit":
            self.end()
            QApplication.quit()
        elif word == "toggle" and self._window.settings.welcomed:
            self._window.toggle()
            if self._window.on_air.rehearsing:  # nothing has started; show where that can be ended
                self._come_forward()
        elif word == "mute":
            transport.mute.click()
        elif word == "pause":
            transport.pause.click()

    def end(self) -> None:
        """Close the window for good, and everything with it."""
        self._window.stays = False
        self._window.close()

    def warn(self, words: object) -> None:
        """While live, say what others would notice of the sound; None or nothing takes it back."""
        if self._window.transport.state.on:
            self._window.notice.warn(str(words or ""), self)

    def close(self, patience: float) -> None:
        """Let go of keys, tray and later starts."""
        self._watch.stop()
        self._warning.close(patience)
        self._clearing.close(patience)
        self.about.end(patience)
        self.plugins.end(patience)
        self.preferences.teaching.end(patience)
        for part in (self._around.keys, self._around.single):
            if part:
                part.close()
        if self._around.tray:
            self._around.tray.hide()

    def _clear(self) -> list[Path]:
        """Runs on a thread of its own; returns recordings that were cut off."""
        clear()
        return rescue(chosen_folder(self._window.settings.recordings))

    def _tell_kept(self, films: object) -> None:
        if isinstance(films, list) and films:
            words = self.tr("A recording that was cut off is kept: {0}")
            self._window.notice.tell(found_at(words, films[-1]), Kind.GOOD)

    def _come_forward(self) -> None:
        window = self._window
        window.setWindowState(window.windowState() & ~window.windowState().WindowMinimized)
        window.show()
        for part in (window, QApplication.activeModalWidget()):
            if part:
                part.raise_()
                part.activateWindow()

    def _agree(self) -> None:
        self._window.note(welcomed=True)
        self._window.greet(None)

    def _choose(self, name: str, value: Any) -> None:
        self._window.note(**{name: value})
        if name == "language":
            self._speaking.start(0)
        elif name == "theme":
            self._around.theme.choose(value)
        elif name == "tray":
            self._show_tray(value)
        elif name == "keys" and self._around.keys:
            self._around.keys.claim(dict(value))

    def _show_tray(self, stays: bool) -> None:
        if self._around.tray:
            self._around.tray.show()
            self._window.stays = stays

    def _on_state(self, state: LiveState) -> None:
        self._window.setWindowIcon(icon(state.name.lower()))
        if self._around.tray:
            self._around.tray.show_state(state)
        self._show_switches()
        self._watch.start() if state.on else self._watch.stop()

    def _speak(self) -> None:
        """Let the window speak as chosen, as soon as nothing is live, learned or asked."""
        busy = self._window.on_air.broadcast or self.preferences.teaching.running
        if busy or QApplication.activeModalWidget():
            self.preferences.wait()
            self._speaking.start(SPEAK_AGAIN)
            return
        page, application = self._window.page_shown, QApplication.instance()
        assert application
        self._window.note()
        self.about.end(PATIENCE)
        self.plugins.end(PATIENCE)
        install(application, self._window.settings.language)
        self._window.refurnish()
        self._add_pages()
        self._window.open_page(page)
        self.preferences.language.setFocus()
        if self._around.tray:
            self._around.tray.name()

    def _show_switches(self) -> None:
        transport = self._window.transport
        if self._around.tray:
            switches = transport.mute.isChecked(), transport.pause.isChecked()
            self._around.tray.show_switches(*switches)

    def _add_pages(self) -> None:
        window, around = self._window, self._around
        settings = window.settings
        self.preferences = Preferences(settings, bool(around.keys), bool(around.tray))
        self.plugins = PluginsPage(
            settings.plugins_off, window.show_plugins, window.options_of, window.places
        )
        self.welcome = Welcome()
        self.about = About(around.logs)
        window.add_page(self.plugins, self.tr("&Plugins"))
        window.add_page(self.preferences, self.tr("Se&ttings"))
        window.add_page(self.about, self.tr("A&bout"))
        self.welcome.agreed.connect(self._agree)
        self.preferences.chosen.connect(self._choose)
        window.asks.connect(self.preferences.show_asking)
        window.transport.state_changed.connect(self._on_state)
        window.transport.switched.connect(self._show_switches)
        window.bridge.engine_known.connect(self.preferences.show_engine)
        if around.keys:
            around.keys.claimed.connect(self.preferences.show_problems)

    def _connect(self) -> None:
        self._window.setWindowIcon(icon())
        self._speaking.timeout.connect(self._speak)
        self._watch.timeout.connect(self._warning.ask)
        self._warning.answered.connect(self.warn)
        self._clearing.answered.connect(self._tell_kept)

    def _connect_surroundings(self) -> None:
        around = self._around
        if around.tray:
            around.tray.asked.connect(self.do)
        if around.single:
            around.single.asked.connect(self.do)
        if around.keys:
            around.keys.pressed.connect(self.do)
            if wanted := dict(self._window.settings.keys):
                around.keys.claim(wanted)
