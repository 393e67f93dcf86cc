"""Which engines can bring a profile to life, and how one is opened."""

import cv2
import torch

from core.profile import Profile
from core.puppet.stream import PuppetStream
from core.stream import AvatarStream
from core.testcard import TestCard
from core.video import VideoFormat

AUTO = "auto"

ENGINES = {
    AUTO: "The best engine that runs in real time on this machine",
    "puppet": "Puppet: moves the photo itself, on any CPU",
    "testcard": "Test card: a bar that rises with the voice",
}
"""Name and title of each, the preferred one first."""


def open_stream(engine: str, profile: Profile, format: VideoFormat) -> tuple[AvatarStream, str]:
    """Return the avatar of `profile`, and a line that says what it runs on and why.

    Raises:
        ValueError: there is no such engine, or the profile's picture cannot be used.
    """
    if engine == AUTO:
        return _puppet(profile, format), "puppet engine on the CPU (no other is installed)"
    if engine == "puppet":
        return _puppet(profile, format), "puppet engine on the CPU"
    if engine == "testcard":
        return TestCard(format), f"test card for {profile.title}"
    raise ValueError(f"there is no engine {engine!r}; choose one of: {', '.join(ENGINES)}")


def _puppet(profile: Profile, format: VideoFormat) -> AvatarStream:
    # Its many small pieces of work lose more to waking other threads than these win.
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    return PuppetStream(profile, format)
