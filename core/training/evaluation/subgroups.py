"""Metrics by subgroup of portraits: who is served well, and who badly."""

from collections.abc import Sequence

import numpy as np

from core.training.evaluation.compare import PUPPET, ComparedClip
from core.training.evaluation.lip_metrics import ReferenceIdentities, identity_similarity
from core.training.evaluation.metric_table import Column, Table, TableRow
from core.training.evaluation.reconstruction import (
    PUPPET_TRUE_MOTION,
    ReconstructedClip,
    reconstruction_name,
)
from core.training.metrics.correlation import best_lag_correlation
from core.training.metrics.lip_sync import MAX_LAG

ATTRIBUTE_NOTE = (
    "Skin by the typology angle of the cheeks as the photo's light shows them (41 and 10 degrees); "
    "turned: nose a tenth of the face's width off its middle. The stock says nothing of glasses, "
    "beards or head coverings: look at the sheet."
)


def distinct_groups(attributes: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the attributes that occur, sorted."""
    return sorted({name for kind in attributes for name in kind})


def reconstruction_by_group(clips: Sequence[ReconstructedClip]) -> Table:
    """Tabulate the reconstruction metrics with one reference, by subgroup."""
    columns = (
        Column("clips", "", 0),
        Column("PSNR", "dB"),
        Column("mouth PSNR", "dB"),
        Column("landmarks", "px at 256"),
        Column("puppet's PSNR", "dB"),
    )
    rows = []
    for group in distinct_groups([clip.attributes for clip in clips]):
        members = [clip for clip in clips if group in clip.attributes]
        metrics = [clip.methods[reconstruction_name(1)] for clip in members]
        puppet_psnr = float(np.mean([clip.methods[PUPPET_TRUE_MOTION].psnr for clip in members]))
        means = (float(np.mean([values[i] for values in metrics])) for i in (0, 1, 3))
        rows.append(TableRow(group, (float(len(members)), *means, puppet_psnr)))
    return Table(
        "By group: frames rebuilt with one reference", columns, tuple(rows), ATTRIBUTE_NOTE
    )


def lips_by_group(
    clips: Sequence[ComparedClip], identities: ReferenceIdentities | None, model: str | None
) -> Table:
    """Tabulate lip correlation and identity similarity by subgroup; `model` may be None."""
    names = [name for name in (model, PUPPET) if name]
    columns = [Column("clips", "", 0)]
    for name in names:
        columns += [Column(name, "correlation"), Column("its likeness", "")]
    rows = []
    for group in distinct_groups([clip.attributes for clip in clips]):
        members = [i for i, clip in enumerate(clips) if group in clip.attributes]
        values: list[float | None] = [float(len(members))]
        for name in names:
            values += _method_values(clips, members, identities, name)
        rows.append(TableRow(group, tuple(values)))
    return Table("By group: lips against visemes, and likeness", tuple(columns), tuple(rows))


def _method_values(
    clips: Sequence[ComparedClip],
    members: list[int],
    identities: ReferenceIdentities | None,
    method: str,
) -> list[float | None]:
    pairs = [(clips[i].methods[method].opening, clips[i].targets.opening) for i in members]
    references = (
        ReferenceIdentities(identities.embeddings[members], identities.person_ids[members])
        if identities
        else None
    )
    similarity = identity_similarity([clips[i].methods[method] for i in members], references)
    return [
        best_lag_correlation(pairs, MAX_LAG).correlation,
        similarity.same_person if similarity else None,
    ]
