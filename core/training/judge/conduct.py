"""How somebody performs for a voice: what is seen of each clip, and what all clips say together."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.perception.speech import Speech
from core.training.judge.cases import Case
from core.training.judge.curves import Curve, agreement
from core.training.judge.fidelity import psnr
from core.training.judge.instruments import Instruments
from core.training.judge.report import Column, Line, Table
from core.training.judge.steadiness import Steps, steps, together
from core.training.judge.sync import (
    Shapes,
    closures,
    retrieval,
    settled,
    stillness,
    vowels_shut,
    windows,
)
from core.video import FPS

REACH = 10
"""Frames either way in which the best lag is sought."""
VOICED = 0.5
MS = 1000 / FPS
THUMBS = 4
"""Frames of each clip that are kept to be looked at."""


class Script(NamedTuple):
    """What is said in a clip, from its second frame on; a stream's first shows nothing."""

    visemes: Shapes
    opening: Curve
    """As the studio wants it, 0..1."""
    heard: Curve
    """As our encoder hears it in the sound, 0..1."""
    voicing: Curve


def script_of(case: Case, speech: Speech) -> Script:
    """Return what is said in a case, and heard."""
    said = case.clip.said
    visemes, opening, heard, voicing = (
        part[0, 1:].cpu().double().numpy()
        for part in (said.visemes, said.opening, speech.opening, said.voicing)
    )
    return Script(visemes, opening, heard, voicing)


class Seen(NamedTuple):
    """One clip of one performer."""

    opening: Curve
    """Of the lips, face heights."""
    steps: Steps
    psnr: float
    face: float
    """Share of frames in which the face finder is sure of a face."""
    who: Tensor | None
    """(frames, embedding)"""
    thumbs: Tensor
    """(THUMBS, 3, h, w)"""


def seen(frames: Tensor, case: Case, block: int, tools: Instruments) -> Seen:
    """Look at frames (t, 3, h, w), those of the case from its second on."""
    there = frames.to(tools.device).float()
    true = case.clip.frames[0, 1:].to(tools.device)
    mesh = tools.meshes.find(there, case.clip.landmarks[0, 0])
    at = torch.linspace(0, len(there) - 1, THUMBS).round().long()
    return Seen(
        mesh.opening().cpu().double().numpy(),
        steps(there, block),
        float(psnr(there, true).mean()),
        float((mesh.chance > 0.5).float().mean()),
        tools.who(there, mesh),
        there[at.to(there.device)].cpu(),
    )


class Own(NamedTuple):
    """Whom the performers should look like."""

    photos: Tensor
    """(clips, embedding) of the first photos"""
    person: NDArray[np.int64]
    """(clips,) numbers of the people"""


class Part(NamedTuple):
    """Clips of one performer, and what is said in them; the last may be a silent one."""

    clips: Sequence[Seen]
    scripts: Sequence[Script]
    spoken: int
    """How many of them are speech."""


def line(name: str, part: Part, own: Own | None, window: int) -> Line:
    """Return one performer's figures, in the order of `columns`."""
    clips, scripts = part.clips[: part.spoken], part.scripts[: part.spoken]
    openings = [clip.opening for clip in clips]
    wanted = agreement(_pairs(openings, [s.opening for s in scripts]), REACH)
    heard = agreement(_pairs(openings, [s.heard for s in scripts]), REACH)
    others = [s.opening for s in (*scripts[1:], scripts[0])]
    met = [closures(o, s.visemes) for o, s in zip(openings, scripts, strict=True)]
    still = stillness([c.opening for c in part.clips], [s.visemes for s in part.scripts])
    voiced = np.concatenate([o[s.voicing > VOICED] for o, s in zip(openings, scripts, strict=True)])
    found = retrieval(windows(openings, window), windows([s.heard for s in scripts], window))
    like = likeness(clips, own)
    return Line(
        name,
        (
            wanted.correlation,
            MS * wanted.lag,
            agreement(_pairs(openings, others), REACH).correlation if len(clips) > 1 else None,
            MS * heard.lag,
            heard.contrast,
            _share(sum(m.met for m in met), sum(m.wanted for m in met)),
            100 * vowels_shut(openings, [s.opening for s in scripts]),
            100 * found,
            100 * still.opening,
            100 * still.movement,
            100 * float(voiced.mean()) if len(voiced) else None,
            100 * float(voiced.std()) if len(voiced) else None,
            together([clip.steps for clip in clips]).ratio(),
            float(np.mean([clip.psnr for clip in clips])),
            100 * float(np.mean([clip.face for clip in clips])),
            like.own if like else None,
            like.others if like else None,
        ),
    )


def _share(part: int, whole: int) -> float | None:
    """Return a share in percent; None of nothing."""
    return 100 * part / whole if whole else None


def columns(retrieved: int) -> tuple[Column, ...]:
    """Name the figures of `line`; sound is sought among so many."""
    return (
        Column("lips/visemes", "correlation", 2, ">= 0.8"),
        Column("late", "ms", 0, "within 20"),
        Column("other's visemes", "correlation"),
        Column("late to sound", "ms", 0),
        Column("how clearly", "", 2),
        Column("shut at p b m", "%", 0),
        Column("shut in vowels", "%", 0),
        Column("own sound found", f"% of {retrieved}", 0, ">= 90 of 32"),
        Column("silent opening", "% of face", 2, "still"),
        Column("silent change", "%/frame", 3, "still"),
        Column("voiced opening", "% of face"),
        Column("deviation", "% of face"),
        Column("seams", "times", 2),
        Column("PSNR", "dB", 1),
        Column("face seen", "%", 0),
        Column("likeness", "", 2, "puppet's"),
        Column("to others", "", 2),
    )


def conduct_table(
    lines: Sequence[Line], scripts: Sequence[Script], retrieved: int, compared: bool
) -> Table:
    """Put the performers beside each other; `compared`: whether likeness was measured."""
    silent = sum(int(settled(script.visemes).sum()) for script in scripts)
    note = (
        "Other's visemes: the same lips against what another clip says, at the best lag: what "
        "chance gives. A lag means nothing where the correlation is low. By chance "
        f"{100 / retrieved:.0f} % find their own sound. Seams: change "
        "between frames at block borders over elsewhere. PSNR is against one of many right "
        f"performances, so low for all but the truth. Silence: {silent} frames."
    )
    if not compared:
        note += " No perception network was given, so nothing is said about likeness."
    note += " The puppet is moved by what our encoder hears, which helps it to find its own sound."
    return Table(
        "Held-out voices performed by held-out people", columns(retrieved), tuple(lines), note
    )


class Likeness(NamedTuple):
    """Mean cosine of frames' embeddings with those of photos."""

    own: float
    others: float
    """Other people's photos; NaN without any."""


def likeness(clips: Sequence[Seen], own: Own | None) -> Likeness | None:
    """Compare every frame with every photo."""
    if own is None:
        return None
    mine, others = [], []
    for number, clip in enumerate(clips):
        if clip.who is None:
            return None
        alike = (clip.who @ own.photos.T).mean(0).cpu().numpy()
        mine.append(alike[number])
        others.extend(alike[own.person != own.person[number]])
    return Likeness(float(np.mean(mine)), float(np.mean(others)) if others else float("nan"))


def _pairs(one: Sequence[Curve], other: Sequence[Curve]) -> list[tuple[Curve, Curve]]:
    return list(zip(one, other, strict=True))
