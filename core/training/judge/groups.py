"""Who is served well and who badly: figures by what kind of portrait it is."""

from collections.abc import Sequence

import numpy as np

from core.training.judge.audition import PUPPET, Performed
from core.training.judge.conduct import REACH, Own, likeness
from core.training.judge.curves import agreement
from core.training.judge.reconstruction import PUPPET as MOVED
from core.training.judge.reconstruction import Rebuilt, rebuilt_with
from core.training.judge.report import Column, Line, Table

NOTE = (
    "Skin by the typology angle of the cheeks as the photo's light shows them (41 and 10 degrees); "
    "turned: nose a tenth of the face's width off its middle. The stock says nothing of glasses, "
    "beards or head coverings: look at the sheet."
)


def groups_of(kinds: Sequence[tuple[str, ...]]) -> list[str]:
    """Return all groups there are, in order."""
    return sorted({name for kind in kinds for name in kind})


def rebuilt_by_group(cases: Sequence[Rebuilt]) -> Table:
    """Return how well frames are rebuilt with one reference, group by group."""
    columns = (
        Column("clips", "", 0),
        Column("PSNR", "dB"),
        Column("mouth PSNR", "dB"),
        Column("landmarks", "px at 256"),
        Column("puppet's PSNR", "dB"),
    )
    lines = []
    for group in groups_of([case.traits for case in cases]):
        mine = [case for case in cases if group in case.traits]
        near = [case.ways[rebuilt_with(1)] for case in mine]
        moved = float(np.mean([case.ways[MOVED].psnr for case in mine]))
        means = (float(np.mean([n[i] for n in near])) for i in (0, 1, 3))
        lines.append(Line(group, (float(len(mine)), *means, moved)))
    return Table("By group: frames rebuilt with one reference", columns, tuple(lines), NOTE)


def performed_by_group(clips: Sequence[Performed], own: Own | None, model: str | None) -> Table:
    """Return how well voices are performed, group by group; `model` is None if there is none."""
    names = [name for name in (model, PUPPET) if name]
    columns = [Column("clips", "", 0)]
    for name in names:
        columns += [Column(name, "correlation"), Column("its likeness", "")]
    lines = []
    for group in groups_of([clip.traits for clip in clips]):
        mine = [i for i, clip in enumerate(clips) if group in clip.traits]
        figures: list[float | None] = [float(len(mine))]
        for name in names:
            figures += _figures(clips, mine, own, name)
        lines.append(Line(group, tuple(figures)))
    return Table("By group: lips against visemes, and likeness", tuple(columns), tuple(lines))


def _figures(
    clips: Sequence[Performed], mine: list[int], own: Own | None, name: str
) -> list[float | None]:
    pairs = [(clips[i].performers[name].opening, clips[i].script.opening) for i in mine]
    some = Own(own.photos[mine], own.person[mine]) if own else None
    like = likeness([clips[i].performers[name] for i in mine], some)
    return [agreement(pairs, REACH).correlation, like.own if like else None]
