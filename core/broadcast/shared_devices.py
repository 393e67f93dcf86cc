"""What outlives every scene: the engine, which one may use at a time, the camera, the outputs."""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from core.audio import SoundSink
from core.camera.camera_client import Camera
from core.engine.badge import BadgeOptions
from core.engine.engine_client import Engine
from core.look import Look
from core.sentence import said
from core.sound.outputs import SoundOutputs
from core.sound.speaker import SpeakerFigures
from core.stream import AvatarStream
from core.video import VideoFormat, VideoSink

PATIENCE = 5.0
"""Seconds that all of them together may take to close."""


class AvatarEngine(Protocol):
    """Brings a profile to life; see `core.engine.engine_client.Engine`."""

    def prefetch(
        self, engine: str, look: Look, format: VideoFormat, badge: BadgeOptions | None = None
    ) -> None: ...

    def open(
        self,
        engine: str,
        look: Look,
        format: VideoFormat,
        tell: Callable[[str], None],
        badge: BadgeOptions | None = None,
    ) -> tuple[AvatarStream, str]: ...

    def forget_avatar(self) -> None:
        """Let another be opened though the last one has not been closed, and never will be.

        Whoever waits for it is set free.
        """
        ...

    def close(self) -> None: ...


class VirtualCamera(Protocol):
    """Stays on between scenes; see `core.camera.camera_client.Camera`."""

    def open(self, device: str, format: VideoFormat) -> VideoSink: ...

    def close(self) -> None: ...


class AudioOutputs(Protocol):
    """Places that play the voice; see `core.sound.outputs.SoundOutputs`."""

    def openers(self, names: Sequence[str]) -> Sequence[Callable[[], SoundSink]]: ...

    def figures(self) -> list[SpeakerFigures]: ...

    def warning(self) -> str: ...

    def close(self) -> None: ...


class EngineInUse(RuntimeError):
    """Somebody performs already, and an engine performs one at a time; says what helps."""


class Lease:
    """Says who may use the engine: one at a time. Any thread."""

    def __init__(self) -> None:
        self._free = threading.Lock()

    @property
    def taken(self) -> bool:
        return self._free.locked()

    def take(self) -> None:
        """Become the one; never waits.

        Raises:
            EngineInUse: somebody else is.
        """
        if not self._free.acquire(blocking=False):
            raise EngineInUse(
                said(
                    "somebody is speaking already",
                    remedy="stop that first, one person can speak at a time",
                )
            )

    def give_back(self) -> None:
        """Let somebody else; once for each `take`, from any thread."""
        self._free.release()


class Devices:
    """Opened when they are first needed, used by one broadcast after another."""

    def __init__(
        self,
        engine: AvatarEngine | None = None,
        camera: VirtualCamera | None = None,
        outputs: AudioOutputs | None = None,
    ) -> None:
        self.engine = engine or Engine()
        self.lease = Lease()
        """Whoever opens an avatar holds it until the avatar is closed."""
        self.camera = camera or Camera()
        self.outputs = outputs or SoundOutputs()

    def close(self, timeout: float = PATIENCE) -> None:
        """Close all of them, virtual microphone included; gives up on what hangs."""
        closing = threading.Thread(target=self._close, name="closing devices", daemon=True)
        closing.start()
        closing.join(timeout)

    def _close(self) -> None:
        self.engine.close()
        self.camera.close()
        self.outputs.close()
