"""The evaluation suite: reconstruction, lip metrics, drift and subgroups, beside the baselines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

import numpy as np
import torch

from core.model.avatar import Avatar
from core.model.generator.generator_config import Sampling
from core.training.evaluation import drift
from core.training.evaluation.baselines import PuppetBaseline
from core.training.evaluation.compare import (
    PUPPET,
    ComparedClip,
    Comparison,
    model_name,
    photo_embeddings,
)
from core.training.evaluation.comparison_sheet import SheetClip
from core.training.evaluation.eval_config import EvaluationConfig
from core.training.evaluation.eval_set import EvalSet
from core.training.evaluation.lip_metrics import (
    MethodClips,
    ReferenceIdentities,
    lip_table,
    summarize,
)
from core.training.evaluation.metric_table import EvaluationReport, Table
from core.training.evaluation.model_player import first_photos
from core.training.evaluation.reconstruction import (
    ReconstructedClip,
    evaluate_reconstruction,
    reconstruction_table,
)
from core.training.evaluation.subgroups import lips_by_group, reconstruction_by_group
from core.video import FPS

SHEET_CLIPS = 4
"""Clips on the contact sheet."""

Log = Callable[[str], None]


class Evaluation(NamedTuple):
    """The report, and clips for the contact sheet."""

    report: EvaluationReport
    sheet_clips: Sequence[SheetClip]


def evaluate(
    comparison: Comparison,
    eval_set: EvalSet,
    config: EvaluationConfig,
    about: Mapping[str, str],
    log: Log,
) -> Evaluation:
    """Run all metrics on a model; `log` gets lines of progress."""
    size = comparison.model.avatar.config.vae.size
    reconstructions = list(_reconstructions(comparison, eval_set, config, log))
    clips = list(_compared_clips(comparison, eval_set, config, log))
    log(f"performing {config.drift_seconds:.0f} s without a break")
    speech_clips = clips[: config.speech_clips]
    embeddings = photo_embeddings(speech_clips)
    identities = (
        None
        if embeddings is None
        else ReferenceIdentities(embeddings, np.array([clip.person_id for clip in speech_clips]))
    )
    model = model_name(config.references[-1]) if comparison.model.has_generator else None
    tables = (
        reconstruction_table(reconstructions, size),
        _lip_table(clips, identities, config),
        _drift_table(comparison, eval_set, config),
        reconstruction_by_group(reconstructions),
        lips_by_group(speech_clips, identities, model),
    )
    sheet_clips = [
        SheetClip(
            clip.photos,
            {name: part.thumbnails for name, part in clip.methods.items()},
            clip.face_square,
        )
        for clip in clips[:SHEET_CLIPS]
    ]
    return Evaluation(EvaluationReport(dict(about), tables), sheet_clips)


def _reconstructions(
    comparison: Comparison, eval_set: EvalSet, config: EvaluationConfig, log: Log
) -> Iterator[ReconstructedClip]:
    for number in range(config.reconstruction_clips):
        log(f"rebuilding clip {number + 1} of {config.reconstruction_clips}")
        example = eval_set.example(number, config.reconstruction_frames)
        yield evaluate_reconstruction(comparison.model.avatar, example, comparison.evaluators)


def _compared_clips(
    comparison: Comparison, eval_set: EvalSet, config: EvaluationConfig, log: Log
) -> Iterator[ComparedClip]:
    """Compare on the clips with speech, and at last on a silent one."""
    for number in range(config.speech_clips):
        log(f"performing clip {number + 1} of {config.speech_clips}")
        person = number % eval_set.people
        yield comparison.compare(eval_set.example(number, config.speech_frames), person)
    log("performing silence")
    yield comparison.compare(eval_set.silent_example(0, config.silent_frames), 0)


def _lip_table(
    clips: Sequence[ComparedClip], identities: ReferenceIdentities | None, config: EvaluationConfig
) -> Table:
    targets = [clip.targets for clip in clips]
    methods = {
        name: MethodClips([clip.methods[name] for clip in clips], targets, config.speech_clips)
        for name in clips[0].methods
    }
    summaries = {
        name: summarize(method, identities, config.retrieval_window)
        for name, method in methods.items()
    }
    return lip_table(summaries, targets, config.retrieval_candidates, identities is not None)


def _drift_table(comparison: Comparison, eval_set: EvalSet, config: EvaluationConfig) -> Table:
    times = drift.probe_times(config.drift_seconds, config.drift_probes)
    evaluators, example = comparison.evaluators, eval_set.example(0, 1)
    features = eval_set.speech.features.flatten(0, 1)
    methods: dict[str, drift.Drift] = {}
    if comparison.model.has_generator:
        photos = first_photos(example.clip, 1, comparison.model.avatar.config.vae.opened)
        player = comparison.model_player(features, photos)
        probes = list(drift.model_probes(player, times))
        methods[model_name(1)] = drift.measure_drift(probes, example, evaluators)
    indices = torch.arange(round(config.drift_seconds * FPS)) % len(features)
    speech = evaluators.speech_encoder.decode(features[indices].float()[None])
    photo, photo_face = example.clip.photo[0], comparison.detect_photo(example)
    with closing(PuppetBaseline(evaluators.face_finder, photo, photo_face.landmarks[0])) as puppet:
        probes = list(drift.puppet_probes(puppet, speech, times))
    methods[PUPPET] = drift.measure_drift(probes, example, evaluators)
    return drift.drift_table(methods, config.drift_seconds, config.drift_probes)


def describe_model(avatar: Avatar, sampling: Sampling) -> str:
    """Describe size and sampling of a model in a line."""
    vae, generator = avatar.config.vae, avatar.config.generator
    count = sum(parameter.numel() for parameter in avatar.parameters()) / 1e6
    return (
        f"{count:.1f} M parameters, {vae.size}x{vae.size}, {generator.layers} layers of "
        f"{generator.width}; block {sampling.block}, {sampling.steps} steps, guidance "
        f"{sampling.cfg_scale:g}, {sampling.kv_cache} KV cache, sink "
        f"{'replaced' if sampling.replaces_sink else 'kept'}"
    )
