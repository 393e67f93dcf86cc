"""A sound file, spoken as if it were said now."""

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from core.audio import EndOfAudio, PacedSource, Samples, Sound
from core.clock import Clock
from core.options import Hint, option
from core.plugin import SourcePlugin
from core.sentence import said
from plugins.resampling import Resampler

BLOCK = 8192
"""Frames read from the file at once."""

SILENT = 1e-3
"""A file that never gets louder than this (-60 dB) is called silent."""

READABLE = "*.wav *.flac *.ogg *.opus *.mp3 *.aiff *.aif *.au *.caf *.w64"


@dataclass(frozen=True)
class AudioFileOptions:
    """Which file, and how it is played."""

    path: Path = option(Path(), Hint(said("File"), files=said("Sound ({0})", READABLE)))
    loop: bool = option(False, Hint(said("Repeat"), said("Begin again at the end.")))
    gain: float = option(0.0, Hint(said("Gain"), low=-40.0, high=40.0, unit=said("dB")))


class SteadyFile(soundfile.SoundFile):  # type: ignore[misc]
    """A file that is read from start to end: soundfile seeks after each read, which harms MP3."""

    def seekable(self) -> bool:
        return False


class AudioFile:
    """Satisfies `AudioSource`; reads the file piece by piece."""

    def __init__(self, options: AudioFileOptions, clock: Clock) -> None:
        self._loop = options.loop
        self._gain = np.float32(10 ** (options.gain / 20))
        self._file = open_sound(options.path)
        try:
            self._check_audible(options.path)
        except BaseException:
            self._file.close()
            raise
        self._reading = threading.Lock()
        self._resampler = Resampler(self._file.samplerate)
        self._finished = False
        self._paced = PacedSource(self._pull, clock)

    @property
    def dropped(self) -> int:
        return self._paced.dropped

    def read(self, count: int, timeout: float) -> Sound | None:
        """See `AudioSource.read`."""
        return self._paced.read(count, timeout)

    def close(self) -> None:
        """See `AudioSource.close`."""
        self._paced.close()
        with self._reading:
            self._file.close()

    def _check_audible(self, path: Path) -> None:
        if not len(block := self._block()):
            raise ValueError(said("{0} is 0 seconds long", path.name, remedy="choose another file"))
        while len(block):
            if np.abs(block).max() > SILENT:
                self._file.seek(0)
                return
            block = self._block()
        raise ValueError(
            said("{0} is silent", path.name, remedy="choose another file, or raise the gain")
        )

    def _pull(self, count: int) -> Samples:
        with self._reading:
            if self._file.closed:
                raise EndOfAudio
            while len(self._resampler) < count and not self._finished:
                self._read_on()
        return self._resampler.take(count)

    def _read_on(self) -> None:
        block = self._block()
        if len(block):
            self._resampler.put(block)
        elif self._loop:
            self._file.seek(0)
        else:
            self._resampler.finish()
            self._finished = True

    def _block(self) -> Samples:
        """Return the next mono samples at the file's own rate; none at its end."""
        frames = self._file.read(BLOCK, dtype="float32", always_2d=True)  # (frames, channels)
        mono: Samples = np.nan_to_num(frames.mean(1), posinf=1, neginf=-1) * self._gain
        return mono.clip(-1, 1)


def open_sound(path: Path) -> SteadyFile:
    """Open a sound file for reading.

    Raises:
        ValueError: it is not there, or of an unknown kind.
    """
    if path == Path():
        raise ValueError(said("no sound file is chosen", remedy="choose one"))
    if not path.is_file():
        raise ValueError(said("there is no file {0!r}", str(path), remedy="choose a sound file"))
    try:
        return SteadyFile(path)
    except (soundfile.LibsndfileError, TypeError, OSError) as error:
        raise ValueError(
            said(
                "{0} cannot be read as sound ({1})",
                path.name,
                _reason(path, error),
                remedy="WAV, FLAC, OGG, Opus, MP3 and AIFF can: convert it to one of these",
            )
        ) from error


def _reason(path: Path, error: Exception) -> str:
    if isinstance(error, soundfile.LibsndfileError):
        return str(error.error_string).strip().rstrip(".")
    return (
        str(error)
        if isinstance(error, OSError)
        else said("{0} is unknown", path.suffix or "no suffix")
    )


plugin = SourcePlugin("audio_file", said("Sound file"), AudioFileOptions, AudioFile)
