"""The main window: the picture on the left, everything to choose on the right."""

import logging
from datetime import datetime
from pathlib import Path

import platformdirs
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.bridge import Bridge
from app.outputs import Outputs
from app.people import People
from app.preview import Preview
from app.settings import Settings, save, with_options
from app.studio import Scene, Studio
from app.voice import SayMore, Voice
from core.live.figures import Figures
from core.live.session import Phase, Status
from core.plugin import SourcePlugin, source_plugins

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds that something may take to end when the window closes."""

WELCOME = "Choose a person and a voice, then press Start."


class Window(QMainWindow):
    """Everything people see; turns what they choose into a scene and back into settings."""

    def __init__(self, settings: Settings, path: Path, people: People | None = None) -> None:
        super().__init__()
        self.setWindowTitle("Understudy")
        self._settings, self._path = settings, path
        self.bridge = Bridge(self)
        self.studio = Studio(self.bridge.status_changed.emit, self.bridge.recorded.emit)
        self._preview = Preview(WELCOME)
        self._people = people or People()
        self._voice = Voice(source_plugins(), self._options_of)
        self._outputs = Outputs()
        self._more = SayMore()
        self._go, self._record = QPushButton("&Start"), QPushButton("&Record")
        self._figures, self._message = QLabel(), QLabel()
        self._ending = QTimer(self, interval=50)
        self._lay_out()
        self._connect()
        self._show_settings()
        self._set_live(False)

    @property
    def message(self) -> str:
        """What people are being told."""
        return self._message.text()

    def start(self) -> None:
        """Go live with what is chosen."""
        scene = self._scene()
        if scene is None:
            return
        self._remember()
        self._tell("")
        self._preview.clear("One moment: the person is getting ready…")
        self._set_live(True)
        self.bridge.watch(self.studio.start(scene))

    def stop(self) -> None:
        """End what is live; the window stays alive meanwhile."""
        self._go.setEnabled(False)
        if self.studio.session:
            self.studio.session.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._remember()
        self.bridge.rest()
        self.studio.close(PATIENCE)
        event.accept()

    def _scene(self) -> Scene | None:
        profile, plugin = self._people.profile(), self._voice.plugin()
        if profile is None or plugin is None:
            self._tell(
                "There is nobody to show yet: add a person." if plugin else "No voice found."
            )
            return None
        try:
            options = self._voice.options()
        except ValueError as error:
            self._tell(str(error))
            return None
        return Scene(
            plugin,
            options,
            profile,
            self._settings.engine,
            self._outputs.camera(),
            self._outputs.badge(),
        )

    def _on_status(self, status: Status) -> None:
        if status.phase is Phase.LIVE:
            self._more.setVisible(self.studio.speaks)
            self._record.setEnabled(True)
        elif status.phase in (Phase.STOPPED, Phase.FAILED):
            if status.error:
                self._tell(str(status.error) or type(status.error).__name__)
            self._ending.start()

    def _end(self) -> None:
        """The last status comes just before the last thread ends."""
        if not self.studio.stop(0):
            return
        self._ending.stop()
        self.bridge.rest()
        self._preview.clear(WELCOME)
        self._set_live(False)

    def _say(self, text: str) -> None:
        try:
            self.studio.say(text)
        except ValueError as error:
            self._tell(str(error))

    def _switch_recording(self) -> None:
        if self._record.isChecked():
            folder = self._settings.recordings
            if folder == Path():
                folder = Path(platformdirs.user_videos_dir())
            name = datetime.now().strftime("understudy %Y-%m-%d %H.%M.%S.mp4")
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                self._tell(f"{folder} cannot be made ({error.strerror}); choose another folder")
                self._record.setChecked(False)
                return
            self.studio.record(folder / name)
        else:
            self.studio.record(None)

    def _on_recorded(self, path: Path, error: object) -> None:
        self._record.setChecked(False)
        if error:
            self._tell(str(error))
        else:
            self._tell(f"Recorded: {path}", good=True)

    def _show_figures(self, figures: Figures) -> None:
        if figures.frames:
            self._figures.setText(str(figures))

    def _tell(self, text: str, good: bool = False) -> None:
        self._message.setText(text[:1].upper() + text[1:])
        self._message.setProperty("good", good)
        self._message.style().polish(self._message)
        self._message.setVisible(bool(text))

    def _set_live(self, live: bool) -> None:
        for part in (self._people, self._voice, self._outputs):
            part.setEnabled(not live)
        self._more.setVisible(False)
        self._go.setText("&Stop" if live else "&Start")
        self._go.setEnabled(True)
        self._record.setEnabled(False)
        self._record.setChecked(False)
        self._figures.setText("" if live else "Not live")

    def _toggle(self) -> None:
        self.stop() if self.studio.session else self.start()

    def _options_of(self, plugin: SourcePlugin[object]) -> object:
        return self._settings.options_of(plugin.name, plugin.options)

    def _show_settings(self) -> None:
        settings = self._settings
        self.resize(*settings.window)
        self._people.fill(settings.profile)
        self._voice.choose(settings.source)
        self._outputs.look(settings.camera)
        self._outputs.set_mark(settings.badge, settings.badge_place)

    def _remember(self) -> None:
        """Note what is chosen now, for this and the next start."""
        old, plugin, profile = self._settings, self._voice.plugin(), self._people.profile()
        options = old.options
        try:
            if plugin:
                options = with_options(options, plugin.name, self._voice.options())
        except ValueError:
            log.info("options not remembered", exc_info=True)
        self._settings = Settings(
            source=plugin.name if plugin else old.source,
            options=options,
            profile=profile.name if profile else old.profile,
            engine=old.engine,
            camera=self._outputs.camera(),
            badge=self._outputs.mark(),
            badge_place=self._outputs.place(),
            recordings=old.recordings,
            window=(self.width(), self.height()),
        )
        save(self._path, self._settings)

    def _connect(self) -> None:
        self._go.clicked.connect(self._toggle)
        self._record.clicked.connect(self._switch_recording)
        self._more.said.connect(self._say)
        self._ending.timeout.connect(self._end)
        self.bridge.status_changed.connect(self._on_status)
        self.bridge.frame_ready.connect(self._preview.show_frame)
        self.bridge.figures_ready.connect(self._show_figures)
        self.bridge.recorded.connect(self._on_recorded)

    def _lay_out(self) -> None:
        self._record.setCheckable(True)
        self._go.setDefault(True)
        self._message.setWordWrap(True)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._message.setAccessibleName("Message")
        self._message.setObjectName("message")
        self._message.setVisible(False)
        self._figures.setAccessibleName("Figures")
        stage = column(self._preview, self._more, self._message, self._figures)
        stage.setStretch(0, 1)
        choices = column(
            heading("Person"), self._people, heading("Voice"), self._voice, heading("Output"),
            self._outputs,
        )  # fmt: skip
        choices.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 0, 8, 0)
        buttons.addWidget(self._go, 1)
        buttons.addWidget(self._record, 1)
        side = QVBoxLayout()
        side.addWidget(scrolling(choices), 1)
        side.addLayout(buttons)
        whole = QWidget()
        layout = QHBoxLayout(whole)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(stage, 1)
        layout.addLayout(side)
        self.setCentralWidget(whole)


def column(*widgets: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setSpacing(8)
    for widget in widgets:
        layout.addWidget(widget)
    return layout


def heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("heading")
    label.setIndent(0)
    return label


def scrolling(layout: QVBoxLayout) -> QScrollArea:
    """Return a part that scrolls where the window is low, and never sideways."""
    inside = QWidget()
    layout.setContentsMargins(0, 0, 8, 0)
    inside.setLayout(layout)
    area = QScrollArea()
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFixedWidth(348)
    return area
