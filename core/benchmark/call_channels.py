"""What a video call does to pictures: fewer, smaller, cropped, of other brightness, encoded."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from core.pixels import resized
from core.video import Picture

FPS = 15

KEY_FRAME_SECONDS = 10
"""Calls send a whole picture only at the beginning and when one is asked for."""

OPTIONS = {
    "libx264": {"preset": "veryfast", "tune": "zerolatency"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
}

NAMES = {"libx264": "H.264", "libvpx": "VP8"}


@dataclass(frozen=True)
class Channel:
    """One way through a call."""

    codec: str
    kilobits: int
    height: int
    cropped: float = 0.0
    """Share of either side that is cut off."""
    contrast: float = 1.0
    brightness: float = 0.0
    """Grey levels."""

    def __str__(self) -> str:
        about = f"{NAMES[self.codec]}, {self.kilobits} kbit/s, {self.height} lines"
        cut = f", {100 * self.cropped:.0f} % cut off" if self.cropped else ""
        light = f", x{self.contrast:g} {self.brightness:+g}" if self.contrast != 1 else ""
        return about + cut + light

    def view(self, picture: Picture) -> Picture:
        """Return what is encoded of a picture: cut off more on the left and at the top."""
        height, width = picture.shape[:2]
        rows, columns = round(height * (1 - self.cropped)), round(width * (1 - self.cropped))
        top, left = round(0.7 * (height - rows)), round(0.6 * (width - columns))
        part = np.ascontiguousarray(picture[top : top + rows, left : left + columns])
        small = resized(part, 2 * round(self.height * columns / rows / 2), self.height)
        return np.asarray(
            cv2.convertScaleAbs(small, alpha=self.contrast, beta=self.brightness), np.uint8
        )


CHANNELS = (
    Channel("libvpx", 300, 360),
    Channel("libx264", 300, 360),
    Channel("libvpx", 300, 360, 0.1, 1.15, -12),
    Channel("libx264", 300, 360, 0.1, 0.85, 12),
    Channel("libvpx", 800, 540),
    Channel("libx264", 2000, 720),
)


def through(channel: Channel, pictures: Iterable[Picture], fps: int) -> tuple[bytes, int]:
    """Return the film that arrives, and how many bits a second it has."""
    film, count = io.BytesIO(), 0
    with av.open(film, "w", format="matroska") as container:
        stream: av.VideoStream | None = None
        for picture in thinned(pictures, fps):
            view = channel.view(picture)
            stream = stream or _stream(container, channel, view)
            frame = av.VideoFrame.from_ndarray(view, "rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = count, Fraction(1, FPS)
            container.mux(stream.encode(frame))
            count += 1
        if stream:
            container.mux(stream.encode(None))
    return film.getvalue(), round(8 * film.tell() * FPS / max(1, count))


def thinned(pictures: Iterable[Picture], fps: int) -> Iterator[Picture]:
    """Yield as many of the pictures as `FPS` has places for."""
    shown = -1
    for number, picture in enumerate(pictures):
        if number * FPS // fps > shown:
            shown = number * FPS // fps
            yield picture


def lumas(film: bytes) -> Iterator[NDArray[np.uint8]]:
    """Yield what is seen of a film."""
    with av.open(io.BytesIO(film), "r") as container:
        for frame in container.decode(container.streams.video[0]):
            yield np.asarray(frame.to_ndarray(format="gray"), np.uint8)


def _stream(
    container: av.container.OutputContainer, channel: Channel, view: Picture
) -> av.VideoStream:
    stream = container.add_stream(channel.codec, rate=FPS)
    assert isinstance(stream, av.VideoStream)
    stream.height, stream.width = view.shape[:2]
    stream.pix_fmt, stream.bit_rate = "yuv420p", 1000 * channel.kilobits
    rate = f"{channel.kilobits}k"
    stream.options = {**OPTIONS[channel.codec], "maxrate": rate, "bufsize": rate}
    stream.codec_context.gop_size = KEY_FRAME_SECONDS * FPS
    stream.codec_context.thread_count = 1
    return stream
