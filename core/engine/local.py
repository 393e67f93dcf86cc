"""The engines in the caller's own process, for those who have no window to keep alive."""

from collections.abc import Callable

from core.engine.badge import BadgeOptions
from core.look import Look
from core.stream import AvatarStream
from core.video import VideoFormat


class LocalEngine:
    """Opens avatars as `engine_client.Engine` does; nothing is loaded before the first."""

    def prefetch(
        self, engine: str, look: Look, format: VideoFormat, badge: BadgeOptions | None = None
    ) -> None:
        """Who is likely to be opened next is opened soon enough."""

    def open(
        self,
        engine: str,
        look: Look,
        format: VideoFormat,
        tell: Callable[[str], None],
        badge: BadgeOptions | None = None,
    ) -> tuple[AvatarStream, str]:
        """See `core.engine.choice.open_stream`."""
        from core.engine.choice import open_stream

        return open_stream(engine, look.profile, format, look.background, tell, badge)

    def forget_avatar(self) -> None:
        """Each is its own."""

    def close(self) -> None:
        """Each avatar is closed by whoever opened it."""
