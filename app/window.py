"""The main window: pages for being live, for where it goes, and for what works on this computer."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from app.going_live import GoingLive
from app.idle_stage import IdleStage
from app.live.choices import noted
from app.live.framing_by_hand import LiveFraming
from app.live.leaving import by_hand
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
from app.parts.sentences import reason
from app.people.rehearsal import Rehearsal
from app.settings import Settings, save
from app.tabs import Parts, Tabs
from core.broadcast.shared_devices import AvatarEngine, Devices
from core.doctor.checks import all_checks
from core.doctor.finding import Check
from core.doctor.system import System
from core.live.figures import Figures
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
        before, failed = self._pages, self._going.failed
        if self._idle:
            self._idle.close(PATIENCE)
        before.end(0)
        self._furnish()
        self._stack.removeWidget(before)
        before.deleteLater()
        self._look()
        if failed:
            self.transport.show_state(LiveState.FAILED)
            self._going.fail(failed)

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
        """Go live with what is chosen."""
        self._going.start()

    def toggle(self) -> None:
        """Start, or stop what is live."""
        self._going.toggle()

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
        self.hide()  # a long film takes its time to be signed
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

    def _show_frame(self, frame: Frame) -> None:
        self.stage.preview.show_frame(frame)
        if self.transport.mini.isVisible():
            self.transport.mini.show_frame(frame)

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

    def _folder(self) -> Path:
        return chosen_folder(self._outputs.folder.folder)

    def _on_kept(self, path: Path) -> None:
        self.notice.tell(found_at(self.tr("Saved: {0}"), path), Kind.GOOD)

    def _show_figures(self, figures: Figures) -> None:
        if figures.frames:
            self.transport.show_figures(figures)
            self._outputs.sound.show_figures(self.on_air.devices.outputs.figures())

    def options_of(self, plugin: SourcePlugin[Any]) -> Any:
        """Return what was chosen for a plugin."""
        return self._settings.options_of(plugin.name, usual(plugin.options))

    def _checks(self) -> tuple[Check, ...]:
        folder = self._settings.recordings
        microphone = self._settings.option("microphone", "device")
        return all_checks(System(), microphone, None if folder == Path() else folder)

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
        self.bridge.frame_ready.connect(self._show_frame)
        bridge = self.bridge
        bridge.status_changed.connect(lambda status: self._going.hear(status))
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
        self._going = GoingLive(self.on_air, pages, lambda: self._settings)
        self._going.began.connect(self._remember)
        self._going.rested.connect(self._look)
        self._record = RecordButton(
            pages.transport.record,
            pages.notice,
            lambda path: self.on_air.record(path, outputs.film_sound.kind),
            self._folder,
        )
        self._muted_speech = MutedSpeech(self._going.spoken_level, pages.transport, pages.notice)
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
        self._going.show_where()
        pages.transport.show_state(LiveState.STOPPED)

    def _connect_pages(self) -> None:
        live, transport, notice = self._live, self.transport, self.notice
        transport.snapshot.clicked.connect(lambda: self._captures.keep(self.on_air.latest()))
        for named in (transport.state_changed, transport.record.toggled, transport.mute.toggled):
            named.connect(lambda: self.setWindowTitle(transport.title))
        for changed in (live.voice.changed, live.people.chosen, self._outputs.changed):
            changed.connect(notice.settle)
        self._pages.pages.currentChanged.connect(self._look)
        self.bridge.recorded.connect(self._record.end)
