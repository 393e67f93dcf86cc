"""Speech marks: the phonemes in a stretch of sound, from sources that know before they speak."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

MARK_REACH = 0.6
"""Seconds before and after its sound that a piece tells of: further than coarticulation goes."""


class PhonemeMark(NamedTuple):
    """One phoneme and when it is spoken."""

    symbol: str
    """One or more letters of IPA without stress marks; empty is a pause."""
    start: float
    """Seconds from the first sample of the piece that carries it; before it if negative."""
    end: float
    stress: float = 0.0
    """How much brows and head accent it, 0..1; a pause may have one as well."""
    level: float = 0.0
    """Loudness of a vowel in dB against the loud ones of its sentence."""


Marks: TypeAlias = tuple[PhonemeMark, ...]
"""All phonemes in a piece of sound and up to MARK_REACH around it, in order."""


def shifted(marks: Sequence[PhonemeMark], seconds: float) -> Marks:
    """Return `marks` as a piece tells them that begins `seconds` earlier."""
    return tuple(
        mark._replace(start=mark.start + seconds, end=mark.end + seconds) for mark in marks
    )


def marks_within(marks: Sequence[PhonemeMark], start: float, end: float) -> Marks:
    """Return those that overlap the time from `start` to `end`, counted from `start`."""
    near = [
        mark for mark in marks if mark.end > start - MARK_REACH and mark.start < end + MARK_REACH
    ]
    return shifted(near, -start)
