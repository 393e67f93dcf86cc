"""Frames of held-out people through the latent, and what else could have been shown instead."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import NamedTuple

import torch
from torch import Tensor

from core.model.avatar import Avatar
from core.model.field import carried, resized
from core.training.judge.cases import Case
from core.training.judge.fidelity import ms_ssim, psnr, scales_of
from core.training.judge.instruments import Instruments
from core.training.judge.mesh import Mesh
from core.training.judge.performers import PuppetPlayer, through_latent
from core.training.judge.report import Column, Line, Table
from core.training.judge.traits import traits

AT = 256
"""Side in pixels of the picture in which distances of landmarks are told."""


class Near(NamedTuple):
    """How near one clip's frames come to the truth."""

    psnr: float
    mouth: float
    structure: float
    landmarks: float
    """Pixels at AT between what the face finder finds here and in the truth."""
    opening: float
    """The same of the lips' distance, in % of the face."""


class Rebuilt(NamedTuple):
    """One case, shown in several ways."""

    ways: Mapping[str, Near]
    finder: float
    """Pixels at AT between what the face finder finds in the truth, and the truth's landmarks."""
    traits: tuple[str, ...]


def rebuilt(avatar: Avatar, case: Case, tools: Instruments) -> Rebuilt:
    """Measure one case in every way."""
    clip = case.clip
    true, about = clip.frames[0].to(tools.device), clip.landmarks[0, 0]
    seen = tools.meshes.find(true, about)
    mask = resized(clip.mouth[0], (true.shape[2], true.shape[3])).to(tools.device)
    found = {}
    for name, made in _ways(avatar, case, tools):
        there = made.to(tools.device)
        found[name] = _near(there, true, mask, tools.meshes.find(there, about), seen)
    known = clip.landmarks[0].to(tools.device)
    photo = clip.references[0, :1].to(tools.device)
    first = tools.meshes.find(photo, about)
    kinds = traits(photo[0].cpu(), first.landmarks[0].cpu())
    return Rebuilt(found, _apart(seen.landmarks, known), kinds)


def _ways(avatar: Avatar, case: Case, tools: Instruments) -> Iterator[tuple[str, Tensor]]:
    """Give each way's name and frames (t, 3, h, w)."""
    clip = case.clip
    photos, frames = clip.references, clip.frames[0]
    for count in range(photos.shape[1] + 1):
        yield rebuilt_with(count), through_latent(avatar, clip.frames, photos[:, :count])
    flow = resized(clip.flow.float(), (frames.shape[2], frames.shape[3]))
    yield "control: first photo along the true flow", carried(photos, flow)[0, :, 0]
    yield "control: first photo, unmoved", photos[0, :1].expand_as(frames)
    first = tools.meshes.find(photos[0, :1].to(tools.device), clip.landmarks[0, 0])
    with closing(PuppetPlayer(tools.finder, photos[0, 0], first.landmarks[0])) as player:
        yield PUPPET, player.paint(case.motion)


PUPPET = "puppet, told the true motion"


def rebuilt_with(references: int) -> str:
    """Name the latent with so many references."""
    return f"through the latent, {references} reference{'s' * (references != 1)}"


def _near(made: Tensor, true: Tensor, mask: Tensor, found: Mesh, seen: Mesh) -> Near:
    opening = (found.opening() - seen.opening()).abs().mean()
    return Near(
        float(psnr(made, true).mean()),
        float(psnr(made, true, mask).mean()),
        float(ms_ssim(made, true).mean()),
        _apart(found.landmarks, seen.landmarks),
        100 * float(opening),
    )


def _apart(found: Tensor, known: Tensor) -> float:
    return float((found[..., :2] - known[..., :2]).norm(dim=-1).mean()) * AT / 2


def reconstruction_table(cases: list[Rebuilt], size: int) -> Table:
    """Return the means over all cases."""
    count = scales_of(size, size)
    structure = "MS-SSIM" if count == 5 else f"SSIM, {count} scales"
    columns = (
        Column("PSNR", "dB", 2, ">= 32 with 1, rising"),
        Column("mouth PSNR", "dB"),
        Column(structure, "", 4),
        Column("landmarks", f"px at {AT}", 2, "<= 1"),
        Column("lips' opening off", "% of face"),
    )
    lines = [
        Line(name, tuple(torch.tensor([case.ways[name] for case in cases]).mean(0).tolist()))
        for name in cases[0].ways
    ]
    finder = sum(case.finder for case in cases) / len(cases)
    note = (
        "Landmarks: our face finder's, in the frames against in the truth. In the truth itself it "
        f"is {finder:.2f} px from the studio's own."
    )
    return Table("Held-out people, their frames rebuilt", columns, tuple(lines), note)
