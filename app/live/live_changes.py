"""What people change while live goes to the session at once."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from app.live.live_page import LivePage
from app.live.voice import MICROPHONE
from app.outputs.outputs_page import OutputsPage
from app.parts.sentences import reason
from core.broadcast.broadcast import Broadcast
from core.broadcast.scene import Scene
from core.broadcast.shared_devices import Devices
from core.engine.names import AUTO

CALM = 300
"""Milliseconds without another choice after which the engine may open who was chosen."""


class LiveChanges(QObject):
    """Compares what is chosen with what is live; `scene` returns what is chosen, or None."""

    failed = Signal(str)
    """A change could not be made; all goes on as before."""
    restart_wanted = Signal()
    """This engine shows another look only from the start."""
    _told = Signal(object)

    def __init__(
        self,
        devices: Devices,
        live: LivePage,
        outputs: OutputsPage,
        scene: Callable[[], Scene | None],
        likely: Callable[[], Scene | None],
        parent: QObject,
    ) -> None:
        """`likely` returns what would go live now, and tells nobody what is missing."""
        super().__init__(parent)
        self._devices, self._live, self._outputs = devices, live, outputs
        self._scene, self._likely = scene, likely
        self._on_air: tuple[Broadcast, Scene] | None = None
        self._told.connect(self._hear)
        self._calm = QTimer(self, singleShot=True, interval=CALM)
        self._calm.timeout.connect(self._expect)
        self._calm.start()
        live.people.chosen.connect(self._change_look)
        live.use_voice.clicked.connect(self._change_voice)
        live.gain.changed.connect(self._change_gain)
        outputs.background.changed.connect(self._change_look)
        outputs.picture.changed.connect(self._change_look)
        outputs.badge.changed.connect(self._change_look)
        outputs.camera.changed.connect(self._change_camera)
        outputs.sound.changed.connect(self._change_sound)

    @property
    def listening(self) -> bool:
        """Whether it is a microphone that is live."""
        return self._on_air is not None and self._on_air[1].source.name == MICROPHONE

    def begin(self, broadcast: Broadcast) -> None:
        """Note what goes live."""
        self._on_air = broadcast, broadcast.scene
        self._change_gain()

    def end(self) -> Scene | None:
        """Nothing is live any more; return what was, as it was chosen last."""
        ended, self._on_air = self._on_air, None
        self._calm.start()
        return ended[1] if ended else None

    def _change_look(self) -> None:
        if self._on_air is None:
            self._calm.start()
            return
        (broadcast, before), scene = self._on_air, self._scene()
        if scene is None or scene.look == before.look:
            return
        shown = replace(before, profile=scene.profile, background=scene.background)
        self._on_air = broadcast, shown
        if not broadcast.change(scene.look, self._told.emit):
            self.restart_wanted.emit()

    def _expect(self) -> None:
        scene = None if self._on_air else self._likely()
        if scene:
            engine = scene.engine or AUTO
            self._devices.engine.prefetch(engine, scene.look, scene.format, scene.badge)

    def _change_voice(self) -> None:
        if self._on_air and (scene := self._scene()):
            broadcast, before = self._on_air
            self._on_air = broadcast, replace(before, source=scene.source, options=scene.options)
            broadcast.listen_to(scene.source, scene.options)
            self._change_gain()

    def _change_gain(self) -> None:
        """Only a microphone is amplified."""
        if self._on_air:
            broadcast = self._on_air[0]
            broadcast.switches.gain = self._live.gain.factor if self.listening else 1.0

    def _change_camera(self) -> None:
        if self._on_air and (scene := self._scene()):
            broadcast, before = self._on_air
            if scene.camera != before.camera:
                self._on_air = broadcast, replace(before, camera=scene.camera)
                broadcast.show_on(scene.camera)

    def _change_sound(self) -> None:
        if self._on_air and (scene := self._scene()):
            broadcast, before = self._on_air
            if scene.sound != before.sound:
                self._on_air = broadcast, replace(before, sound=scene.sound)
                broadcast.play_on(scene.sound)

    def _hear(self, error: Exception | None) -> None:
        if error:
            self.failed.emit(reason(error))
