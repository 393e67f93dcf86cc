"""Short films with and without the watermark, as the program writes them and as calls make them."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from core.audio import SAMPLE_RATE
from core.film.film_sound import AAC
from core.film.mp4 import QUICK, Mp4File
from core.video import Picture, VideoFormat
from core.watermark.embedding import Watermark
from tests.core.watermark.pictures import FORMAT, VERSION, busy


def pictures(count: int, mark: bool, fps: int = FORMAT.fps) -> Iterator[Picture]:
    """Yield a scene that drifts by a pixel a frame, with or without the watermark."""
    format = VideoFormat(FORMAT.width, FORMAT.height, fps)
    scene, watermark = busy(VideoFormat(FORMAT.width + 2 * count, FORMAT.height)), None
    watermark = Watermark(format, VERSION)
    for number in range(count):
        picture = np.ascontiguousarray(scene[:, number : number + FORMAT.width])
        if mark:
            watermark.apply(picture)
        yield picture


def recorded(path: Path, seconds: float, mark: bool, fps: int = 5, sound: str = AAC) -> Path:
    """Write a recording as the program does, at few frames a second."""
    format = VideoFormat(FORMAT.width, FORMAT.height, fps)
    with path.open("wb") as file:
        film = Mp4File(file, format, {}, QUICK, sound)
        for number, picture in enumerate(pictures(round(seconds * fps), mark, fps)):
            film.picture(picture, number * SAMPLE_RATE // fps)
        film.close()
    return path


def called(path: Path, seconds: float, mark: bool, rate: int = 300_000) -> Path:
    """Write VP8 at 15 frames a second and `rate` bits a second, as a call would carry it."""
    with av.open(path, "w") as container:
        stream = container.add_stream("libvpx", rate=15)
        stream.width, stream.height, stream.pix_fmt = FORMAT.width, FORMAT.height, "yuv420p"
        stream.bit_rate = rate
        stream.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
        stream.codec_context.thread_count = 1
        for number, picture in enumerate(pictures(round(15 * seconds), mark, 15)):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 15)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
