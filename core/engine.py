"""Which engines can bring a profile to life, and how one is opened."""

from core.profile import Profile
from core.stream import AvatarStream
from core.testcard import TestCard
from core.video import VideoFormat

ENGINES = {"testcard": "Test card: a bar that rises with the voice"}
"""Name and title of each, the preferred one first."""


def open_stream(engine: str, profile: Profile, format: VideoFormat) -> tuple[AvatarStream, str]:
    """Return the avatar of `profile`, and a line that says what it runs on.

    Raises:
        ValueError: there is no such engine.
    """
    if engine != "testcard":
        raise ValueError(f"there is no engine {engine!r}; choose one of: {', '.join(ENGINES)}")
    return TestCard(format), f"test card for {profile.title}"
