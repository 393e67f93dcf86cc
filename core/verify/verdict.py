"""Whether a film or a picture bears the watermark, and how sure that is."""

from collections.abc import Callable, Iterable
from math import floor, log10
from pathlib import Path
from typing import NamedTuple

from core.verify.pieces import Piece, pieces
from core.watermark.detection import SURE, Match, false_alarms, search, threshold

MOST = 12
"""Pieces of a film that are looked at unless all are wanted: a minute of it."""


UNSURE = 0.05
"""Bound on false alarms from which on a trace is worth a word."""


class Verdict(NamedTuple):
    """What was found in a file."""

    pieces: int
    sure: int
    """Pieces with the watermark."""
    best: Match
    chance: float
    """Bound on how often so much would be found in a file without the watermark."""

    @property
    def found(self) -> bool:
        """Whether it bears the watermark."""
        return self.chance <= SURE


def verify(
    path: Path, most: int = MOST, on_piece: Callable[[Piece], None] = lambda _: None
) -> Verdict:
    """Look at a film or a picture; `on_piece` hears of each piece that has been looked at.

    Raises:
        BadFile, BadPhoto: it cannot be read.
    """
    return judge(pieces(path, most), on_piece)


def judge(found: Iterable[Piece], on_piece: Callable[[Piece], None] = lambda _: None) -> Verdict:
    """Return the verdict on all pieces together."""
    matches: list[Match] = []
    for piece in found:
        likely = [match for match in matches if match.z >= threshold()]
        matches.append(search(piece.evidence, likely[-1:]))
        on_piece(piece)
    best = max(matches, key=lambda match: match.z)
    sure = sum(false_alarms(match.z, len(matches)) <= SURE for match in matches)
    return Verdict(len(matches), sure, best, false_alarms(best.z, len(matches)))


def words(path: Path, verdict: Verdict) -> str:
    """Say it to people."""
    if verdict.found:
        by = f" {verdict.best.version}" if verdict.best.version else ""
        where = f"; found in {verdict.sure} of {verdict.pieces} pieces looked at"
        return (
            f"{path.name}: made by Understudy{by}, AI-generated. In a file without the watermark, "
            f"so much of it would be found {rarely(verdict.chance)}"
            f"{where if verdict.pieces > 1 else ''}."
        )
    trace = (
        f" There is a trace of it, as would be found {rarely(verdict.chance)} without it."
        if verdict.chance <= UNSURE
        else ""
    )
    return (
        f"{path.name}: no watermark of Understudy was found.{trace} That proves nothing: other "
        "programs have other marks, and a watermark can be destroyed."
    )


def rarely(chance: float) -> str:
    """Say how often something happens that happens with this probability at most."""
    power = -log10(max(chance, 1e-300))
    if power < 6:
        return f"in less than one of {round(1 / chance):,} cases"
    return f"in less than one of 10^{floor(power)} cases"
