"""A sound file, spoken as if it were said now."""

import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.audio import EndOfAudio, PacedSource, Piece, Sound, SoundBrokeOff
from core.clock import Clock
from core.options import Hint, option
from core.plugin import SourcePlugin
from core.sentence import said
from core.two_ways import TwoWays
from plugins.resampling import SoxrConverter
from plugins.sound_reading import BadSound, Frames, SoundReader, open_sound

log = logging.getLogger(__name__)

SILENT = 1e-3
"""A file that never gets louder than this (-60 dB) is called silent."""

LOOKING = 2.0
"""Seconds that are spent on finding out whether a file is silent."""

LOUDEST = 100.0
"""Decibels of gain that mean anything."""

READABLE = (
    "*.wav *.flac *.ogg *.opus *.mp3 *.aiff *.aif *.au *.caf *.w64 *.m4a *.aac *.mp4 *.mov *.mkv "
    "*.webm *.wma *.3gp *.amr"
)


@dataclass(frozen=True)
class AudioFileOptions:
    """Which file, and how it is played."""

    path: Path = option(Path(), Hint(said("File"), files=said("Sound ({0})", READABLE)))
    loop: bool = option(False, Hint(said("Repeat"), said("Begin again at the end.")))
    gain: float = option(0.0, Hint(said("Gain"), low=-40.0, high=40.0, unit=said("dB")))


class AudioFile:
    """Satisfies `AudioSource`; reads the file piece by piece.

    A damaged file is played to the damage; then it ends, and says so.
    """

    def __init__(self, options: AudioFileOptions, clock: Clock) -> None:
        self._path, self._loop = options.path, options.loop
        gain = float(np.nan_to_num(options.gain).clip(-LOUDEST, LOUDEST))
        self._gain = np.float32(10 ** (gain / 20))
        self._check_audible()
        self._file: SoundReader = open_sound(self._path)
        self._reading = threading.Lock()
        self._ready = TwoWays(self._file.rate, SoxrConverter)
        self._played = 0
        """Frames since the file's beginning."""
        self._end: EndOfAudio | None = None
        """Why no more is read."""
        self._paced = PacedSource(self._pull, clock)

    @property
    def dropped(self) -> int:
        return self._paced.dropped

    def read(self, count: int, timeout: float) -> Sound | None:
        """See `AudioSource.read`.

        Raises:
            SoundBrokeOff: the file is damaged here, or gives no sound any more.
        """
        try:
            return self._paced.read(count, timeout)
        except EndOfAudio as end:
            raise self._end or end from None

    def close(self) -> None:
        """See `AudioSource.close`."""
        self._paced.close()
        with self._reading:
            self._end = EndOfAudio()
            self._file.close()

    def _check_audible(self) -> None:
        file, since = open_sound(self._path), time.monotonic()
        try:
            while len(frames := file.read()):
                loud = np.abs(self._loud(frames)).max() > SILENT
                if loud or time.monotonic() - since > LOOKING:
                    return
        except Exception:  # noqa: BLE001 - told when it is played to there
            return
        finally:
            file.close()
        raise BadSound(
            said("{0} is silent", self._path.name, remedy="choose another file, or raise the gain")
        )

    def _pull(self, count: int) -> Piece:
        with self._reading:
            while len(self._ready) < count and not self._end:
                self._read_on()
        return self._ready.take(count)

    def _read_on(self) -> None:
        try:
            frames = self._file.read()
            if not len(frames) and self._loop:
                self._begin_again()
                return
        except Exception as error:  # whatever library read it, and however it fails
            log.warning("a sound file cannot be read any further", exc_info=True)
            words = error if isinstance(error, BadSound) else self._damage()
            self._finish(SoundBrokeOff(str(words)))
            return
        if len(frames):
            self._ready.put(self._loud(frames))
            self._played += len(frames)
        else:
            self._finish(EndOfAudio())

    def _begin_again(self) -> None:
        if not self._played:
            raise BadSound(
                said("{0} gives no sound any more", self._path.name, remedy="choose another file")
            )
        self._file.close()
        again = open_sound(self._path)
        if again.rate != self._file.rate:
            again.close()
            raise BadSound(
                said("{0} has become another file", self._path.name, remedy="start again")
            )
        self._file, self._played = again, 0

    def _finish(self, end: EndOfAudio) -> None:
        self._ready.finish()
        self._end = end

    def _damage(self) -> str:
        return said(
            "{0} is damaged after {1:.1f} seconds, and was played to there",
            self._path.name,
            self._played / self._file.rate,
            remedy="choose a whole copy of it",
        )

    def _loud(self, frames: Frames) -> Frames:
        """Return frames at the gain that was chosen, whatever the file holds in place of sound."""
        loud: Frames = np.nan_to_num(frames, posinf=1, neginf=-1) * self._gain
        return loud.clip(-1, 1)


plugin = SourcePlugin("audio_file", said("Audio file"), AudioFileOptions, AudioFile)
