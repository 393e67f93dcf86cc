"""A recording: pictures and sound into one file, while something else is going on."""

import errno
import logging
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING

from core.atomic_file import atomic_write
from core.audio import Sound, voice_of
from core.film.about import ABOUT, TITLE
from core.film.credentials import MP4, CredentialsError, Sign, sign, unsigned
from core.film.film_sound import AAC
from core.film.unfinished import SUFFIX, hold
from core.free_name import free_name
from core.sentence import joined, said, system_words
from core.video import Frame, VideoFormat

if TYPE_CHECKING:
    from core.film.mp4 import Mp4File

log = logging.getLogger(__name__)

WAITING = 25
"""Frames that may wait to be written; a second, and 70 MB at 1280x720."""

SOUNDS = 500
"""Pieces of sound that may wait."""


class RecordingError(RuntimeError):
    """The recording could not be made, or not to its end; says what is there."""


class Recording:
    """Satisfies `VideoSink` and `SoundSink`. One thread opens, feeds and closes it.

    The writing is done on a thread of its own. Nobody waits for the disk: what comes too fast is
    dropped and counted, and its place in the file is taken by the picture before it. A `patient`
    recording drops nothing and makes the caller wait instead. The file bears its name only when it
    is whole: until then it is `NAME.part`, and if it breaks off, `NAME (incomplete)`. What was
    there when it began gives way to it if it is `replacing`; to whatever else bears its name then
    it leaves that, becomes `NAME 2`, and `path` says so.
    """

    def __init__(
        self,
        path: Path,
        format: VideoFormat,
        sound: str = AAC,
        patient: bool = False,
        replacing: bool = True,
        sign: Sign = sign,
    ) -> None:
        """sound: one of `SOUNDS`."""
        self.path = checked(path)
        self._replaced = _identity(self.path) if replacing else None
        self._format, self._sound = format, sound
        self._patient = patient
        self._sign = sign
        self._file = _create(self.path)
        self._part = Path(self._file.name)
        self._queue: SimpleQueue[Frame | Sound | None] = SimpleQueue()
        self._room = {
            Frame: threading.Semaphore(WAITING),
            Sound: threading.Semaphore(SOUNDS),
        }
        self._error: RecordingError | None = None
        self._broken = False
        self._told = False
        self._closed = False
        self.made = False
        """Whether there is a film in `path`, once it is closed."""
        self.remark = ""
        """Why the film has no Content Credentials, if so, once it is closed."""
        self.dropped = 0
        """Frames that were not written, for want of time."""
        self._writer = threading.Thread(target=self._write, name="recording", daemon=True)
        self._writer.start()

    def send(self, frame: Frame) -> None:
        """Record `frame`.

        Raises:
            RecordingError: the file cannot be written any more.
        """
        self._check()
        if not self._put(frame):
            self.dropped += 1

    def play(self, sound: Sound) -> None:
        """Record `sound`; raises as `send` does."""
        self._check()
        self._put(sound)

    def close(self) -> None:
        """Write what is waiting and finish the file.

        Raises:
            RecordingError: it is not whole, and that has not been said yet.
        """
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._writer.join()
        if not self._told:
            self._check()

    def break_off(self) -> None:
        """Finish the file under a name that says that what was to be in it is not all there."""
        self._broken = True
        self.close()

    def _check(self) -> None:
        if self._error:
            self._told = True
            raise self._error

    def _put(self, item: Frame | Sound) -> bool:
        if not self._room[type(item)].acquire(blocking=self._patient):
            return False
        self._queue.put(item)
        return True

    def _write(self) -> None:
        try:
            from core.film.mp4 import QUICK, SMALL, Mp4File  # FFmpeg, for those who record

            with self._file:
                preset = SMALL if self._patient else QUICK
                whole = self._fill(Mp4File(self._file, self._format, ABOUT, preset, self._sound))
            if whole:
                self._add_credentials()
                self._name()
                self.made = True
            else:
                self._part.unlink()
        except Exception as error:  # told by whoever sends next, or closes
            log.warning("recording %s broke off", self.path, exc_info=True)
            self._error = RecordingError(_sentence(self.path, error, self._rescue()))
            self._drain()

    def _fill(self, movie: "Mp4File") -> bool:
        """Write all that comes; whether there was a picture."""
        try:
            while (item := self._queue.get()) is not None:
                if isinstance(item, Frame):
                    movie.picture(item.picture, item.sample)
                else:
                    movie.sound(voice_of(item), item.start)
                self._room[type(item)].release()
            movie.close()
        except BaseException:
            movie.abandon()
            raise
        return movie.pictures > 0

    def _add_credentials(self) -> None:
        """Let the file state what it is, signed; if it cannot be signed it stays as it is."""
        try:
            with (
                atomic_write(self._part) as part,
                self._part.open("rb") as plain,
                part.open("w+b") as signed,
            ):
                hold(plain)
                self._sign(plain, signed, MP4, TITLE)
        except (CredentialsError, OSError) as error:
            self.remark = unsigned(self.path, error)

    def _name(self) -> None:
        if self._broken:
            self.path = free_name(self.path, " (incomplete)")
        elif self.path.exists() and (not self._replaced or _identity(self.path) != self._replaced):
            self.path = free_name(self.path)
        self._part.replace(self.path)

    def _drain(self) -> None:
        """Let go of what waits, so that nobody is kept waiting by it."""
        for room in self._room.values():
            room.release()
        while not self._closed or not self._queue.empty():
            self._queue.get()

    def _rescue(self) -> Path | None:
        """Give what was written until now a name; None if nothing was."""
        try:
            if self._part.stat().st_size == 0:
                self._part.unlink()
                return None
            return self._part.rename(free_name(self.path, " (incomplete)"))
        except OSError:
            return self._part


def keeping_all(path: Path, format: VideoFormat, sound: str = AAC) -> Recording:
    """Record what is live: whatever bears the name, be it of the same second, stays."""
    return Recording(path, format, sound, replacing=False)


def checked(path: Path) -> Path:
    """Return `path` with its suffix.

    Raises:
        ValueError: the recording would be of another kind than its name says, or no file.
    """
    if path.name in ("", ".."):
        raise ValueError(said("{0} is a folder", path, remedy="name the recording NAME.mp4"))
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise ValueError(
            said("{0} is a device, not a file", path, remedy="name the recording NAME.mp4")
        )
    if path.suffix.lower() not in ("", ".mp4"):
        raise ValueError(
            said("recordings are MP4 files: name it {0}.mp4, not {1}", path.stem, path.name)
        )
    return path.with_suffix(path.suffix or ".mp4")


def _create(path: Path) -> IO[bytes]:
    if path.is_dir():
        raise RecordingError(
            said("{0} is a folder", path, remedy="give the recording another name")
        )
    try:
        file = open(free_name(path, "", SUFFIX), "xb")  # noqa: SIM115 - the recording closes it
    except OSError as error:
        raise RecordingError(
            said(
                "{0} cannot be written to {1} ({2})",
                path.name,
                path.parent.absolute(),
                system_words(error),
                remedy="choose another folder",
            )
        ) from error
    hold(file)
    return file


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells the file that bears this name now from any that will."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _sentence(path: Path, error: Exception, rescued: Path | None) -> str:
    broke = said("the recording {0} broke off: {1}.", path.name, _reason(error))
    kept = said("What was recorded until then is in {0}.", rescued.name) if rescued else ""
    return joined((broke, kept))


def _reason(error: Exception) -> str:
    if not isinstance(error, OSError):
        return said("{0}", error, remedy="try another folder")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return said("the disk is full", remedy="free some space")
    if error.errno == errno.EFBIG:  # 4 GB where a disk is formatted for everything
        return said("no file there can be larger", remedy="choose a folder on another disk")
    return said("{0}", system_words(error), remedy="try another folder")
