"""A low-priority process that renders a person's idle loop for the list of people.

It is told {"profile": JSON, "path": where to} and tells {"drawn": path} or {"failed": why}.
"""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
from PIL import Image

from core.atomic_file import atomic_write
from core.process.child import Message, claim, serve
from core.process.loading import loading
from core.process.priority import give_way
from core.profile import Profile
from core.record import from_json
from core.stream import AvatarStream
from core.video import Picture, VideoFormat

SIDE = 144
"""Pixels; twice what is shown, for dense screens."""

FRAMES, FRAME_STEP = 28, 2
"""Pictures of a loop before it runs backwards, and how many of the engine's each stands for."""

FRAME_DURATION = 80
"""Milliseconds of a picture."""

QUALITY = 72


def main() -> int:
    give_way()
    pipe = claim()
    serve(pipe, lambda message: pipe.send({"drawn": handle(message)}))
    return 0


def handle(message: Message) -> str:
    """Render and write the loop that was asked for; return its path."""
    write_webp(render_idle(from_json(Profile, message.head["profile"])), Path(message.head["path"]))
    return str(message.head["path"])


def render_idle(profile: Profile) -> list[Picture]:
    """Return pictures of a person who hears silence."""
    with loading():
        from core.engine.choice import open_stream

    stream, _ = open_stream("puppet", profile, VideoFormat(SIDE, SIDE))
    with closing(stream):
        return list(idle_frames(stream))


def idle_frames(stream: AvatarStream) -> Iterator[Picture]:
    """Yield every `FRAME_STEP`th picture of silence, `FRAMES` or a few more."""
    silence, index = np.zeros(stream.hop, np.float32), 0
    while index < FRAMES * FRAME_STEP:
        for frame in stream.step(silence):
            if index % FRAME_STEP == 0:
                yield frame.picture
            index += 1


def write_webp(pictures: list[Picture], path: Path) -> None:
    """Write the pictures, forwards and backwards so that nothing jumps, as an animated WebP.

    Raises:
        OSError: its folder is gone, or cannot be written.
    """
    images = [Image.fromarray(picture) for picture in pictures]
    images += images[-2:0:-1]
    with atomic_write(path) as part, part.open("wb") as file:
        images[0].save(
            file, "WEBP", save_all=True, append_images=images[1:], duration=FRAME_DURATION, loop=0,
            quality=QUALITY, method=2,
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
