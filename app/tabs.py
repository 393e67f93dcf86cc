"""The pages of the window, which are made anew when another language is chosen."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from PySide6.QtWidgets import QTabWidget

from app.live.live_page import LivePage
from app.live.voice import Voice
from app.outputs.outputs_page import OutputsPage
from app.pages.doctor import DoctorPage
from app.people.list import People
from app.settings import Settings
from core.doctor.finding import Check


class Parts(NamedTuple):
    """How the pages are made."""

    people: Callable[[], People] = People
    outputs: Callable[[], OutputsPage] = OutputsPage
    doctor: Callable[[Callable[[], Iterable[Check]]], DoctorPage] = DoctorPage
    """Takes what tells the checks."""


class Tabs(QTabWidget):
    """Being live, where it goes, and what works here; others are added behind."""

    def __init__(self, parts: Parts, voice: Voice, checks: Callable[[], Iterable[Check]]) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Pages"))
        self.live = LivePage(parts.people(), voice)
        self.outputs = parts.outputs()
        self.doctor = parts.doctor(checks)
        self.addTab(self.live, self.tr("&Live"))
        self.addTab(self.outputs, self.tr("&Output"))
        self.addTab(self.doctor, self.tr("&Doctor"))

    def show_settings(self, settings: Settings) -> None:
        self.live.people.take_framings(settings.framings)
        self.live.people.fill(settings.profile)
        self.live.voice.choose(settings.source)
        self.outputs.show_settings(settings)
        self.live.stage.mirror.setChecked(settings.mirrored)

    def set_live(self, live: bool) -> None:
        """Keep what cannot change while live."""
        self.live.set_live(live)
        self.outputs.hold(live)
        # The doctor tries the very devices that are in use while live.
        self.setTabEnabled(self.indexOf(self.doctor), not live)

    def end(self, patience: float) -> None:
        """End what the pages have begun."""
        self.outputs.page.close_page()
        self.outputs.sound.end(patience)
        self.live.people.end(patience)
