"""How somebody speaks a line before they are saved: the scene for it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication

from app.outputs.badge_choice import words
from app.outputs.outputs_page import OutputsPage
from core.broadcast.badge import BadgeOptions
from core.broadcast.studio import Scene, Studio
from core.live.session import Session, Status
from core.plugin import SourcePlugin, source_plugins
from core.profile import Profile
from core.video import VideoFormat

FORMAT = VideoFormat(640, 360)
SPEECH = "speech"


class Rehearsal:
    """Satisfies `Rehearse`: the voice that was chosen for text, heard where people hear it."""

    def __init__(
        self, studio: Studio, outputs: OutputsPage, options_of: Callable[[SourcePlugin[Any]], Any]
    ) -> None:
        self._studio, self._outputs, self._options_of = studio, outputs, options_of

    def __call__(self, profile: Profile, on_status: Callable[[Status], None]) -> Session | None:
        plugin = source_plugins().plugins.get(SPEECH)
        if plugin is None:
            return None
        line = QCoreApplication.translate("Rehearsal", "Hello! This is how I look when I speak.")
        options = replace(self._options_of(plugin), text=line, keep_open=False)
        ears = self._outputs.sound.ears_or_first()
        background = self._outputs.background.background()
        scene = Scene(
            plugin, options, profile, "", "", BadgeOptions(text=words()),
            sound=(ears,) if ears else (), format=FORMAT, background=background,
        )  # fmt: skip
        return self._studio.rehearsal(scene, on_status)
