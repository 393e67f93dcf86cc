"""How somebody speaks a line before they are saved: the scene for it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication

from app.outputs.badge_choice import words
from app.outputs.outputs_page import OutputsPage
from core.broadcast.broadcast import Broadcast, Reports
from core.broadcast.scene import Scene
from core.broadcast.shared_devices import Devices
from core.engine.badge import BadgeOptions
from core.live.session import Status
from core.plugin import SourcePlugin, source_plugins
from core.profile import Profile
from core.video import VideoFormat

FORMAT = VideoFormat(640, 360)
SPEECH = "speech"


class Rehearsal:
    """Satisfies `Rehearse`: the voice that was chosen for text, heard where people hear it."""

    def __init__(
        self,
        devices: Devices,
        reports: Reports,
        outputs: OutputsPage,
        options_of: Callable[[SourcePlugin[Any]], Any],
    ) -> None:
        """`reports` hears what goes wrong with sound and engine; the rest is the rehearsal's."""
        self._devices, self._reports = devices, reports
        self._outputs, self._options_of = outputs, options_of

    def __call__(self, profile: Profile, on_status: Callable[[Status], None]) -> Broadcast | None:
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
        reports = replace(self._reports, status=on_status, engine=lambda _: None)
        return Broadcast(scene, self._devices, reports)
