"""The pages of the window, which are made anew when another language is chosen."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from app.live.keys_help import keys_help
from app.live.leaving import Answer, ask_to_leave
from app.live.live_page import LivePage
from app.live.transport import Transport
from app.live.voice import Voice
from app.live_state import LiveState
from app.outputs.outputs_page import OutputsPage
from app.pages.doctor import DoctorPage
from app.parts.drop import DropArea
from app.parts.notice import Kind, Notice
from app.people.list import People
from app.plain import explain, tip_tab
from app.settings import Settings
from core.doctor.finding import Check


class Parts(NamedTuple):
    """How the pages are made."""

    people: Callable[[], People] = People
    outputs: Callable[[], OutputsPage] = OutputsPage
    doctor: Callable[[Callable[[], Iterable[Check]]], DoctorPage] = DoctorPage
    """Takes what tells the checks."""
    leave: Callable[[QWidget, bool], Answer] = ask_to_leave
    """Asks whether the window shall be closed; told whether something is recorded."""
    idles: bool = True
    """Whether whoever is chosen is seen idling while nothing is live."""


class Tabs(DropArea):
    """Being live, where it goes, and what works here; others are added behind.

    Below all of them lies the transport, and over them what people are told.
    """

    def __init__(self, parts: Parts, voice: Voice, checks: Callable[[], Iterable[Check]]) -> None:
        super().__init__()
        self.pages = QTabWidget()
        self.pages.setAccessibleName(self.tr("Pages"))
        self.outputs = parts.outputs()
        self.live = LivePage(parts.people(), voice, self.outputs.background, self.outputs.badge)
        self.doctor = parts.doctor(checks)
        self.transport = Transport()
        self.pages.addTab(self.live, self.tr("&Live"))
        self.pages.addTab(self.outputs, self.tr("&Output"))
        self.pages.addTab(self.doctor, self.tr("Chec&k-up"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.transport)
        self.notice = Notice(self)
        QShortcut(QKeySequence("F1"), self, self._help)
        self.dropped.connect(self._take)
        self.live.people.chosen.connect(self._show_person)
        self.live.people.faces_loaded.connect(self._show_person)
        self.pages.currentChanged.connect(self._turn)
        self.transport.state_changed.connect(self._show_state)
        self.transport.outputs_wanted.connect(lambda: self.pages.setCurrentWidget(self.outputs))
        self.outputs.background.changed.connect(self._tell_transparent)
        self._turn()
        self._show_state(self.transport.state)

    def show_settings(self, settings: Settings) -> None:
        self.live.people.take_framings(settings.framings)
        self.live.people.fill(settings.profile)
        self.live.voice.choose(settings.source)
        self.live.gain.set_decibels(settings.gain)
        self.outputs.show_settings(settings)
        self.live.stage.look.mirror.setChecked(settings.mirrored)

    def look_for_devices(self) -> None:
        """Something may have been plugged in or out while the window was not in front."""
        self.outputs.camera.follow()
        self.outputs.sound.follow()
        self.live.voice.look_for_devices()

    def end(self, patience: float) -> None:
        """End what the pages have begun."""
        self.outputs.page.close_page()
        self.outputs.sound.end(patience)
        self.live.people.end(patience)

    def _tell_transparent(self) -> None:
        if self.outputs.transparent and not self.outputs.page.on:
            words = self.tr("Only the OBS page can be transparent: turn it on under Output.")
            self.notice.tell(words, Kind.NOTE)
        else:
            self.notice.settle()

    def _help(self) -> None:
        explain(self, self.tr("Keyboard shortcuts"), keys_help())

    def _take(self, paths: list[Path]) -> None:
        """A sound is for the voice; everything else is somebody's photo, or somebody in a file."""
        self.pages.setCurrentWidget(self.live)
        if not self.live.voice.take(paths[0]):
            self.live.people.receive(paths)

    def _show_person(self) -> None:
        self.live.stage.show_person(self.live.people.profile())
        self.outputs.background.show_person(self.live.people.face())

    def _turn(self) -> None:
        """Another page is open: the picture is there once, and what is told lies over the page."""
        page = self.pages.currentWidget()
        live = page is self.live
        self.transport.mini.show_same(self.live.stage.preview)
        self.transport.mini.setVisible(not live)
        self.notice.over(self.live.stage.preview if live or page is None else page)

    def _show_state(self, state: LiveState) -> None:
        """Keep what cannot change while live."""
        live = state not in (LiveState.STOPPED, LiveState.FAILED)
        self.live.show_state(state)
        self.outputs.hold(live)
        place = self.pages.indexOf(self.doctor)
        self.pages.setTabEnabled(place, not live)
        why = self.tr("Stop first: this page tries the very devices that are in use")
        tip_tab(self.pages, place, why if live else "")
