"""Lip-sync, stability and identity metrics of a method: per clip, and over all clips."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.perception.speech.encoder_torch import SpeechFrames
from core.training.evaluation.eval_set import EvalExample
from core.training.evaluation.evaluators import Evaluators
from core.training.evaluation.metric_table import Column, Metric, Table, metric_row
from core.training.metrics.blinking import blinks_per_minute
from core.training.metrics.correlation import Curve, LaggedCorrelation, best_lag_correlation
from core.training.metrics.image_metrics import psnr
from core.training.metrics.lip_sync import (
    MAX_LAG,
    MS_PER_FRAME,
    Closures,
    SilenceMotion,
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

VOICED_SHARE = 0.5
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
    eye_opening: Curve
    """Of the eyes, in their widths."""
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
        faces.eye_opening().cpu().double().numpy(),
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


class MethodSummary(NamedTuple):
    """What all clips of one method say together; see `lip_metrics`."""

    target: LaggedCorrelation
    """Of the lips with the ground truth."""
    encoder: LaggedCorrelation
    """Of the lips with what the speech encoder predicts."""
    other_clips: LaggedCorrelation | None
    """Of the lips with another clip's ground truth; None of one clip."""
    closures: Closures
    closed_vowels: float
    retrieval: float
    silence: SilenceMotion
    voiced_openings: Curve
    """(voiced frames,)"""
    blinks: float
    """In a minute."""
    seam_ratio: float
    psnr: float
    face_share: float
    similarity: IdentitySimilarity | None


def summarize(
    method: MethodClips, identities: ReferenceIdentities | None, window: int
) -> MethodSummary:
    """Measure all clips of a method together; window: frames for the retrieval of sound."""
    clips, targets = method.clips[: method.speech_count], method.targets[: method.speech_count]
    openings = [clip.opening for clip in clips]
    wanted, predicted = [t.opening for t in targets], [t.encoder_opening for t in targets]
    closures = [count_closures(o, t.visemes) for o, t in zip(openings, targets, strict=True)]
    voiced = [o[t.voicing > VOICED_SHARE] for o, t in zip(openings, targets, strict=True)]
    return MethodSummary(
        target=_correlation(openings, wanted),
        encoder=_correlation(openings, predicted),
        other_clips=_correlation(openings, wanted[1:] + wanted[:1]) if len(clips) > 1 else None,
        closures=Closures(sum(c.met for c in closures), sum(c.expected for c in closures)),
        closed_vowels=closed_vowel_rate(openings, wanted),
        retrieval=retrieval_accuracy(
            normalized_windows(openings, window), normalized_windows(predicted, window)
        ),
        silence=silence_motion(
            [c.opening for c in method.clips], [t.visemes for t in method.targets]
        ),
        voiced_openings=np.concatenate(voiced),
        blinks=blinks_per_minute([clip.eye_opening for clip in method.clips]),
        seam_ratio=pooled_differences([clip.frame_differences for clip in clips]).seam_ratio(),
        psnr=float(np.mean([clip.psnr for clip in clips])),
        face_share=float(np.mean([clip.face_share for clip in clips])),
        similarity=identity_similarity(clips, identities),
    )


def _correlation(ones: Sequence[Curve], others: Sequence[Curve]) -> LaggedCorrelation:
    return best_lag_correlation(list(zip(ones, others, strict=True)), MAX_LAG)


def lip_metrics(candidates: int) -> tuple[Metric[MethodSummary], ...]:
    """Declare the columns of `lip_table`; candidates: windows among which sound is retrieved."""

    def voiced(m: MethodSummary, statistic: Callable[[Curve], float]) -> float | None:
        return 100 * float(statistic(m.voiced_openings)) if len(m.voiced_openings) else None

    return (
        Metric(Column("lips/visemes", "correlation", 2, ">= 0.8"), lambda m: m.target.correlation),
        Metric(Column("late", "ms", 0, "within 20"), lambda m: MS_PER_FRAME * m.target.lag),
        Metric(
            Column("other's visemes", "correlation"),
            lambda m: m.other_clips.correlation if m.other_clips else None,
        ),
        Metric(Column("late to sound", "ms", 0), lambda m: MS_PER_FRAME * m.encoder.lag),
        Metric(Column("how clearly", "", 2), lambda m: m.encoder.peak_contrast),
        Metric(
            Column("shut at p b m", "%", 0),
            lambda m: 100 * m.closures.met / m.closures.expected if m.closures.expected else None,
        ),
        Metric(Column("shut in vowels", "%", 0), lambda m: 100 * m.closed_vowels),
        Metric(
            Column("own sound found", f"% of {candidates}", 0, ">= 90 of 32"),
            lambda m: 100 * m.retrieval,
        ),
        Metric(
            Column("silent opening", "% of face", 2, "still"), lambda m: 100 * m.silence.opening
        ),
        Metric(Column("silent change", "%/frame", 3, "still"), lambda m: 100 * m.silence.movement),
        Metric(Column("voiced opening", "% of face"), lambda m: voiced(m, np.mean)),
        Metric(Column("deviation", "% of face"), lambda m: voiced(m, np.std)),
        Metric(Column("blinks", "a minute", 0, "truth's"), lambda m: m.blinks),
        Metric(Column("seams", "times", 2), lambda m: m.seam_ratio),
        Metric(Column("PSNR", "dB", 1), lambda m: m.psnr),
        Metric(Column("face seen", "%", 0), lambda m: 100 * m.face_share),
        Metric(
            Column("likeness", "", 2, "puppet's"),
            lambda m: m.similarity.same_person if m.similarity else None,
        ),
        Metric(
            Column("to others", "", 2),
            lambda m: m.similarity.other_people if m.similarity else None,
        ),
    )


def lip_table(
    methods: Mapping[str, MethodSummary],
    targets: Sequence[LipTargets],
    candidates: int,
    with_identity: bool,
) -> Table:
    """Tabulate the methods; targets: of all clips; with_identity: whether that was measured."""
    silent = sum(int(settled_silence(target.visemes).sum()) for target in targets)
    note = (
        "Other's visemes: the same lips against what another clip says, at the best lag: what "
        "chance gives. A lag means nothing where the correlation is low. By chance "
        f"{100 / candidates:.0f} % find their own sound. Seams: change "
        "between frames at block borders over elsewhere. PSNR is against one of many right "
        f"performances, so low for all but the truth. Silence: {silent} frames."
    )
    if not with_identity:
        note += " No face embedding network was given, so nothing is said about likeness."
    note += " The puppet is moved by what our encoder hears, which helps it to find its own sound."
    metrics = lip_metrics(candidates)
    return Table(
        "Held-out voices performed by held-out people",
        tuple(metric.column for metric in metrics),
        tuple(metric_row(name, metrics, summary) for name, summary in methods.items()),
        note,
    )
