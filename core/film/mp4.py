"""One MP4 file: pictures at a steady rate and sound, each placed by its stream time."""

from contextlib import suppress
from fractions import Fraction
from typing import IO

import av
import cv2
import numpy as np

from core.audio import SAMPLE_RATE, VOICE_RATE, WIDER, Voice
from core.film.film_sound import AAC
from core.film.soundtrack import Soundtrack
from core.video import Picture, VideoFormat

ENCODERS = ("libx264", "libopenh264", "mpeg4")
"""H.264 plays everywhere; the last is always there."""

QUICK, SMALL = "ultrafast", "veryfast"
"""x264's presets for films made live, and for those that may take their time."""

QUALITY = {
    "libx264": {"crf": "20"},
    "libopenh264": {"rc_mode": "quality"},
    "mpeg4": {"qscale": "3"},
}

LAYOUT = {"movflags": "hybrid_fragmented+delay_moov", "use_editlist": "1"}
"""Playable up to the last second if it is cut off, an ordinary MP4 once it is closed. The edit list
takes away the 21 ms of nothing that AAC puts before the sound."""

PATIENCE = 2 * VOICE_RATE
"""Frames by which sound may be behind the pictures before it counts as missing."""

BT601 = 6
"""The kind of YUV that OpenCV makes, which is four times quicker than libswscale."""


class Mp4File:
    """Writes to an open file. The first picture's stream time is the file's beginning. One thread.

    Missing pictures are the last one again, missing sound is silence.
    """

    def __init__(
        self,
        file: IO[bytes],
        format: VideoFormat,
        about: dict[str, str],
        preset: str = SMALL,
        sound: str = AAC,
    ) -> None:
        """sound: one of `SOUNDS`."""
        self._fps = format.fps
        self._container = av.open(file, "w", format="mp4", options=dict(LAYOUT))
        self._container.metadata.update(about)
        self._video = self._add_video(format, preset)
        self._sound = Soundtrack(self._container, sound)
        self._begin: int | None = None
        self._last: av.VideoFrame | None = None
        self.pictures = 0

    def picture(self, picture: Picture, sample: int) -> None:
        """Show `picture` from stream time `sample` on."""
        if self._begin is None:
            self._begin = sample
        at = round((sample - self._begin) * self._fps / SAMPLE_RATE)
        while self._last is not None and self.pictures < at:
            self._encode(self._last)
        if self.pictures <= at:
            self._last = _converted(picture)
            self._encode(self._last)
        self._silence(WIDER * (sample - self._begin) - PATIENCE)

    def sound(self, voice: Voice, start: int) -> None:
        """Play `voice`, the first frame at stream time `start`."""
        if self._begin is None:
            return
        at = WIDER * (start - self._begin)
        self._silence(at)
        self._sound.play(voice[max(0, self._sound.frames - at) :])

    def close(self) -> None:
        """Finish the file; nothing can be added any more."""
        self._container.mux(self._video.encode(None))
        self._sound.close()
        self._container.close()

    def abandon(self) -> None:
        """Leave the file as it is, after it could not be written to."""
        with suppress(OSError, av.FFmpegError):  # it tries to finish the file, and fails again
            self._container.close()

    def _add_video(self, format: VideoFormat, preset: str) -> av.VideoStream:
        stream = self._container.add_stream(_encoder(), rate=format.fps)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = format.width, format.height, "yuv420p"
        stream.options = dict(QUALITY[stream.codec_context.name])
        if stream.codec_context.name == "libx264":
            stream.options["preset"] = preset
        context = stream.codec_context
        context.time_base = Fraction(1, format.fps)
        context.max_b_frames = 0  # a frame is at its place in the file when it is at its time
        context.gop_size = format.fps
        context.thread_count = 1  # the avatar needs the other cores
        context.colorspace = context.color_primaries = context.color_trc = BT601
        return stream

    def _encode(self, frame: av.VideoFrame) -> None:
        frame.pts, frame.time_base = self.pictures, Fraction(1, self._fps)
        self._container.mux(self._video.encode(frame))
        self.pictures += 1

    def _silence(self, until: int) -> None:
        while (missing := until - self._sound.frames) > 0:
            self._sound.play(np.zeros((min(VOICE_RATE, missing), 1), np.float32))


def _converted(picture: Picture) -> av.VideoFrame:
    yuv = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2YUV_I420)
    return av.VideoFrame.from_ndarray(np.asarray(yuv, np.uint8), "yuv420p")


def _encoder() -> str:
    return next(name for name in ENCODERS if name in av.codecs_available)
