"""What people change while live goes to the session at once."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from app.live.live_page import LivePage
from app.outputs.outputs_page import OutputsPage
from app.parts.sentences import reason
from core.broadcast.studio import Scene, Studio

CALM = 300
"""Milliseconds without another choice after which the engine may look at who was chosen."""


class LiveChanges(QObject):
    """Compares what is chosen with what is live; `scene` returns what is chosen, or None."""

    failed = Signal(str)
    """A change could not be made; all goes on as before."""
    restart_wanted = Signal()
    """This engine shows another look only from the start."""
    _told = Signal(object)

    def __init__(
        self,
        studio: Studio,
        live: LivePage,
        outputs: OutputsPage,
        scene: Callable[[], Scene | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._studio, self._live, self._outputs, self._scene = studio, live, outputs, scene
        self._shown: Scene | None = None
        self._told.connect(self._hear)
        self._calm = QTimer(self, singleShot=True, interval=CALM)
        self._calm.timeout.connect(self._expect)
        self._calm.start()
        live.people.chosen.connect(self._change_look)
        live.use_voice.clicked.connect(self._change_voice)
        outputs.background.changed.connect(self._change_look)
        outputs.picture.changed.connect(self._change_look)
        outputs.camera.changed.connect(self._change_camera)
        outputs.sound.changed.connect(self._change_sound)

    def begin(self, scene: Scene) -> None:
        """Note what goes live."""
        self._shown = scene

    def end(self) -> None:
        """Nothing is live any more."""
        self._shown = None

    def _change_look(self) -> None:
        before, scene = self._next()
        if before is None:
            self._calm.start()
            return
        if scene is None or scene.look == before.look:
            return
        self._shown = replace(before, profile=scene.profile, background=scene.background)
        if not self._studio.change(scene.look, self._told.emit):
            self.restart_wanted.emit()

    def _expect(self) -> None:
        profile = self._live.people.profile()
        if profile and not self._shown:
            self._studio.prefetch(profile)

    def _change_voice(self) -> None:
        _, scene = self._next()
        if scene:
            self._studio.listen_to(scene.source, scene.options)

    def _change_camera(self) -> None:
        before, scene = self._next()
        if before and scene and scene.camera != before.camera:
            self._shown = replace(before, camera=scene.camera)
            self._studio.show_on(scene.camera)

    def _change_sound(self) -> None:
        before, scene = self._next()
        if before and scene and scene.sound != before.sound:
            self._shown = replace(before, sound=scene.sound)
            self._studio.play_on(scene.sound)

    def _next(self) -> tuple[Scene | None, Scene | None]:
        """Return what is live and what is chosen now."""
        return self._shown, self._scene() if self._shown else None

    def _hear(self, error: Exception | None) -> None:
        if error:
            self.failed.emit(reason(error))
