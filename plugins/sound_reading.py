"""Files with sound, read from start to end: by libsndfile, and what that cannot by FFmpeg.

Whatever is wrong with a file becomes a `BadSound` with its remedy here: libraries fail in more ways
than can be listed, at any piece of a file, and in words of their own.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import soundfile
from numpy.typing import NDArray

from core.sentence import Sentence, said, system_words

log = logging.getLogger(__name__)

BLOCK = 8192
"""Frames that are read at once."""

SLOWEST, FASTEST = 1_000, 1_536_000
"""Samples a second that a file may say it has."""

KINDS = (
    "3gp,aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,eac3,flac,flv,loas,m4a,matroska,mov,mp3,mp4,mpeg,"
    "mpegts,ogg,rm,swf,tta,w64,wav,webm,wv"
)
"""Of FFmpeg's formats those that hold their own sound: lists and the like would open other files,
or addresses."""

LONG_AS_SAID = {"matroska", "mov", "asf"}
"""FFmpeg's formats whose header says how long a file is; of others it is guessed."""

MISSING = 1.0
"""Seconds that a whole file may lack of that."""

Frames = NDArray[np.float32]
"""(n, channels)"""


class BadSound(ValueError):
    """The file gives no sound, or no more; the message says why and what to do."""


class SoundReader(Protocol):
    """A sound file from its beginning."""

    @property
    def rate(self) -> float: ...

    def read(self) -> Frames:
        """Return the next frames; none at the end.

        Raises:
            Exception: the file is damaged here.
        """
        ...

    def close(self) -> None: ...


def open_sound(path: Path) -> SoundReader:
    """Open a sound file for reading.

    Raises:
        BadSound: it is not there, not readable, or of an unknown kind.
    """
    _check(path)
    try:
        return _FirstBlock(_SndFile(path))
    except Exception as error:  # noqa: BLE001 - FFmpeg may know better
        log.info("libsndfile does not read this file: %s", type(error).__name__)
    try:
        return _FirstBlock(_AvFile(path))
    except _Empty as error:
        raise BadSound(
            said("{0} is 0 seconds long", path.name, remedy="choose another file")
        ) from error
    except Exception as error:
        raise BadSound(_unknown(path, error)) from error


def _check(path: Path) -> None:
    if path == Path():
        raise BadSound(said("no audio file is chosen", remedy="choose one first"))
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise BadSound(
                said(
                    "{0} is a pipe or a device, which cannot be played",
                    str(path),
                    remedy="save the sound as a file and choose that",
                )
            )
        if not path.is_file():
            raise BadSound(said("there is no file {0!r}", str(path), remedy="choose a sound file"))
        with path.open("rb"):
            pass
    except OSError as error:
        raise BadSound(
            said(
                "{0} cannot be read ({1})",
                path.name,
                system_words(error),
                remedy="choose another file",
            )
        ) from error


def _unknown(path: Path, error: Exception) -> Sentence:
    return said(
        "{0} cannot be read as sound ({1})",
        path.name,
        said("there is no sound in it")
        if isinstance(error, IndexError)
        else said("it is damaged or of an unknown kind"),
        remedy=(
            "WAV, FLAC, OGG, Opus, MP3, AIFF, M4A, MP4, MKV, WebM and WMA can: convert it to one "
            "of these"
        ),
    )


class _Empty(Exception):
    """There is no sound in it."""


class _BrokenOff(Exception):
    """The file ends long before it says it does."""


class _AbsurdRate(Exception):
    """No sound has so many samples a second, or so few."""


class _SteadyFile(soundfile.SoundFile):  # type: ignore[misc]
    """A file that is read from start to end: soundfile seeks after each read, which harms MP3."""

    def seekable(self) -> bool:
        return False


class _SndFile:
    """Satisfies `SoundReader` with libsndfile."""

    def __init__(self, path: Path) -> None:
        # Names that are no Unicode are opened by their bytes, where the system names by bytes.
        self._file = _SteadyFile(str(path) if sys.platform == "win32" else os.fsencode(path))
        self._error: Exception | None = None

    @property
    def rate(self) -> float:
        return float(self._file.samplerate)

    def read(self) -> Frames:
        if self._error:
            raise self._error
        frames = np.full((BLOCK, self._file.channels), np.nan, np.float32)
        try:
            found: Frames = self._file.read(dtype="float32", always_2d=True, out=frames)
        except Exception as error:  # noqa: BLE001 - what came before the damage is there already
            self._error = error
            good = int(np.isfinite(frames).all(axis=1).argmin())
            return frames[:good] if good else self.read()
        return found

    def close(self) -> None:
        self._file.close()


class _AvFile:
    """Satisfies `SoundReader` with FFmpeg: the first sound of whatever it knows by content."""

    def __init__(self, path: Path) -> None:
        import av  # for the few files that need it

        self._file = path.open("rb")
        self._resampler: Any = av.AudioResampler
        try:
            whitelists = {"format_whitelist": KINDS, "protocol_whitelist": "none"}
            self._container: Any = av.open(self._file, options=whitelists)
        except BaseException:
            self._file.close()
            raise
        try:
            stream = self._container.streams.audio[0]
            self._rate = stream.rate
            self._pieces = self._decoded(stream)
        except BaseException:
            self.close()
            raise

    @property
    def rate(self) -> float:
        return float(self._rate)

    def read(self) -> Frames:
        return next(self._pieces, np.empty((0, 1), np.float32))

    def close(self) -> None:
        with suppress(Exception):
            self._container.close()
        self._file.close()

    def _decoded(self, stream: Any) -> Iterator[Frames]:
        even: Any = None
        end = 0.0
        for packet in self._container.demux():
            if packet.pts is not None:
                end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            for frame in packet.decode() if packet.stream is stream else ():
                # Packed: PyAV reads beyond the planes of frames with eight channels and more.
                even = even or self._resampler("flt", frame.layout, self._rate)
                for piece in even.resample(frame):
                    if piece.samples:
                        yield piece.to_ndarray().reshape(piece.samples, -1)
        if self._said_end() - end > MISSING:
            raise _BrokenOff

    def _said_end(self) -> float:
        """Return the second at which the file says it ends; 0 where it does not say."""
        known = LONG_AS_SAID & set(self._container.format.name.split(","))
        length = self._container.duration if known else None
        return 1e-6 * (length + max(0, self._container.start_time or 0)) if length else 0.0


class _FirstBlock:
    """Satisfies `SoundReader`: another that has shown that there is something in it."""

    def __init__(self, reader: SoundReader) -> None:
        self._reader = reader
        try:
            if not SLOWEST <= reader.rate <= FASTEST:
                raise _AbsurdRate
            self._first: Frames | None = reader.read()
            if not len(self._first):
                raise _Empty
        except BaseException:
            reader.close()
            raise

    @property
    def rate(self) -> float:
        return self._reader.rate

    def read(self) -> Frames:
        if self._first is None:
            return self._reader.read()
        first, self._first = self._first, None
        return first

    def close(self) -> None:
        self._reader.close()
