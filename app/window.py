"""The main window: pages for being live, for where it goes, and for what works on this computer."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from app.live.choices import noted, scene
from app.live.framing_by_hand import LiveFraming
from app.live.live_changes import LiveChanges
from app.live.record_button import RecordButton
from app.live.stage import Stage
from app.live.voice import Voice
from app.live_state import LiveState
from app.parts.bridge import Bridge
from app.parts.captures import Captures, chosen_folder, found_at
from app.parts.form import usual
from app.parts.sentences import reason
from app.people.rehearsal import Rehearsal
from app.settings import Settings, save
from app.tabs import Parts, Tabs
from core.broadcast.studio import Opener, Scene, Studio
from core.doctor.checks import all_checks
from core.doctor.finding import Check
from core.doctor.system import System
from core.live.figures import Figures
from core.live.session import Phase, Status
from core.plugin import Found, SourcePlugin, source_plugins

PATIENCE = 5.0
"""Seconds that something may take to end when the window closes."""


class Window(QMainWindow):
    """Everything people see; turns what they choose into a scene and back into settings."""

    def __init__(
        self,
        settings: Settings,
        path: Path,
        parts: Parts | None = None,
        engine: Opener | None = None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Understudy")
        self._settings, self._path, self._parts = settings, path, parts or Parts()
        self.bridge = Bridge(self)
        self.studio = Studio(self.bridge.reports(), engine)
        self._stack = QStackedWidget()
        self.setCentralWidget(self._stack)
        self.stays = False
        """Whether the program goes on when the window is closed."""
        self._captures = Captures(self._folder, self)
        self._again = False
        self._ending = QTimer(self, interval=50)
        self._failed: Exception | None = None
        self._connect()
        self._furnish()
        self.resize(*settings.window)
        if settings.place:
            self.restoreGeometry(QByteArray.fromBase64(settings.place.encode()))

    @property
    def settings(self) -> Settings:
        """What is remembered; the newest choices are only known after `note`."""
        return self._settings

    @property
    def stage(self) -> Stage:
        """The picture, and what can be switched while live."""
        return self._live.stage

    def note(self, **chosen: Any) -> None:
        """Remember these choices, and whatever else has been chosen."""
        self._settings = replace(self._settings, **chosen)
        self._remember()

    def add_page(self, page: QWidget, title: str) -> None:
        """Show `page` behind the others."""
        self._pages.addTab(page, title)

    def open_page(self, place: int) -> None:
        """Show the page at this place, counted from 0."""
        self._pages.setCurrentIndex(place)

    @property
    def page_shown(self) -> int:
        """Place of the page that is open."""
        return self._pages.currentIndex()

    def greet(self, page: QWidget | None) -> None:
        """Show `page` in place of all others, or no longer."""
        if page and self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page or self._pages)

    def refurnish(self) -> None:
        """Make the pages anew, in the language that is spoken now; nothing may be live."""
        assert self.studio.session is None, "what is live is not touched"
        before = self._pages
        before.end(0)
        self._furnish()
        self._stack.removeWidget(before)
        before.deleteLater()
        if self._failed:
            self.stage.show_state(LiveState.FAILED)
            self.stage.tell(reason(self._failed))

    def show_plugins(self, off: tuple[str, ...]) -> Found[SourcePlugin[Any]]:
        """Look for source plugins anew, without those `off`; return what was found."""
        self.note(plugins_off=off)
        found = source_plugins(off)
        self._live.voice.fill(found, self._settings.source)
        return found

    @property
    def message(self) -> str:
        """What people are being told."""
        return self._live.stage.message

    def start(self) -> None:
        """Go live with what is chosen."""
        wanted = self._scene()
        if wanted is None:
            return
        self._remember()
        self._live.stage.tell("")
        self._failed = None
        self._pages.set_live(True)
        self._live.stage.show_state(LiveState.STARTING)
        self._changes.begin(wanted)
        self.bridge.watch(self.studio.start(wanted))

    def stop(self) -> None:
        """End what is live; the window stays alive meanwhile."""
        self._live.go.setEnabled(False)
        self._live.stage.show_state(LiveState.STOPPING)
        if self.studio.session:
            self.studio.session.stop()

    def restart(self) -> None:
        """Stop, and go live again with what is chosen then."""
        self._again = True
        self.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._remember()
        if self.stays:
            self.hide()
            event.ignore()
            return
        self.bridge.rest()
        self.studio.close(PATIENCE)
        self._pages.end(PATIENCE)
        self._captures.end(PATIENCE)
        event.accept()

    def _scene(self) -> Scene | None:
        try:
            return scene(self._live, self._outputs, self._settings)
        except ValueError as error:
            self._live.stage.tell(reason(error))
            return None

    def _on_status(self, status: Status) -> None:
        if status.phase is Phase.LIVE:
            self._live.stage.show_state(LiveState.LIVE)
            self._live.stage.more.setVisible(self.studio.speaks)
            self._live.show_picture(True)
        elif status.phase in (Phase.STOPPED, Phase.FAILED):
            if status.error:
                self._failed = status.error
                self._live.stage.tell(reason(status.error))
            self._ending.start()

    def _end(self) -> None:
        """The last status comes just before the last thread ends."""
        if not self.studio.stop(0):
            return
        self._ending.stop()
        self.bridge.rest()
        self._changes.end()
        self._pages.set_live(False)
        self._outputs.sound.tell("")
        self._live.stage.show_state(LiveState.FAILED if self._failed else LiveState.STOPPED)
        again, self._again = self._again and not self._failed, False
        if again:
            self.start()

    def _say(self, text: str) -> None:
        try:
            self.studio.say(text)
        except ValueError as error:
            self._live.stage.tell(reason(error))

    def _switch(self) -> None:
        """Let the session know what is muted and paused."""
        switches = self.studio.switches
        for button, switch in (
            (self._live.stage.mute, switches.mute),
            (self._live.stage.pause, switches.pause),
        ):
            switch.set() if button.isChecked() else switch.clear()
        if self._live.stage.state.on:
            self._live.stage.show_state(
                LiveState.PAUSED if switches.pause.is_set() else LiveState.LIVE
            )

    def _folder(self) -> Path:
        return chosen_folder(self._outputs.folder.folder)

    def _on_kept(self, path: Path) -> None:
        self._live.stage.tell(found_at(self.tr("Saved: {0}"), path), good=True)

    def _show_figures(self, figures: Figures) -> None:
        if figures.frames:
            self._live.stage.show_figures(figures)
            self._outputs.sound.show_figures(self.studio.sounds())

    def toggle(self) -> None:
        """Start, or stop what is live."""
        self.stop() if self.studio.session else self.start()

    def options_of(self, plugin: SourcePlugin[Any]) -> Any:
        """Return what was chosen for a plugin."""
        return self._settings.options_of(plugin.name, usual(plugin.options))

    def _checks(self) -> tuple[Check, ...]:
        folder = self._settings.recordings
        microphone = self._settings.option("microphone", "device")
        return all_checks(System(), microphone, None if folder == Path() else folder)

    def _summarise(self) -> None:
        self._live.say_where(self._outputs.summary())

    def _remember(self) -> None:
        """Note what is chosen now, for this and the next start."""
        self._settings = replace(
            noted(self._settings, self._live, self._outputs),
            place=bytes(self.saveGeometry().toBase64().data()).decode(),
            page_shown=self.page_shown,
        )
        save(self._path, self._settings)

    def _connect(self) -> None:
        self._captures.kept.connect(self._on_kept)
        self._captures.failed.connect(lambda words: self.stage.tell(words))
        self._ending.timeout.connect(self._end)
        bridge = self.bridge
        bridge.status_changed.connect(self._on_status)
        bridge.figures_ready.connect(self._show_figures)
        bridge.sound_failed.connect(lambda error: self.stage.tell(reason(error)))
        bridge.trouble.connect(lambda words: self.stage.tell(words))

    def _furnish(self) -> None:
        """Make the pages, and connect them."""
        voice = Voice(source_plugins(self._settings.plugins_off), self.options_of)
        self._pages = pages = Tabs(self._parts, voice, self._checks)
        self._live, self._outputs = live, outputs = pages.live, pages.outputs
        self._stack.insertWidget(0, pages)
        self._stack.setCurrentWidget(pages)
        self._changes = LiveChanges(self.studio, live, outputs, self._scene, live)
        self._record = RecordButton(live.record, live.stage, self.studio, self._folder)
        self._framing = LiveFraming(
            live.stage.preview,
            live.frame,
            live.people,
            lambda: self.studio.framing,
            outputs.picture.format,
        )
        live.people.rehearse_with(Rehearsal(self.studio, outputs, self.options_of))
        self._connect_pages()
        pages.show_settings(self._settings)
        self._summarise()
        pages.set_live(False)

    def _connect_pages(self) -> None:
        live, stage = self._live, self._live.stage
        live.go.clicked.connect(self.toggle)
        live.level.read = lambda: self.studio.level
        live.snapshot.clicked.connect(lambda: self._captures.keep(self.studio.latest))
        self._changes.failed.connect(stage.tell)
        self._changes.restart_wanted.connect(self.restart)
        stage.more.said.connect(self._say)
        stage.switched.connect(self._switch)
        self._outputs.changed.connect(self._summarise)
        live.outputs_wanted.connect(lambda: self._pages.setCurrentWidget(self._outputs))
        self.bridge.frame_ready.connect(stage.preview.show_frame)
        self.bridge.recorded.connect(self._record.end)
        self.bridge.engine_known.connect(stage.show_engine)
