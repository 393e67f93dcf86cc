"""Reads films and pictures of any origin, piece by piece, for evidence of the watermark."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

from core.pixels import grey
from core.portrait.load import format_suffix, load_photo
from core.sentence import said, system_words
from core.watermark.detection import Evidence

PIECE = 5.0
"""Seconds of a film that are looked at as one."""

FRAMES_A_SECOND = 13
"""That are looked at; encoders for calls make no more that are new."""

LARGEST = 8192 * 8192
"""Pixels of the largest frame that is decoded."""

PICTURE_SIDE = 2160
"""Pixels of a picture's longer side that are looked at."""


NOWHERE_ELSE = {"protocol_whitelist": ""}
"""For FFmpeg: a playlist leads to no other file and no address."""


class BadFile(ValueError):
    """Neither a film nor a picture that can be read; says why and what helps."""


class Piece(NamedTuple):
    """Five seconds of a film, or a picture."""

    start: float
    """Seconds from the beginning."""
    evidence: Evidence


def pieces(path: Path, most: int) -> Iterator[Piece]:
    """Yield a picture, or at most so many pieces of a film, spread evenly over it.

    Raises:
        BadFile: it cannot be read.
        BadPhoto: it is a picture that cannot be used.
    """
    _check(path)
    with path.open("rb") as file:
        is_picture = bool(format_suffix(file))
    return iter([_picture(path)]) if is_picture else _film(path, most)


def _check(path: Path) -> None:
    """See to it that the file is one, and may be read: devices and pipes never end."""
    try:
        found = path.stat()
        if stat.S_ISREG(found.st_mode):
            path.open("rb").close()
    except OSError as error:
        raise BadFile(
            said("{0} cannot be read ({1})", path, system_words(error), remedy="name another file")
        ) from error
    if not stat.S_ISREG(found.st_mode):
        raise BadFile(said("{0} is no file", path, remedy="name a film or a picture"))


def _picture(path: Path) -> Piece:
    evidence = Evidence()
    evidence.add(grey(load_photo(path, PICTURE_SIDE)))
    return Piece(0.0, evidence)


def _film(path: Path, most: int) -> Iterator[Piece]:
    """Yield the pieces that can be read; what is damaged after the first one ends the film."""
    found = False
    try:
        with path.open("rb") as file, av.open(file, "r", options=NOWHERE_ELSE) as film:
            film.streams.video[0].codec_context.options = {"max_pixels": str(LARGEST)}
            for start in _starts(film, most):
                for piece in _read(film, start):
                    found = True
                    yield piece
    except Exception as error:  # decoders fail in more ways than can be listed
        if not found:
            raise _unreadable(path) from error
    if not found:
        raise _unreadable(path)


def _unreadable(path: Path) -> BadFile:
    return BadFile(
        said(
            "{0} is neither a film nor a picture, or damaged",
            path.name,
            remedy="name an MP4, WebM, MKV, PNG or JPEG file",
        )
    )


def _starts(film: "av.container.InputContainer", most: int) -> list[float | None]:
    """Return where to begin reading, in seconds; None goes on to the end in one go."""
    seconds = (film.duration or 0) / av.time_base
    count = int(seconds // PIECE)
    if count <= most:
        return [None]
    return [at * seconds / most for at in range(most)]


def _read(film: "av.container.InputContainer", start: float | None) -> Iterator[Piece]:
    """Yield the piece from `start` on, or all that are left; no short rest after another piece."""
    if start is not None:
        film.seek(round(start * av.time_base))
    began, evidence, shape, alone = 0.0, None, (0, 0), True
    time = 0.0
    for time, luma in _lumas(film):
        if evidence and (time - began >= PIECE or luma.shape != shape):
            yield Piece(began, evidence)
            if start is not None:
                return
            evidence, alone = None, False
        if evidence is None:
            began, evidence, shape = time, Evidence(), luma.shape
        evidence.add(luma)
    if evidence and (alone or time - began >= PIECE / 2):
        yield Piece(began, evidence)


def _lumas(film: "av.container.InputContainer") -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Yield seconds and luma of what is shown, as often as it is looked at."""
    last = -1.0
    for number, frame in enumerate(film.decode(film.streams.video[0])):
        time = number / FRAMES_A_SECOND if frame.time is None else frame.time
        if not 0 <= time - last < 1 / FRAMES_A_SECOND - 1e-3:
            last = time
            yield time, np.asarray(frame.to_ndarray(format="gray"), np.uint8)
