"""What goes live: who speaks, with which voice, and where it is shown and heard."""

from dataclasses import dataclass
from typing import Any, Protocol

from core.engine.badge import BadgeOptions
from core.look import AS_PHOTO, Background, Look
from core.plugin import SourcePlugin
from core.profile import Profile
from core.video import HD, VideoFormat, VideoSink


class Page(Protocol):
    """A place for pictures that outlives the broadcasts that fill it."""

    def open(self, format: VideoFormat) -> VideoSink: ...


@dataclass(frozen=True)
class Scene:
    """Everything that is chosen before it begins."""

    source: SourcePlugin[Any]
    options: Any
    profile: Profile
    engine: str
    """Empty means the preferred one."""
    camera: str
    """Empty means none."""
    badge: BadgeOptions | None
    page: Page | None = None
    """A page that shows the picture as well."""
    sound: tuple[str, ...] = ()
    """Names of the outputs that play the voice."""
    format: VideoFormat = HD
    background: Background = AS_PHOTO

    @property
    def look(self) -> Look:
        return Look(self.profile, self.background)
