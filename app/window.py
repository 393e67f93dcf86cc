"""The main window: pages for being live, for where it goes, and for what works on this computer."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from app.idle_stage import IdleStage
from app.live.choices import noted, scene
from app.live.framing_by_hand import LiveFraming
from app.live.leaving import by_hand
from app.live.live_changes import LiveChanges
from app.live.muted_speech import MutedSpeech
from app.live.on_air import OnAir
from app.live.record_button import RecordButton
from app.live.spoken import Spoken
from app.live.stage import Stage
from app.live.transport import Transport
from app.live.voice import Voice
from app.live_state import LiveState
from app.parts.bridge import Bridge
from app.parts.captures import Captures, chosen_folder, found_at
from app.parts.form import usual
from app.parts.notice import Kind, Notice
from app.parts.on_screen import keep_on_screen
from app.parts.sentences import reason, told
from app.people.rehearsal import Rehearsal
from app.settings import Settings, save
from app.tabs import Parts, Tabs
from core.broadcast.scene import Scene
from core.broadcast.shared_devices import AvatarEngine, Devices, EngineInUse
from core.doctor.checks import all_checks
from core.doctor.finding import Check
from core.doctor.system import System
from core.live.figures import Figures
from core.live.session import Phase, Status
from core.plugin import Found, SourcePlugin, source_plugins
from core.profile_stores import Stores
from core.video import Frame

PATIENCE = 5.0
"""Seconds that something may take to end when the window closes."""


class Window(QMainWindow):
    """Everything people see; turns what they choose into a scene and back into settings."""

    asks = Signal(bool)
    """Whether to ask the next time, after somebody was asked about closing."""

    def __init__(
        self,
        settings: Settings,
        path: Path,
        parts: Parts | None = None,
        engine: AvatarEngine | None = None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Understudy")
        self._settings, self._path, self._parts = settings, path, parts or Parts()
        self.bridge = Bridge(self)
        self.on_air = OnAir(Devices(engine), self.bridge, self)
        self._stack = QStackedWidget()
        self.setCentralWidget(self._stack)
        self.stays = False
        """Whether the program goes on when the window is closed."""
        self._closed = False
        self._captures = Captures(self._folder, self)
        self._again = self._asked = False
        self._failed: Exception | None = None
        self._connect()
        self._furnish()
        self.resize(*settings.window)
        if settings.place:
            self.restoreGeometry(QByteArray.fromBase64(settings.place.encode()))
        keep_on_screen(self)

    @property
    def settings(self) -> Settings:
        """What is remembered; the newest choices are only known after `note`."""
        return self._settings

    @property
    def stage(self) -> Stage:
        """The picture."""
        return self._live.stage

    @property
    def transport(self) -> Transport:
        """What is on, and what can be switched while it is."""
        return self._pages.transport

    @property
    def notice(self) -> Notice:
        """What people are being told."""
        return self._pages.notice

    def note(self, **chosen: Any) -> None:
        """Remember these choices, and whatever else has been chosen."""
        self._settings = replace(self._settings, **chosen)
        self._remember()

    def add_page(self, page: QWidget, title: str) -> None:
        """Show `page` behind the others."""
        self._pages.pages.addTab(page, title)

    def open_page(self, place: int) -> None:
        """Show the page at this place, counted from 0."""
        self._pages.pages.setCurrentIndex(place)

    @property
    def page_shown(self) -> int:
        """Place of the page that is open."""
        return self._pages.pages.currentIndex()

    def greet(self, page: QWidget | None) -> None:
        """Show `page` in place of all others, or no longer."""
        if page and self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page or self._pages)
        self._look()

    def refurnish(self) -> None:
        """Make the pages anew, in the language that is spoken now; nothing may be live."""
        assert self.on_air.broadcast is None, "what is live is not touched"
        before = self._pages
        if self._idle:
            self._idle.close(PATIENCE)
        before.end(0)
        self._furnish()
        self._stack.removeWidget(before)
        before.deleteLater()
        self._look()
        if self._failed:
            self.transport.show_state(LiveState.FAILED)
            self.notice.tell(reason(self._failed))

    def show_plugins(self, off: tuple[str, ...]) -> Found[SourcePlugin[Any]]:
        """Look for source plugins anew, without those `off`; return what was found."""
        self.note(plugins_off=off)
        found = source_plugins(off)
        self._live.voice.fill(found, self._settings.source)
        return found

    def places(self) -> Stores:
        """Return where people are kept, and what is wrong with some of these places."""
        return self._live.people.places

    @property
    def message(self) -> str:
        """What people are being told, in words."""
        return self.notice.message

    def start(self) -> None:
        """Go live with what is chosen, as soon as whoever idles has given the engine back."""
        if wanted := self._scene():
            self.transport.show_state(LiveState.STARTING)
            self.on_air.free(lambda: self._begin(wanted))

    def _begin(self, wanted: Scene) -> None:
        try:
            broadcast = self.on_air.start(wanted)
        except EngineInUse as error:
            self.transport.show_state(LiveState.STOPPED)
            self.notice.tell(reason(error))
            return
        self._remember()
        self.notice.tell("")
        self._failed, self._asked = None, False
        self.transport.show_state(LiveState.STARTING)
        self._changes.begin(broadcast)
        self.stage.line.take()

    def stop(self) -> None:
        """End what is live; the window stays alive meanwhile."""
        self._asked = True
        self.notice.settle()
        if self.on_air.broadcast:
            self.transport.show_state(LiveState.STOPPING)
            self.on_air.stop()
        else:  # whoever idles has not given the engine back yet
            self.transport.show_state(LiveState.STOPPED)
            self._look()

    def restart(self) -> None:
        """Stop, and go live again with what is chosen then."""
        self._again = True
        self.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End everything, once: at log-out the window is closed, and then the program."""
        self._remember()
        if self.stays:
            self.hide()
            event.ignore()
            return
        if by_hand(event) and not self._may_close():
            event.ignore()
            return
        event.accept()
        if self._closed:
            return
        self._closed = True
        self.on_air.close(PATIENCE)
        self._pages.end(PATIENCE)
        self._captures.end(PATIENCE)

    def _may_close(self) -> bool:
        """Ask whether to close while others would notice, or while it is recorded."""
        recording = self.transport.record.isChecked()
        noticed = recording or (self.transport.state.on and bool(self._outputs.leaving()))
        if not (noticed and self._settings.ask_to_leave):
            return True
        answer = self._parts.leave(self, recording)
        self.note(ask_to_leave=answer.again)
        self.asks.emit(answer.again)
        return answer.close

    def _scene(self) -> Scene | None:
        try:
            return scene(self._live, self._outputs, self._settings)
        except ValueError as error:
            self.notice.tell(reason(error))
            return None

    def _on_status(self, status: Status) -> None:
        if status.phase is Phase.LIVE:
            self._show_on()
        elif status.error:
            self._failed = status.error
            self.notice.tell(reason(status.error))

    def _end(self) -> None:
        """Nothing is live any more."""
        ended = self._changes.end()
        self._outputs.sound.tell("")
        self.transport.show_state(LiveState.FAILED if self._failed else LiveState.STOPPED)
        again, self._again = self._again and not self._failed, False
        self._look()
        if again:
            self.start()
        elif ended and not (self._failed or self._asked):
            words = self.tr("{voice} has come to its end. Start again to hear it once more.")
            self.notice.tell(words.format(voice=told(ended.source.title)), Kind.NOTE)

    def _show_frame(self, frame: Frame) -> None:
        self.stage.preview.show_frame(frame)
        if self.transport.mini.isVisible():
            self.transport.mini.show_frame(frame)

    def _spoken_level(self) -> float:
        """Return how loud somebody speaks who may not know that they are muted."""
        return self.on_air.level() if self._changes.listening else 0.0

    def _look(self) -> None:
        if self._idle:
            self._idle.look()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._look()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            self._look()
        elif event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self._pages.look_for_devices()

    def _switch(self) -> None:
        """Let the broadcast know what is muted and paused."""
        transport = self.transport
        self.on_air.switch(transport.mute.isChecked(), transport.pause.isChecked())
        self.stage.preview.show_muted(transport.mute.isChecked())
        if transport.state.on:
            self._show_on()

    def _show_on(self) -> None:
        """Say what is on: nothing is live that nobody else can see or hear."""
        if self.transport.pause.isChecked():
            self.transport.show_state(LiveState.PAUSED)
        else:
            leaves = bool(self._outputs.leaving())
            self.transport.show_state(LiveState.LIVE if leaves else LiveState.PREVIEW)

    def _folder(self) -> Path:
        return chosen_folder(self._outputs.folder.folder)

    def _on_kept(self, path: Path) -> None:
        self.notice.tell(found_at(self.tr("Saved: {0}"), path), Kind.GOOD)

    def _show_figures(self, figures: Figures) -> None:
        if figures.frames:
            self.transport.show_figures(figures)
            self._outputs.sound.show_figures(self.on_air.devices.outputs.figures())

    def toggle(self) -> None:
        """Start, or stop what is live."""
        idle = self.transport.state in (LiveState.STOPPED, LiveState.FAILED)
        self.start() if idle else self.stop()

    def options_of(self, plugin: SourcePlugin[Any]) -> Any:
        """Return what was chosen for a plugin."""
        return self._settings.options_of(plugin.name, usual(plugin.options))

    def _checks(self) -> tuple[Check, ...]:
        folder = self._settings.recordings
        microphone = self._settings.option("microphone", "device")
        return all_checks(System(), microphone, None if folder == Path() else folder)

    def _summarise(self) -> None:
        self.transport.show_where(self._outputs.leaving(), self._outputs.heard())
        if self.transport.state.on:
            self._show_on()

    def _show_title(self) -> None:
        """Say in the title bar what others get, where the window itself may be hidden."""
        words = ["Understudy"]
        if self.transport.state is not LiveState.STOPPED:
            words.insert(0, self.transport.words)
        if self.transport.record.isChecked():
            words.insert(0, self.tr("● Recording"))
        self.setWindowTitle(" · ".join(words))

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
        self._captures.failed.connect(lambda words: self.notice.tell(words))
        self.on_air.ended.connect(self._end)
        self.bridge.frame_ready.connect(self._show_frame)
        bridge = self.bridge
        bridge.status_changed.connect(self._on_status)
        bridge.figures_ready.connect(self._show_figures)
        bridge.sound_failed.connect(lambda error: self.notice.tell(reason(error)))
        bridge.trouble.connect(lambda words: self.notice.tell(words))

    def _furnish(self) -> None:
        """Make the pages, and connect them."""
        voice = Voice(source_plugins(self._settings.plugins_off), self.options_of)
        self._pages = pages = Tabs(self._parts, voice, self._checks)
        self._live, self._outputs = live, outputs = pages.live, pages.outputs
        self._stack.insertWidget(0, pages)
        self._stack.setCurrentWidget(pages)
        self._changes = LiveChanges(self.on_air.devices, live, outputs, self._scene, live)
        self._record = RecordButton(
            pages.transport.record, pages.notice, self.on_air.record, self._folder
        )
        self._muted_speech = MutedSpeech(self._spoken_level, pages.transport, pages.notice)
        self._framing = LiveFraming(
            live.stage.preview,
            live.stage.look.frame,
            live.stage.tools,
            live.people,
            self.on_air.framing,
            outputs.picture.format,
        )
        self._idle = None
        live.level.read = self.on_air.level
        self._spoken = Spoken(
            self.on_air, live, outputs.sound, pages.notice, self.start, self.options_of
        )
        if self._parts.idles:
            self._idle = IdleStage(self.on_air, pages, lambda: self._settings.engine)
        live.people.rehearse_with(
            Rehearsal(self.on_air.devices, self.bridge.reports(), outputs, self.options_of)
        )
        self._connect_pages()
        pages.show_settings(self._settings)
        self._summarise()
        pages.transport.show_state(LiveState.STOPPED)

    def _connect_pages(self) -> None:
        live, transport, notice = self._live, self.transport, self.notice
        transport.go.clicked.connect(self.toggle)
        transport.snapshot.clicked.connect(lambda: self._captures.keep(self.on_air.latest()))
        transport.switched.connect(self._switch)
        transport.state_changed.connect(self._show_title)
        transport.record.toggled.connect(self._show_title)
        transport.mute.toggled.connect(self._show_title)
        self._changes.failed.connect(notice.tell)
        self._changes.restart_wanted.connect(self.restart)
        self._outputs.changed.connect(self._summarise)
        for changed in (live.voice.changed, live.people.chosen, self._outputs.changed):
            changed.connect(notice.settle)
        self._pages.pages.currentChanged.connect(self._look)
        self.bridge.recorded.connect(self._record.end)
