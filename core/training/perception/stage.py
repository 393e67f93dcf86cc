"""Stage `perception`: who it is, how the head is held, where the face is, what the mouth says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.perception.face_mesh import LIPS
from core.training.trainer.stage import ClipBatch
from core.training.perception.crops import cut, squares, within
from core.training.perception.network import PerceptionNetwork, pose_of
from core.training.perception.verification import verify


@dataclass(frozen=True)
class PerceptionRecipe:
    """What each part of the loss counts, and how faces are cut out."""

    frames: int = 2
    """Of each clip; all its references are seen besides."""
    shift: float = 0.06
    """By which a square lies beside its place at random, in halves of its side; its size varies
    by as much."""
    sharpness: float = 24.0
    margin: float = 0.15
    """How much more one must be like oneself than like others (additive margin, CosFace)."""
    identity: float = 0.2
    landmarks: float = 5.0
    lips: float = 3.0
    """How much more lips count than other landmarks."""
    pose: float = 2.0
    visemes: float = 0.5


class PerceptionTask(NamedTuple):
    """Faces of a step: those of frames first, m of them, then those of references."""

    faces: Tensor
    """(n, 3, side, side)"""
    person: Tensor
    """(n,)"""
    landmarks: Tensor
    """(m, 478, 2), places of the squares"""
    visemes: Tensor
    """(m, 15)"""


class PerceptionStage:
    """Teaches a perception network; see `core.training.trainer.stage.Stage`."""

    def __init__(self, network: PerceptionNetwork, recipe: PerceptionRecipe) -> None:
        self.network, self.recipe = network, recipe

    def clip_length(self, progress: float) -> int:  # noqa: ARG002
        """See `Stage`."""
        return self.recipe.frames

    def micro_batches(self, clip: ClipBatch, random: np.random.Generator) -> Sequence[PerceptionTask]:
        """See `Stage`."""
        return [self._seen(clip, self.recipe.shift, random)]

    def losses(self, micro_batch: PerceptionTask) -> Mapping[str, Tensor]:
        """See `Stage`."""
        recipe, network = self.recipe, self.network
        found, shown = network(micro_batch.faces), len(micro_batch.landmarks)
        alike = network.likeness(found.identity)
        own = functional.one_hot(micro_batch.person, alike.shape[1])
        logits = recipe.sharpness * (alike - recipe.margin * own)
        wrong = (found.landmarks[:shown] - micro_batch.landmarks).abs().mean(-1) * self._weight(micro_batch)
        pose = functional.smooth_l1_loss(found.pose[:shown], pose_of(micro_batch.landmarks), beta=0.05)
        says = functional.cross_entropy(found.visemes[:shown], micro_batch.visemes)
        return {
            "who": recipe.identity * functional.cross_entropy(logits, micro_batch.person),
            "landmarks": recipe.landmarks * wrong.mean(),
            "pose": recipe.pose * pose,
            "says": recipe.visemes * says,
        }

    def sample_images(self, ema: nn.Module, clip: ClipBatch) -> Sequence[Tensor]:
        """Faces as they are seen, and these with the landmarks that are found."""
        task = self._seen(clip, 0.0, np.random.default_rng(0))
        found = ema(task.faces).landmarks
        marked = torch.stack([_marked(*pair) for pair in zip(task.faces, found, strict=True)])
        return [task.faces, marked]

    def metrics(self, ema: nn.Module, clip: ClipBatch) -> Mapping[str, float]:
        """See `Stage`; people are told apart within clips too, so `who` is easier than it sounds.

        `landmarks` are pixels of the square.
        """
        task = self._seen(clip, 0.0, np.random.default_rng(0))
        found, shown = ema(task.faces), len(task.landmarks)
        wrong = (found.landmarks[:shown] - task.landmarks).norm(dim=-1).mean()
        right = found.visemes[:shown].argmax(1) == task.visemes.argmax(1)
        figures = {
            "landmarks": float(wrong) / 2 * task.faces.shape[-1],
            "visemes": float(right.float().mean()),
        }
        if bool((task.person != task.person[0]).any()):
            scenes = torch.arange(len(task.person), device=task.person.device)
            figures["who"] = verify(found.identity, task.person, scenes).area
        return figures

    def frozen_state(self) -> Mapping[str, Tensor]:
        """See `Stage`."""
        return {}

    def _seen(self, clip: ClipBatch, shift: float, random: np.random.Generator) -> PerceptionTask:
        frames, landmarks = clip.frames.flatten(0, 1), clip.landmarks.flatten(0, 1)[..., :2].float()
        photos = clip.references.flatten(0, 1)
        photo_marks = carried_marks(clip).flatten(0, 1)
        config = self.network.config
        everything = torch.cat([landmarks, photo_marks])
        around = _moved(squares(everything, config.zoom), shift, random)
        faces = cut(torch.cat([frames, photos]), around, config.side)
        count, moments = clip.frames.shape[:2]
        person = [clip.identity.repeat_interleave(n) for n in (moments, len(photos) // count)]
        shown = within(landmarks, around[: len(frames)])
        return PerceptionTask(
            faces, torch.cat(person), shown, clip.speech.visemes.flatten(0, 1).float()
        )

    def _weight(self, task: PerceptionTask) -> Tensor:
        """Return what each landmark counts, (478,), 1 on average."""
        weight = torch.ones(task.landmarks.shape[1], device=task.landmarks.device)
        weight[list(LIPS)] = self.recipe.lips
        return weight / weight.mean()


def carried_marks(clip: ClipBatch) -> Tensor:
    """Return where the first frame's landmarks lie in each reference, (batch, references, 478, 2).

    They are carried along the true flow, so lips and lids are only about right.
    """
    marks = clip.landmarks[:, 0, :, :2].float()
    flow = clip.flow[:, 0].float()
    batch, references = flow.shape[:2]
    at = marks.repeat_interleave(references, 0)
    moved = functional.grid_sample(
        flow.flatten(0, 1), at[:, None], padding_mode="border", align_corners=False
    )[:, :, 0]
    return (at + moved.mT).view(batch, references, -1, 2)


def _moved(around: Tensor, shift: float, random: np.random.Generator) -> Tensor:
    """Return squares (n, 3) that lie a little beside their places."""
    if not shift:
        return around
    by = torch.from_numpy(random.uniform(-shift, shift, (len(around), 3))).to(around)
    half = around[:, 2:]
    return torch.cat([around[:, :2] + by[:, :2] * half, half * (1 + by[:, 2:])], 1)


def _marked(face: Tensor, landmarks: Tensor) -> Tensor:
    """Return a face, darker, with its landmarks white."""
    side = face.shape[-1]
    marked = (face.float() + 1) / 2 - 1
    x, y = (((landmarks + 1) / 2 * side).long().clamp(0, side - 1)).unbind(-1)
    marked[:, y, x] = 1
    return marked
