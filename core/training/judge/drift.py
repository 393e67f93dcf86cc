"""Does somebody who speaks for very long stay what they were? Colour, sharpness, likeness."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from core.perception.speech import Speech
from core.training.judge.cases import Case
from core.training.judge.curves import slope
from core.training.judge.instruments import Instruments
from core.training.judge.performers import Player, PuppetPlayer, acted
from core.training.judge.report import Column, Line, Table
from core.training.judge.steadiness import colour, sharpness
from core.video import FPS

WARM = 8
"""Blocks that are decoded before those that are looked at: a decoder remembers fewer."""
LOOK = 16
"""Frames that are looked at, at least, so that no single pose decides."""
MINUTE = 60.0


class Point(NamedTuple):
    """What was seen at one time of a performance."""

    seconds: float
    frames: Tensor
    """(LOOK or more, 3, h, w)"""


def moments(seconds: float, points: int) -> list[float]:
    """Return when to look, evenly from the beginning to the end.

    Raises:
        ValueError: these are too few points or too little time for them.
    """
    least = points * LOOK / FPS
    if points < 2 or seconds < least:
        raise ValueError(
            f"{seconds} s of drift at {points} points, expected {least:.1f} s or more at 2 or more"
        )
    return [float(time) for time in np.linspace(LOOK / FPS, seconds, points)]


def long_play(player: Player, times: list[float]) -> Iterator[Point]:
    """Perform without a break, decoding only around the given times."""
    looks = -(-LOOK // player.block)
    ends = [max(looks, round(time * FPS / player.block)) for time in times]
    blocks: list[Tensor] = []
    drawn = 0
    for end in ends:
        while drawn < end:
            latents = player.draw()
            drawn += 1
            if drawn > end - looks - WARM:
                blocks.append(player.frames(latents))
        yield Point(end * player.block / FPS, torch.cat(blocks[-looks:]))
        blocks.clear()


def puppet_play(player: PuppetPlayer, speech: Speech, times: list[float]) -> Iterator[Point]:
    """Perform a long speech (1, frames, ...), painting only around the given times."""
    motion = acted(speech, speech.opening.shape[1])
    for time in times:
        end = min(len(motion.moves), max(LOOK, round(time * FPS)))
        yield Point(end / FPS, player.paint(type(motion)(*(x[end - LOOK : end] for x in motion))))


def line(name: str, points: list[Point], case: Case, tools: Instruments) -> Line:
    """Return one performer's drift, in the order of COLUMNS."""
    times = np.array([point.seconds for point in points]) / MINUTE
    colours = torch.stack([colour(p.frames).mean(0).cpu() for p in points])
    moved = (colours - colours[0]).norm(dim=1).double().numpy()
    sharp = np.array([float(sharpness(p.frames).mean()) for p in points])
    relative = 100 * sharp / max(sharp[0], 1e-9)
    like = _likeness(points, case, tools)
    tints, edges = slope(times, moved), slope(times, relative)
    faces = slope(times, like).each if like is not None else None
    return Line(
        name,
        (
            tints.each, tints.error, float(moved[-1]),
            edges.each, edges.error, float(relative[-1] - 100), faces,
        ),
    )  # fmt: skip


def _likeness(
    points: list[Point], case: Case, tools: Instruments
) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    about, photo = case.clip.landmarks[0, 0], case.clip.references[0, :1].to(tools.device)
    own = tools.who(photo, tools.meshes.find(photo, about))
    if own is None:
        return None
    found = []
    for point in points:
        there = point.frames.to(tools.device)
        who = tools.who(there, tools.meshes.find(there, about))
        assert who is not None
        found.append(float((who @ own.T).mean()))
    return np.array(found)


COLUMNS = (
    Column("colour", "levels/min", 3, "none"),
    Column("+-", "", 3),
    Column("at the end", "levels", 2),
    Column("sharpness", "%/min", 3, "none"),
    Column("+-", "", 3),
    Column("at the end", "%", 2),
    Column("likeness", "/min", 4, "none"),
)


def drift_table(lines: list[Line], seconds: float, points: int) -> Table:
    """Put the performers beside each other."""
    note = (
        f"Looked at {points} times, {LOOK} frames each; the mean colour's distance from the first "
        "and the change of sharpness, fitted by a line. Heads move, so the puppet, which cannot "
        "drift, is no zero either."
    )
    return Table(f"Drift over {seconds:.0f} s without a break", COLUMNS, tuple(lines), note)
