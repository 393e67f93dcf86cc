"""Lip-sync, stability and identity metrics of a method: per clip, and over all clips."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.perception.speech.encoder_torch import SpeechFrames
from core.training.evaluation.eval_set import EvalExample
from core.training.evaluation.evaluators import Evaluators
from core.training.evaluation.metric_table import Column, Table, TableRow
from core.training.metrics.correlation import Curve, best_lag_correlation
from core.training.metrics.image_metrics import psnr
from core.training.metrics.lip_sync import (
    VisemeShares,
    closed_vowel_rate,
    count_closures,
    normalized_windows,
    retrieval_accuracy,
    settled_silence,
    silence_motion,
)
from core.training.metrics.temporal_stability import (
    FrameDifferences,
    frame_differences,
    pooled_differences,
)
from core.video import FPS

MAX_LAG = 10
"""Frames either way in which the best lag is sought."""
VOICED_SHARE = 0.5
MS_PER_FRAME = 1000 / FPS
THUMBNAILS = 4
"""Frames of each clip kept for the contact sheet."""


class LipTargets(NamedTuple):
    """Ground truth of the lips, from the clip's second frame on; a stream's first shows nothing."""

    visemes: VisemeShares
    opening: Curve
    """Ground truth of the rendered clip, 0..1."""
    encoder_opening: Curve
    """As our speech encoder predicts it from the sound, 0..1."""
    voicing: Curve


def lip_targets(example: EvalExample, encoder_speech: SpeechFrames) -> LipTargets:
    """Collect an example's ground truth and the speech encoder's prediction."""
    speech = example.clip.speech
    visemes, opening, encoder_opening, voicing = (
        part[0, 1:].cpu().double().numpy()
        for part in (speech.visemes, speech.opening, encoder_speech.opening, speech.voicing)
    )
    return LipTargets(visemes, opening, encoder_opening, voicing)


class ClipMetrics(NamedTuple):
    """What is measured on one clip of one method."""

    opening: Curve
    """Of the lips, face heights."""
    frame_differences: FrameDifferences
    psnr: float
    face_share: float
    """Share of frames in which the face finder is sure of a face."""
    embeddings: Tensor | None
    """(frames, embedding)"""
    thumbnails: Tensor
    """(THUMBNAILS, 3, h, w)"""


def measure_clip(
    frames: Tensor, example: EvalExample, block: int, evaluators: Evaluators
) -> ClipMetrics:
    """Measure rendered frames (t, 3, h, w) against an example's, from its second on."""
    rendered = frames.to(evaluators.device).float()
    target = example.clip.frames[0, 1:].to(evaluators.device)
    faces = evaluators.landmark_detector.detect(rendered, example.clip.landmarks[0, 0])
    at = torch.linspace(0, len(rendered) - 1, THUMBNAILS).round().long()
    return ClipMetrics(
        faces.mouth_opening().cpu().double().numpy(),
        frame_differences(rendered, block),
        float(psnr(rendered, target).mean()),
        float((faces.probability > 0.5).float().mean()),
        evaluators.embed_faces(rendered, faces),
        rendered[at.to(rendered.device)].cpu(),
    )


class ReferenceIdentities(NamedTuple):
    """Face embeddings of the people as they should look."""

    embeddings: Tensor
    """(clips, embedding) of the first photos"""
    person_ids: NDArray[np.int64]
    """(clips,) numbers of the people"""


class MethodClips(NamedTuple):
    """Measured clips of one method and their targets; the last may be a silent one."""

    clips: Sequence[ClipMetrics]
    targets: Sequence[LipTargets]
    speech_count: int
    """How many of them are speech."""


def method_row(
    name: str, method: MethodClips, identities: ReferenceIdentities | None, window: int
) -> TableRow:
    """Return one performer's figures, in the order of `columns`."""
    clips, targets = method.clips[: method.speech_count], method.targets[: method.speech_count]
    openings = [clip.opening for clip in clips]
    target_correlation = best_lag_correlation(
        _pairs(openings, [s.opening for s in targets]), MAX_LAG
    )
    encoder_correlation = best_lag_correlation(
        _pairs(openings, [s.encoder_opening for s in targets]), MAX_LAG
    )
    other_openings = [s.opening for s in (*targets[1:], targets[0])]
    closure_counts = [count_closures(o, s.visemes) for o, s in zip(openings, targets, strict=True)]
    silence = silence_motion([c.opening for c in method.clips], [s.visemes for s in method.targets])
    voiced_openings = np.concatenate(
        [o[s.voicing > VOICED_SHARE] for o, s in zip(openings, targets, strict=True)]
    )
    retrieved = retrieval_accuracy(
        normalized_windows(openings, window),
        normalized_windows([s.encoder_opening for s in targets], window),
    )
    similarity = identity_similarity(clips, identities)
    return TableRow(
        name,
        (
            target_correlation.correlation,
            MS_PER_FRAME * target_correlation.lag,
            best_lag_correlation(_pairs(openings, other_openings), MAX_LAG).correlation
            if len(clips) > 1
            else None,
            MS_PER_FRAME * encoder_correlation.lag,
            encoder_correlation.peak_contrast,
            _percentage(
                sum(m.met for m in closure_counts), sum(m.expected for m in closure_counts)
            ),
            100 * closed_vowel_rate(openings, [s.opening for s in targets]),
            100 * retrieved,
            100 * silence.opening,
            100 * silence.movement,
            100 * float(voiced_openings.mean()) if len(voiced_openings) else None,
            100 * float(voiced_openings.std()) if len(voiced_openings) else None,
            pooled_differences([clip.frame_differences for clip in clips]).seam_ratio(),
            float(np.mean([clip.psnr for clip in clips])),
            100 * float(np.mean([clip.face_share for clip in clips])),
            similarity.same_person if similarity else None,
            similarity.other_people if similarity else None,
        ),
    )


def _percentage(part: int, whole: int) -> float | None:
    """Return a share in percent; None of nothing."""
    return 100 * part / whole if whole else None


def metric_columns(candidates: int) -> tuple[Column, ...]:
    """Name the figures of `line`; sound is sought among so many."""
    return (
        Column("lips/visemes", "correlation", 2, ">= 0.8"),
        Column("late", "ms", 0, "within 20"),
        Column("other's visemes", "correlation"),
        Column("late to sound", "ms", 0),
        Column("how clearly", "", 2),
        Column("shut at p b m", "%", 0),
        Column("shut in vowels", "%", 0),
        Column("own sound found", f"% of {candidates}", 0, ">= 90 of 32"),
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


def lip_table(
    rows: Sequence[TableRow], targets: Sequence[LipTargets], candidates: int, with_identity: bool
) -> Table:
    """Put the performers beside each other; `compared`: whether likeness was measured."""
    silent = sum(int(settled_silence(script.visemes).sum()) for script in targets)
    note = (
        "Other's visemes: the same lips against what another clip says, at the best lag: what "
        "chance gives. A lag means nothing where the correlation is low. By chance "
        f"{100 / candidates:.0f} % find their own sound. Seams: change "
        "between frames at block borders over elsewhere. PSNR is against one of many right "
        f"performances, so low for all but the truth. Silence: {silent} frames."
    )
    if not with_identity:
        note += " No perception network was given, so nothing is said about likeness."
    note += " The puppet is moved by what our encoder hears, which helps it to find its own sound."
    return Table(
        "Held-out voices performed by held-out people",
        metric_columns(candidates),
        tuple(rows),
        note,
    )


class IdentitySimilarity(NamedTuple):
    """Mean cosine similarity (CSIM) of frames' embeddings with those of photos."""

    same_person: float
    other_people: float
    """Other people's photos; NaN without any."""


def identity_similarity(
    clips: Sequence[ClipMetrics], identities: ReferenceIdentities | None
) -> IdentitySimilarity | None:
    """Compare every frame with every person's photo; None without embeddings."""
    if identities is None:
        return None
    same_person, other_people = [], []
    for number, clip in enumerate(clips):
        if clip.embeddings is None:
            return None
        similarity = (clip.embeddings @ identities.embeddings.T).mean(0).cpu().numpy()
        same_person.append(similarity[number])
        other_people.extend(similarity[identities.person_ids != identities.person_ids[number]])
    return IdentitySimilarity(
        float(np.mean(same_person)), float(np.mean(other_people)) if other_people else float("nan")
    )


def _pairs(one: Sequence[Curve], other: Sequence[Curve]) -> list[tuple[Curve, Curve]]:
    return list(zip(one, other, strict=True))
