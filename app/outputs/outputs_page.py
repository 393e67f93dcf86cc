"""The page that says where picture and voice go, and how the picture looks there."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.outputs.background_choice import BackgroundChoice
from app.outputs.badge_choice import BadgeChoice
from app.outputs.browser_choice import BrowserChoice
from app.outputs.camera_choice import CameraChoice
from app.outputs.film_sound_choice import FilmSoundChoice
from app.outputs.folder_choice import FolderChoice
from app.outputs.picture_choice import PictureChoice
from app.outputs.sound_page import SoundChoice, SoundPage
from app.parts.layout import WIDEST, align, heading, note, scrolling
from app.settings import Settings


class OutputsPage(QWidget):
    """Camera, browser page, sound, picture and mark, one below the other."""

    changed = Signal()

    def __init__(self, sound: SoundPage | None = None, badge: BadgeChoice | None = None) -> None:
        super().__init__()
        self.camera, self.picture = CameraChoice(), PictureChoice()
        self.page = BrowserChoice(self.picture.pixels)
        self.badge = badge or BadgeChoice()
        self.sound = sound or SoundPage()
        self.background, self.folder = BackgroundChoice(), FolderChoice()
        self.film_sound = FilmSoundChoice()
        for part in (self.camera, self.page, self.sound):
            part.changed.connect(self.changed)
        self._black = [note(self._black_words()) for _ in range(2)]
        self.background.changed.connect(self._show_black)
        inside = QWidget()
        inside.setMaximumWidth(WIDEST)
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 8, 16, 10)
        column.setSpacing(8)
        parts: tuple[tuple[str, QWidget], ...] = (
            (self.tr("Virtual camera"), self.camera),
            (self.tr("OBS page"), self.page),
            (self.tr("Sound"), self.sound),
            (self.tr("Picture"), self.picture),
            (self.tr("“AI-generated” label"), self.badge),
            (self.tr("Recordings and snapshots"), self.folder),
        )
        for title, section in parts:
            column.addWidget(heading(title))
            column.addWidget(section)
            if section in (self.camera, self.folder):
                column.addWidget(self._black[section is self.folder])
            if section is self.folder:
                column.addWidget(self.film_sound)
            column.addSpacing(2)
        column.addStretch(1)
        align((self.sound, self.picture, self.badge, self.film_sound))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolling(inside))

    def show_settings(self, settings: Settings) -> None:
        self.camera.look(settings.camera)
        self.page.show_choice(settings.page, settings.page_port, settings.page_token)
        self.sound.look(SoundChoice(settings.sound, settings.ears))
        self.picture.set_size(settings.height, settings.fit, settings.fps)
        self.background.show_background(settings.background)
        self._show_black()
        self.folder.take(settings.recordings)
        self.film_sound.choose(settings.film_sound)
        self.badge.set_mark(settings.badge, settings.badge_place, settings.badge_size)

    @property
    def transparent(self) -> bool:
        """Whether nothing is to be seen behind the person."""
        return self.background.background().kind == "transparent"

    def _show_black(self) -> None:
        for words in self._black:
            words.setVisible(self.transparent)

    def _black_words(self) -> str:
        return self.tr("Black behind the person: only the OBS page can be transparent.")

    def hold(self, live: bool) -> None:
        """Keep what cannot change while live; the page's address can still be copied."""
        self.picture.hold(live)
        self.badge.setEnabled(not live)
        self.page.hold(live)

    def noted(self, settings: Settings) -> Settings:
        """Return `settings` with what is chosen here."""
        sound = self.sound.choice()
        return replace(
            settings,
            camera=self.camera.name(),
            page=self.page.on,
            page_token=self.page.token,
            sound=sound.output,
            ears=sound.ears,
            height=self.picture.height_chosen,
            fit=self.picture.fit,
            fps=self.picture.rate,
            background=self.background.background(),
            recordings=self.folder.folder,
            film_sound=self.film_sound.kind,
            badge=self.badge.on,
            badge_place=self.badge.place,
            badge_size=self.badge.size_chosen,
        )

    def leaving(self) -> tuple[str, ...]:
        """Name everything by which others can see or hear it; nothing leaves where it is empty."""
        microphone = self.sound.microphone()
        places = (
            self.tr("{0} (camera)").replace("{0}", self.camera.title()) * bool(self.camera.name()),
            self.tr("OBS page") * bool(self.page.camera),
            self.tr("{0} (microphone)").replace("{0}", microphone) * bool(microphone),
        )
        return tuple(filter(None, places))

    def heard(self) -> str:
        """Say where it is heard on this computer, if it is."""
        title = self.sound.heard_at()
        if not title:
            return self.tr("silent here")
        return self.tr("heard here on {0}").replace("{0}", title)
