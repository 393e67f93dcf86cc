"""Long-rollout drift: trends of colour, sharpness and identity similarity."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from core.perception.speech.encoder_torch import SpeechFrames
from core.training.evaluation.baselines import ModelPlayer, PuppetBaseline, puppet_motion
from core.training.evaluation.eval_set import EvalExample
from core.training.evaluation.evaluators import Evaluators
from core.training.evaluation.metric_table import Column, Table, TableRow
from core.training.metrics.correlation import linear_trend
from core.training.metrics.temporal_stability import mean_colour, sharpness
from core.video import FPS

DECODER_WARM_UP = 8
"""Blocks decoded before a probe's own: more than the decoder's causal memory."""
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
    ends = [max(probe_blocks, round(time * FPS / player.block)) for time in times]
    blocks: list[Tensor] = []
    sampled = 0
    for end in ends:
        while sampled < end:
            latents = player.sample()
            sampled += 1
            if sampled > end - probe_blocks - DECODER_WARM_UP:
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


def drift_row(
    name: str, probes: list[DriftProbe], example: EvalExample, evaluators: Evaluators
) -> TableRow:
    """Return one performer's drift, in the order of COLUMNS."""
    times = np.array([point.seconds for point in probes]) / MINUTE
    colours = torch.stack([mean_colour(p.frames).mean(0).cpu() for p in probes])
    colour_distance = (colours - colours[0]).norm(dim=1).double().numpy()
    sharpness_values = np.array([float(sharpness(p.frames).mean()) for p in probes])
    relative = 100 * sharpness_values / max(sharpness_values[0], 1e-9)
    similarities = _identity_similarities(probes, example, evaluators)
    colour_trend, sharpness_trend = (
        linear_trend(times, colour_distance),
        linear_trend(times, relative),
    )
    similarity_trend = linear_trend(times, similarities).slope if similarities is not None else None
    return TableRow(
        name,
        (
            colour_trend.slope, colour_trend.standard_error, float(colour_distance[-1]),
            sharpness_trend.slope, sharpness_trend.standard_error, float(relative[-1] - 100), similarity_trend,
        ),
    )  # fmt: skip


def _identity_similarities(
    probes: list[DriftProbe], example: EvalExample, evaluators: Evaluators
) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    about, photo = (
        example.clip.landmarks[0, 0],
        example.clip.references[0, :1].to(evaluators.device),
    )
    own = evaluators.embed_faces(photo, evaluators.landmark_detector.detect(photo, about))
    if own is None:
        return None
    found = []
    for point in probes:
        there = point.frames.to(evaluators.device)
        who = evaluators.embed_faces(there, evaluators.landmark_detector.detect(there, about))
        assert who is not None
        found.append(float((who @ own.T).mean()))
    return np.array(found)


DRIFT_COLUMNS = (
    Column("colour", "levels/min", 3, "none"),
    Column("+-", "", 3),
    Column("at the end", "levels", 2),
    Column("sharpness", "%/min", 3, "none"),
    Column("+-", "", 3),
    Column("at the end", "%", 2),
    Column("likeness", "/min", 4, "none"),
)


def drift_table(rows: list[TableRow], seconds: float, probes: int) -> Table:
    """Tabulate the drift of several methods."""
    note = (
        f"Looked at {probes} times, {PROBE_FRAMES} frames each; the mean colour's distance from the first "
        "and the change of sharpness, fitted by a line. Heads move, so the puppet, which cannot "
        "drift, is no zero either."
    )
    return Table(f"Drift over {seconds:.0f} s without a break", DRIFT_COLUMNS, tuple(rows), note)
