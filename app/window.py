"""The main window: pages for being live, for where it goes, and for what works on this computer."""

import logging
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import platformdirs
from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.bridge import Bridge
from app.doctor_page import DoctorPage
from app.outputs import Outputs, heading, scrolling
from app.people import People
from app.settings import Settings, save, with_options
from app.stage import Air, Stage
from app.studio import Scene, Studio
from app.voice import Voice
from core.doctor.checks import all_checks
from core.doctor.finding import Check
from core.doctor.system import System
from core.live.figures import Figures
from core.live.session import Phase, Status
from core.plugin import SourcePlugin, source_plugins

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds that something may take to end when the window closes."""

NATIVE = QKeySequence.SequenceFormat.NativeText

SIDE = 348
"""Pixels of what can be chosen beside the picture."""


class Window(QMainWindow):
    """Everything people see; turns what they choose into a scene and back into settings."""

    def __init__(
        self,
        settings: Settings,
        path: Path,
        people: People | None = None,
        outputs: Outputs | None = None,
        doctor: DoctorPage | None = None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Understudy")
        self._settings, self._path = settings, path
        self.bridge = bridge = Bridge(self)
        self.studio = Studio(
            bridge.status_changed.emit, bridge.recorded.emit, bridge.sound_failed.emit
        )
        self._stage = Stage()
        self._people = people or People()
        self._voice = Voice(source_plugins(), self._options_of)
        self._outputs = outputs or Outputs()
        self._doctor = doctor or DoctorPage(self._checks)
        self._go, self._record = QPushButton("&Start"), QPushButton("&Record")
        self._goes_to = QLabel()
        self._pages = QTabWidget()
        self._ending = QTimer(self, interval=50)
        self._failed = False
        self._lay_out()
        self._connect()
        self._add_shortcuts()
        self._show_settings()
        self._set_live(False)

    @property
    def message(self) -> str:
        """What people are being told."""
        return self._stage.message

    def start(self) -> None:
        """Go live with what is chosen."""
        scene = self._scene()
        if scene is None:
            return
        self._remember()
        self._stage.tell("")
        self._failed = False
        self._set_live(True)
        self._stage.show_air(Air.STARTING)
        self.bridge.watch(self.studio.start(scene))

    def stop(self) -> None:
        """End what is live; the window stays alive meanwhile."""
        self._go.setEnabled(False)
        self._stage.show_air(Air.STOPPING)
        if self.studio.session:
            self.studio.session.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._remember()
        self.bridge.rest()
        self.studio.close(PATIENCE)
        self._outputs.page.close_page()
        event.accept()

    def _scene(self) -> Scene | None:
        profile, plugin = self._people.profile(), self._voice.plugin()
        if profile is None or plugin is None:
            missing = "There is nobody to show yet: add a person." if plugin else "No voice found."
            self._stage.tell(missing)
            return None
        try:
            options = self._voice.options()
        except ValueError as error:
            self._stage.tell(str(error))
            return None
        outputs = self._outputs
        return Scene(
            plugin,
            options,
            outputs.picture.framed(profile),
            self._settings.engine,
            outputs.camera.name(),
            outputs.picture.badge(),
            outputs.page.camera,
            outputs.sound.choice().names,
            outputs.picture.format(),
        )

    def _on_status(self, status: Status) -> None:
        if status.phase is Phase.LIVE:
            self._stage.show_air(Air.LIVE)
            self._stage.more.setVisible(self.studio.speaks)
            self._record.setEnabled(True)
        elif status.phase in (Phase.STOPPED, Phase.FAILED):
            if status.error:
                self._failed = True
                self._stage.tell(str(status.error) or type(status.error).__name__)
            self._ending.start()

    def _end(self) -> None:
        """The last status comes just before the last thread ends."""
        if not self.studio.stop(0):
            return
        self._ending.stop()
        self.bridge.rest()
        self._set_live(False)
        self._stage.show_air(Air.FAILED if self._failed else Air.STOPPED)

    def _say(self, text: str) -> None:
        try:
            self.studio.say(text)
        except ValueError as error:
            self._stage.tell(str(error))

    def _switch(self) -> None:
        """Let the session know what is muted and paused."""
        switches = self.studio.switches
        for button, switch in (
            (self._stage.mute, switches.mute),
            (self._stage.pause, switches.pause),
        ):
            switch.set() if button.isChecked() else switch.clear()
        if self._stage.air.on:
            self._stage.show_air(Air.PAUSED if switches.pause.is_set() else Air.LIVE)

    def _switch_recording(self) -> None:
        if not self._record.isChecked():
            self.studio.record(None)
            return
        folder = self._settings.recordings
        if folder == Path():
            folder = Path(platformdirs.user_videos_dir())
        name = datetime.now().strftime("understudy %Y-%m-%d %H.%M.%S.mp4")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._stage.tell(f"{folder} cannot be made ({error.strerror}); choose another folder")
            self._record.setChecked(False)
            return
        self.studio.record(folder / name)

    def _on_recorded(self, path: Path, error: object) -> None:
        self._record.setChecked(False)
        self._stage.tell(str(error) if error else f"Recorded: {path}", good=not error)

    def _show_figures(self, figures: Figures) -> None:
        if figures.frames:
            self._stage.show_figures(figures)
            self._outputs.sound.show_figures(self.studio.sounds())

    def _set_live(self, live: bool) -> None:
        for part in (self._people, self._voice):
            part.setEnabled(not live)
        self._outputs.hold(live)
        # The doctor tries the very devices that are in use while live.
        self._pages.setTabEnabled(self._pages.indexOf(self._doctor), not live)
        self._go.setText("&Stop" if live else "&Start")
        self._go.setEnabled(True)
        self._record.setEnabled(False)
        self._record.setChecked(False)

    def _toggle(self) -> None:
        self.stop() if self.studio.session else self.start()

    def _options_of(self, plugin: SourcePlugin[object]) -> object:
        return self._settings.options_of(plugin.name, plugin.options)

    def _checks(self) -> tuple[Check, ...]:
        folder = self._settings.recordings
        microphone = self._settings.option("microphone", "device")
        return all_checks(System(), microphone, None if folder == Path() else folder)

    def _show_settings(self) -> None:
        settings = self._settings
        self.resize(*settings.window)
        self._people.fill(settings.profile)
        self._voice.choose(settings.source)
        self._outputs.show_settings(settings)
        self._stage.mirror.setChecked(settings.mirrored)
        self._summarise()

    def _summarise(self) -> None:
        words = self._outputs.summary()
        self._goes_to.setText(f'{words}. <a href="outputs">Change</a>')

    def _remember(self) -> None:
        """Note what is chosen now, for this and the next start."""
        old, plugin, profile = self._settings, self._voice.plugin(), self._people.profile()
        options = old.options
        try:
            if plugin:
                options = with_options(options, plugin.name, self._voice.options())
        except ValueError:
            log.info("options not remembered", exc_info=True)
        self._settings = replace(
            self._outputs.noted(old),
            source=plugin.name if plugin else old.source,
            options=options,
            profile=profile.name if profile else old.profile,
            mirrored=self._stage.mirror.isChecked(),
            window=(self.width(), self.height()),
        )
        save(self._path, self._settings)

    def _connect(self) -> None:
        self._go.clicked.connect(self._toggle)
        self._record.clicked.connect(self._switch_recording)
        self._stage.more.said.connect(self._say)
        self._stage.switched.connect(self._switch)
        self._outputs.changed.connect(self._summarise)
        self._goes_to.linkActivated.connect(lambda: self._pages.setCurrentWidget(self._outputs))
        self._ending.timeout.connect(self._end)
        bridge = self.bridge
        bridge.status_changed.connect(self._on_status)
        bridge.frame_ready.connect(self._stage.preview.show_frame)
        bridge.figures_ready.connect(self._show_figures)
        bridge.recorded.connect(self._on_recorded)
        bridge.sound_failed.connect(lambda error: self._stage.tell(str(error)))

    def _add_shortcuts(self) -> None:
        for keys, button in (
            ("Ctrl+Return", self._go),
            ("Ctrl+R", self._record),
            ("Ctrl+P", self._stage.pause),
            ("Ctrl+M", self._stage.mute),
            ("Ctrl+Shift+M", self._stage.mirror),
        ):
            sequence = QKeySequence(keys)
            QShortcut(sequence, self, button.click)
            words = [button.accessibleDescription(), sequence.toString(NATIVE)]
            button.setToolTip("\n".join(filter(None, words)))

    def _lay_out(self) -> None:
        self._record.setCheckable(True)
        self._go.setDefault(True)
        self._goes_to.setAccessibleName("Where it goes")
        choices = QWidget()
        column = QVBoxLayout(choices)
        column.setContentsMargins(0, 0, 8, 0)
        for part in (heading("Person"), self._people, heading("Voice"), self._voice):
            column.addWidget(part)
        column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addWidget(self._go, 1)
        buttons.addWidget(self._record, 1)
        area = scrolling(choices)
        area.setFixedWidth(SIDE)
        self._goes_to.setMaximumWidth(SIDE)
        side = QVBoxLayout()
        side.setSpacing(6)
        side.addWidget(area, 1)
        for label in (heading("Goes to"), self._goes_to):
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            side.addWidget(label)
        side.addLayout(buttons)
        live = QWidget()
        layout = QHBoxLayout(live)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(self._stage, 1)
        layout.addLayout(side)
        self._pages.setDocumentMode(True)
        for page, title in (
            (live, "&Live"),
            (self._outputs, "&Output"),
            (self._doctor, "&Doctor"),
        ):
            self._pages.addTab(page, title)
        self.setCentralWidget(self._pages)
