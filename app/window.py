"""The main window: pages for being live, for where it goes, and for what works on this computer."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QTabWidget, QWidget

from app.live.bridge import Bridge
from app.live.choices import noted, scene
from app.live.direction import Direction
from app.live.film import Film
from app.live.framing_by_hand import LiveFraming
from app.live.keepsakes import Keepsakes, chosen_folder, found_at
from app.live.page import LivePage
from app.live.stage import Air, Stage
from app.live.studio import Opener, Scene, Studio
from app.live.voice import Voice
from app.outputs.page import Outputs
from app.pages.doctor import DoctorPage
from app.parts.form import usual
from app.parts.sentences import reason
from app.people.list import People
from app.people.rehearsal import Rehearsal
from app.settings import Settings, save
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
        people: People | None = None,
        outputs: Outputs | None = None,
        doctor: DoctorPage | None = None,
        engine: Opener | None = None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Understudy")
        self._settings, self._path = settings, path
        self.bridge = bridge = Bridge(self)
        self.studio = Studio(bridge.reports(), engine)
        voice = Voice(source_plugins(settings.plugins_off), self.options_of)
        self._live = LivePage(people or People(), voice)
        self._outputs = outputs or Outputs()
        self._doctor = doctor or DoctorPage(self._checks)
        self._pages, self._stack = QTabWidget(), QStackedWidget()
        self.stays = False
        """Whether the program goes on when the window is closed."""
        self._direction = Direction(self.studio, self._live, self._outputs, self._scene, self)
        self._keepsakes = Keepsakes(self._folder, self)
        self._film = Film(self._live.record, self.stage, self.studio, self._folder)
        self._framing = LiveFraming(
            self._live.stage.preview,
            self._live.frame,
            self._live.people,
            lambda: self.studio.framing,
            self._outputs.picture.format,
        )
        self._live.people.rehearse_with(Rehearsal(self.studio, self._outputs, self.options_of))
        self._again = False
        self._ending = QTimer(self, interval=50)
        self._failed = False
        self._add_pages()
        self._connect()
        self._show_settings()
        self._set_live(False)

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

    def greet(self, page: QWidget | None) -> None:
        """Show `page` in place of all others, or no longer."""
        if page and self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page or self._pages)

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
        self._failed = False
        self._set_live(True)
        self._live.stage.show_air(Air.STARTING)
        self._direction.begin(wanted)
        self.bridge.watch(self.studio.start(wanted))

    def stop(self) -> None:
        """End what is live; the window stays alive meanwhile."""
        self._live.go.setEnabled(False)
        self._live.stage.show_air(Air.STOPPING)
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
        self._outputs.page.close_page()
        self._outputs.sound.end(PATIENCE)
        self._live.people.end(PATIENCE)
        self._keepsakes.end(PATIENCE)
        event.accept()

    def _scene(self) -> Scene | None:
        try:
            return scene(self._live, self._outputs, self._settings)
        except ValueError as error:
            self._live.stage.tell(reason(error))
            return None

    def _on_status(self, status: Status) -> None:
        if status.phase is Phase.LIVE:
            self._live.stage.show_air(Air.LIVE)
            self._live.stage.more.setVisible(self.studio.speaks)
            self._live.show_picture(True)
        elif status.phase in (Phase.STOPPED, Phase.FAILED):
            if status.error:
                self._failed = True
                self._live.stage.tell(reason(status.error))
            self._ending.start()

    def _end(self) -> None:
        """The last status comes just before the last thread ends."""
        if not self.studio.stop(0):
            return
        self._ending.stop()
        self.bridge.rest()
        self._direction.end()
        self._set_live(False)
        self._outputs.sound.tell("")
        self._live.stage.show_air(Air.FAILED if self._failed else Air.STOPPED)
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
        if self._live.stage.air.on:
            self._live.stage.show_air(Air.PAUSED if switches.pause.is_set() else Air.LIVE)

    def _folder(self) -> Path:
        return chosen_folder(self._outputs.folder.folder)

    def _on_kept(self, path: Path) -> None:
        self._live.stage.tell(found_at(self.tr("Saved: {0}"), path), good=True)

    def _show_figures(self, figures: Figures) -> None:
        if figures.frames:
            self._live.stage.show_figures(figures)
            self._outputs.sound.show_figures(self.studio.sounds())

    def _set_live(self, live: bool) -> None:
        self._live.set_live(live)
        self._outputs.hold(live)
        # The doctor tries the very devices that are in use while live.
        self._pages.setTabEnabled(self._pages.indexOf(self._doctor), not live)

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

    def _show_settings(self) -> None:
        settings = self._settings
        self.resize(*settings.window)
        if settings.place:
            self.restoreGeometry(QByteArray.fromBase64(settings.place.encode()))
        self._live.people.take_framings(settings.framings)
        self._live.people.fill(settings.profile)
        self._live.voice.choose(settings.source)
        self._outputs.show_settings(settings)
        self._live.stage.mirror.setChecked(settings.mirrored)
        self._summarise()

    def _summarise(self) -> None:
        self._live.say_where(self._outputs.summary())

    def _remember(self) -> None:
        """Note what is chosen now, for this and the next start."""
        self._settings = replace(
            noted(self._settings, self._live, self._outputs),
            place=bytes(self.saveGeometry().toBase64().data()).decode(),
            page_shown=self._pages.currentIndex(),
        )
        save(self._path, self._settings)

    def _connect(self) -> None:
        self._live.go.clicked.connect(self.toggle)
        self._live.level.read = lambda: self.studio.level
        self._live.snapshot.clicked.connect(lambda: self._keepsakes.keep(self.studio.latest))
        self._direction.failed.connect(self._live.stage.tell)
        self._direction.restart_wanted.connect(self.restart)
        self._keepsakes.kept.connect(self._on_kept)
        self._keepsakes.failed.connect(self._live.stage.tell)
        self._live.stage.more.said.connect(self._say)
        self._live.stage.switched.connect(self._switch)
        self._outputs.changed.connect(self._summarise)
        self._live.outputs_wanted.connect(lambda: self._pages.setCurrentWidget(self._outputs))
        self._ending.timeout.connect(self._end)
        bridge = self.bridge
        bridge.status_changed.connect(self._on_status)
        bridge.frame_ready.connect(self._live.stage.preview.show_frame)
        bridge.figures_ready.connect(self._show_figures)
        bridge.recorded.connect(self._film.end)
        bridge.sound_failed.connect(lambda error: self._live.stage.tell(reason(error)))
        bridge.engine_known.connect(self._live.stage.show_engine)
        bridge.trouble.connect(self._live.stage.tell)

    def _add_pages(self) -> None:
        for page, title in (
            (self._live, self.tr("&Live")),
            (self._outputs, self.tr("&Output")),
            (self._doctor, self.tr("&Doctor")),
        ):
            self._pages.addTab(page, title)
        self._stack.addWidget(self._pages)
        self.setCentralWidget(self._stack)
