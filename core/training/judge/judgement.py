"""The whole judgement: pictures, performances, drift; the puppet beside the model all along."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

import numpy as np
import torch

from core.model.avatar import Avatar
from core.model.generator_config import Sampling
from core.training.judge import conduct, drift
from core.training.judge.audition import PUPPET, Audition, Performed, looks, neural
from core.training.judge.cases import Cases
from core.training.judge.conduct import Own, Part
from core.training.judge.groups import performed_by_group, rebuilt_by_group
from core.training.judge.performers import PuppetPlayer
from core.training.judge.reconstruction import Rebuilt, rebuilt, reconstruction_table
from core.training.judge.report import Line, Table, Verdict
from core.training.judge.sheet import Scene
from core.training.judge.sizes import Sizes
from core.video import FPS

SHOWN = 4
"""Clips on the contact sheet."""

Tell = Callable[[str], None]


class Judgement(NamedTuple):
    """What was found, and what to look at."""

    verdict: Verdict
    scenes: Sequence[Scene]


def judge(
    audition: Audition, cases: Cases, sizes: Sizes, about: Mapping[str, str], tell: Tell
) -> Judgement:
    """Judge a model; `tell` hears what is being done."""
    size = audition.judged.avatar.config.vae.size
    pictures = list(_rebuilt(audition, cases, sizes, tell))
    clips = list(_performed(audition, cases, sizes, tell))
    tell(f"performing {sizes.drift:.0f} s without a break")
    spoken = clips[: sizes.clips]
    photos = looks(spoken)
    own = None if photos is None else Own(photos, np.array([clip.person for clip in spoken]))
    model = neural(sizes.references[-1]) if audition.judged.draws else None
    tables = (
        reconstruction_table(pictures, size),
        _conduct(clips, own, sizes),
        _drift(audition, cases, sizes),
        rebuilt_by_group(pictures),
        performed_by_group(spoken, own, model),
    )
    scenes = [
        Scene(clip.photos, {name: part.thumbs for name, part in clip.performers.items()}, clip.face)
        for clip in clips[:SHOWN]
    ]
    return Judgement(Verdict(dict(about), tables), scenes)


def _rebuilt(audition: Audition, cases: Cases, sizes: Sizes, tell: Tell) -> Iterator[Rebuilt]:
    for number in range(sizes.pictures):
        tell(f"rebuilding clip {number + 1} of {sizes.pictures}")
        case = cases.case(number, sizes.picture_frames)
        yield rebuilt(audition.judged.avatar, case, audition.tools)


def _performed(audition: Audition, cases: Cases, sizes: Sizes, tell: Tell) -> Iterator[Performed]:
    """Perform the clips, and at last one of silence."""
    for number in range(sizes.clips):
        tell(f"performing clip {number + 1} of {sizes.clips}")
        person = number % cases.people
        yield audition.perform(cases.case(number, sizes.frames), person)
    tell("performing silence")
    yield audition.perform(cases.silent(0, sizes.silent), 0)


def _conduct(clips: Sequence[Performed], own: Own | None, sizes: Sizes) -> Table:
    scripts = [clip.script for clip in clips]
    lines = [
        conduct.line(
            name,
            Part([clip.performers[name] for clip in clips], scripts, sizes.clips),
            own,
            sizes.window,
        )
        for name in clips[0].performers
    ]
    return conduct.conduct_table(lines, scripts, sizes.retrieved, own is not None)


def _drift(audition: Audition, cases: Cases, sizes: Sizes) -> Table:
    times = drift.moments(sizes.drift, sizes.points)
    tools, case = audition.tools, cases.case(0, 1)
    features = cases.said.features.flatten(0, 1)
    lines: list[Line] = []
    if audition.judged.draws:
        player = audition.player(features, case.clip.references[:, :1])
        points = list(drift.long_play(player, times))
        lines.append(drift.line(neural(1), points, case, tools))
    at = torch.arange(round(sizes.drift * FPS)) % len(features)
    speech = tools.encoder.told(features[at].float()[None])
    photo, first = case.clip.references[0, 0], audition.first(case)
    with closing(PuppetPlayer(tools.finder, photo, first.landmarks[0])) as puppet:
        points = list(drift.puppet_play(puppet, speech, times))
    lines.append(drift.line(PUPPET, points, case, tools))
    return drift.drift_table(lines, sizes.drift, sizes.points)


def described(avatar: Avatar, sampling: Sampling) -> str:
    """Say what performs."""
    vae, generator = avatar.config.vae, avatar.config.generator
    count = sum(parameter.numel() for parameter in avatar.parameters()) / 1e6
    return (
        f"{count:.1f} M parameters, {vae.size}x{vae.size}, {generator.layers} layers of "
        f"{generator.width}; block {sampling.block}, {sampling.steps} steps, guidance "
        f"{sampling.guidance:g}"
    )
