"""Long-rollout drift: trends of colour, sharpness and identity similarity."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from core.perception.speech.encoder_torch import SpeechFrames
from core.training.evaluation.baselines import PuppetBaseline, puppet_motion
from core.training.evaluation.eval_set import EvalExample
from core.training.evaluation.evaluators import Evaluators
from core.training.evaluation.metric_table import Column, Metric, Table, metric_row
from core.training.evaluation.model_player import ModelPlayer
from core.training.metrics.correlation import Curve, Trend, linear_trend
from core.training.metrics.temporal_stability import mean_colour, sharpness
from core.video import FPS

DECODER_WARM_UP = 16
"""Latents decoded before a probe's own: more than the decoder's causal memory, 12 for the preset
"lite" and 15 for "paper"."""
PROBE_FRAMES = 16
"""Frames of a probe, at least, so that no single pose decides."""
MINUTE = 60.0


class DriftProbe(NamedTuple):
    """Frames sampled at one time of a rollout."""

    seconds: float
    frames: Tensor
    """(PROBE_FRAMES or more, 3, h, w)"""


def probe_times(seconds: float, count: int) -> list[float]:
    """Return evenly spaced times of probes, in seconds.

    Raises:
        ValueError: these are too few points or too little time for them.
    """
    least = count * PROBE_FRAMES / FPS
    if count < 2 or seconds < least:
        raise ValueError(
            f"{seconds} s of drift at {count} points, expected {least:.1f} s or more at 2 or more"
        )
    return [float(time) for time in np.linspace(PROBE_FRAMES / FPS, seconds, count)]


def model_probes(player: ModelPlayer, times: list[float]) -> Iterator[DriftProbe]:
    """Roll the model out without a break, decoding only around the given times."""
    probe_blocks = -(-PROBE_FRAMES // player.block)
    warm_up = -(-DECODER_WARM_UP // player.block_latents)
    ends = [max(probe_blocks, round(time * FPS / player.block)) for time in times]
    blocks: list[Tensor] = []
    sampled = 0
    for end in ends:
        while sampled < end:
            latents = player.sample()
            sampled += 1
            if sampled > end - probe_blocks - warm_up:
                blocks.append(player.decode(latents))
        yield DriftProbe(end * player.block / FPS, torch.cat(blocks[-probe_blocks:]))
        blocks.clear()


def puppet_probes(
    player: PuppetBaseline, speech: SpeechFrames, times: list[float]
) -> Iterator[DriftProbe]:
    """Animate the puppet by speech (1, frames, ...), rendering around the given times."""
    motion = puppet_motion(speech, speech.opening.shape[1])
    for time in times:
        end = min(len(motion.expression), max(PROBE_FRAMES, round(time * FPS)))
        yield DriftProbe(
            end / FPS, player.render(type(motion)(*(x[end - PROBE_FRAMES : end] for x in motion)))
        )


class Drift(NamedTuple):
    """Trends of one method over the minutes of a rollout."""

    colour: Trend
    """Of the mean colour's distance from the first probe's, levels a minute."""
    last_colour: float
    """That distance at the end, in levels."""
    sharpness: Trend
    """Percent of the first probe's a minute."""
    last_sharpness: float
    """Change at the end, in percent."""
    similarity: Trend | None
    """Of the identity similarity; None without an embedding network."""


def measure_drift(probes: list[DriftProbe], example: EvalExample, evaluators: Evaluators) -> Drift:
    """Fit the trends of a method's probes."""
    minutes = np.array([probe.seconds for probe in probes]) / MINUTE
    colours = torch.stack([mean_colour(probe.frames).mean(0).cpu() for probe in probes])
    distance = (colours - colours[0]).norm(dim=1).double().numpy()
    sharp = np.array([float(sharpness(probe.frames).mean()) for probe in probes])
    relative = 100 * sharp / max(sharp[0], 1e-9)
    similarities = _identity_similarities(probes, example, evaluators)
    return Drift(
        linear_trend(minutes, distance),
        float(distance[-1]),
        linear_trend(minutes, relative),
        float(relative[-1] - 100),
        None if similarities is None else linear_trend(minutes, similarities),
    )


def _identity_similarities(
    probes: list[DriftProbe], example: EvalExample, evaluators: Evaluators
) -> Curve | None:
    near, detector = example.clip.landmarks[0, 0], evaluators.landmark_detector
    photo = example.clip.photo.to(evaluators.device)
    reference = evaluators.embed_faces(photo, detector.detect(photo, near))
    if reference is None:
        return None
    similarities = []
    for probe in probes:
        frames = probe.frames.to(evaluators.device)
        embeddings = evaluators.embed_faces(frames, detector.detect(frames, near))
        assert embeddings is not None
        similarities.append(float((embeddings @ reference.T).mean()))
    return np.array(similarities)


DRIFT_METRICS: tuple[Metric[Drift], ...] = (
    Metric(Column("colour", "levels/min", 3, "none"), lambda drift: drift.colour.slope),
    Metric(Column("+-", "", 3), lambda drift: drift.colour.standard_error),
    Metric(Column("at the end", "levels", 2), lambda drift: drift.last_colour),
    Metric(Column("sharpness", "%/min", 3, "none"), lambda drift: drift.sharpness.slope),
    Metric(Column("+-", "", 3), lambda drift: drift.sharpness.standard_error),
    Metric(Column("at the end", "%", 2), lambda drift: drift.last_sharpness),
    Metric(
        Column("likeness", "/min", 4, "none"),
        lambda drift: drift.similarity.slope if drift.similarity else None,
    ),
)


def drift_table(methods: Mapping[str, Drift], seconds: float, probes: int) -> Table:
    """Tabulate the drift of several methods."""
    note = (
        f"Looked at {probes} times, {PROBE_FRAMES} frames each; the mean colour's distance from "
        "the first and the change of sharpness, fitted by a line. Heads move, so the puppet, which "
        "cannot drift, is no zero either."
    )
    return Table(
        f"Drift over {seconds:.0f} s without a break",
        tuple(metric.column for metric in DRIFT_METRICS),
        tuple(metric_row(name, DRIFT_METRICS, drift) for name, drift in methods.items()),
        note,
    )
