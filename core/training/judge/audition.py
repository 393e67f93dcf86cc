"""Everybody performs the same clips: truth, the model, the puppet, and who does nothing."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import NamedTuple

import torch
from torch import Tensor

from core.model.generator_config import Sampling
from core.training.judge.cases import Case
from core.training.judge.checkpoint import Judged
from core.training.judge.conduct import Script, Seen, script_of, seen
from core.training.judge.instruments import Instruments
from core.training.judge.mesh import Mesh
from core.training.judge.performers import (
    PER_LATENT,
    Player,
    PuppetPlayer,
    acted,
    mouth_shut,
    through_latent,
)
from core.training.judge.traits import traits
from core.training.perception.crops import squares

TRUTH, RERENDERED, PUPPET = "truth", "truth through the latent", "puppet"
FROZEN = "control: frozen mouth"
SEED = 7
CLOSE = 0.6
"""Half of the square that is looked at close by, in face heights."""


def neural(references: int) -> str:
    """Name the model with so many references."""
    return f"neural, {references} reference{'s' * (references != 1)}"


class Performed(NamedTuple):
    """One clip, by everybody."""

    script: Script
    performers: Mapping[str, Seen]
    photos: Tensor
    """(references, 3, h, w)"""
    face: Tensor
    """(3,) square around the first photo's face"""
    who: Tensor | None
    """(1, embedding) of the first photo"""
    traits: tuple[str, ...]
    person: int


class Audition:
    """Lets everybody perform."""

    def __init__(
        self, judged: Judged, sampling: Sampling, tools: Instruments, references: tuple[int, ...]
    ) -> None:
        """references: with how many the model performs."""
        self.judged, self.tools = judged, tools
        self._sampling, self._references = sampling, references

    def perform(self, case: Case, person: int) -> Performed:
        """Let everybody perform one case, from its second frame on."""
        tools, clip = self.tools, case.clip
        mesh = self.first(case)
        speech = tools.encoder.told(clip.said.features.cpu().float())
        block = PER_LATENT * self._sampling.block
        performers = {
            name: seen(frames, case, block, tools) for name, frames in self._frames(case, mesh)
        }
        photo = clip.references[0, :1]
        kinds = traits(photo[0].cpu(), mesh.landmarks[0].cpu())
        who = tools.who(photo, mesh)
        script = script_of(case, speech)
        face = squares(mesh.landmarks[0], CLOSE).cpu()
        return Performed(script, performers, clip.references[0].cpu(), face, who, kinds, person)

    def first(self, case: Case) -> Mesh:
        """Return what is found in a case's first photo."""
        photo = case.clip.references[0, :1].to(self.tools.device)
        return self.tools.meshes.find(photo, case.clip.landmarks[0, 0])

    def player(self, features: Tensor, photos: Tensor) -> Player:
        """Open the model for features (frames, features) and photos (1, references, 3, h, w)."""
        return Player(self.judged.avatar, features, photos, self._sampling, SEED)

    def _frames(self, case: Case, first: Mesh) -> Iterator[tuple[str, Tensor]]:
        """Give each performer's frames."""
        clip, count = case.clip, case.clip.frames.shape[1]
        yield TRUTH, clip.frames[0, 1:]
        one = clip.references[:, :1]
        yield RERENDERED, through_latent(self.judged.avatar, clip.frames, one)[1:]
        for references in self._references if self.judged.draws else ():
            player = self.player(clip.said.features[0], clip.references[:, :references])
            yield neural(references), player.play(count - 1)
        speech = self.tools.encoder.told(clip.said.features.cpu().float())
        photo, landmarks = clip.references[0, 0], first.landmarks[0]
        with closing(PuppetPlayer(self.tools.finder, photo, landmarks)) as puppet:
            yield PUPPET, puppet.paint(acted(speech, count))[1:]
            yield FROZEN, puppet.paint(acted(mouth_shut(speech), count))[1:]


def looks(clips: list[Performed]) -> Tensor | None:
    """Return embeddings (clips, embedding) of the first photos, if they were taken."""
    found = [clip.who for clip in clips if clip.who is not None]
    return torch.cat(found) if len(found) == len(clips) else None
