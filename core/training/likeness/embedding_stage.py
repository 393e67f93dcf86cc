"""Stage `likeness`: identity embedding, head pose, landmarks and visemes of face crops."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.perception.face.topology import LIPS
from core.training.likeness.face_cropping import crop_squares, face_squares, to_square
from core.training.likeness.face_embedding import FaceEmbeddingNetwork, head_pose
from core.training.likeness.verification import verify
from core.training.trainer.clip_batch import ClipBatch, frames_in


@dataclass(frozen=True)
class FaceEmbeddingRecipe:
    """Loss weights, and how faces are cropped."""

    clip_frames: int = 2
    """Frames of each clip; all its references are used besides."""
    crop_jitter: float = 0.06
    """Largest random shift of a square, in halves of its side; its size varies by as much."""
    logit_scale: float = 24.0
    margin: float = 0.15
    """Additive cosine margin (CosFace, Wang et al. 2018)."""
    identity_weight: float = 0.2
    landmark_weight: float = 5.0
    lip_weight: float = 3.0
    """Weight of lip landmarks relative to others."""
    pose_weight: float = 2.0
    viseme_weight: float = 0.5


class FaceBatch(NamedTuple):
    """Face crops of a step: those of frames first, m of them, then those of references."""

    faces: Tensor
    """(n, 3, side, side)"""
    person: Tensor
    """(n,)"""
    landmarks: Tensor
    """(m, 478, 2), in squares of -1 to 1"""
    visemes: Tensor
    """(m, 15)"""


class FaceEmbeddingStage:
    """Trains a face embedding network; see `core.training.trainer.stage.TrainingStage`."""

    def __init__(self, network: FaceEmbeddingNetwork, recipe: FaceEmbeddingRecipe) -> None:
        self.network, self.recipe = network, recipe

    def clip_length(self, progress: float) -> int:  # noqa: ARG002
        """See `TrainingStage`."""
        return self.recipe.clip_frames

    def clip_size(self, progress: float) -> None:
        """See `TrainingStage`: always the usual."""

    def count_frames(self, clip: ClipBatch) -> int:
        """See `TrainingStage`."""
        return frames_in(clip)

    def micro_batches(self, clip: ClipBatch, random: np.random.Generator) -> Sequence[FaceBatch]:
        """See `TrainingStage`."""
        return [self._face_batch(clip, self.recipe.crop_jitter, random)]

    def losses(self, micro_batch: FaceBatch) -> Mapping[str, Tensor]:
        """See `TrainingStage`."""
        recipe, network = self.recipe, self.network
        found, shown = network(micro_batch.faces), len(micro_batch.landmarks)
        cosine = network.prototype_similarity(found.identity)
        own = functional.one_hot(micro_batch.person, cosine.shape[1])
        logits = recipe.logit_scale * (cosine - recipe.margin * own)
        error = (found.landmarks[:shown] - micro_batch.landmarks).abs().mean(-1)
        true_pose = head_pose(micro_batch.landmarks)
        pose = functional.smooth_l1_loss(found.pose[:shown], true_pose, beta=0.05)
        visemes = functional.cross_entropy(found.visemes[:shown], micro_batch.visemes)
        identity = functional.cross_entropy(logits, micro_batch.person)
        return {
            "identity": recipe.identity_weight * identity,
            "landmarks": recipe.landmark_weight
            * (error * self._landmark_weights(micro_batch)).mean(),
            "pose": recipe.pose_weight * pose,
            "visemes": recipe.viseme_weight * visemes,
        }

    def sample_images(self, ema: nn.Module, clip: ClipBatch) -> Sequence[Tensor]:
        """Face crops, and these with their predicted landmarks."""
        task = self._face_batch(clip, 0.0, np.random.default_rng(0))
        found = ema(task.faces).landmarks
        marked = torch.stack(
            [_draw_landmarks(*pair) for pair in zip(task.faces, found, strict=True)]
        )
        return [task.faces, marked]

    def metrics(self, ema: nn.Module, clip: ClipBatch) -> Mapping[str, float]:
        """Landmark error in pixels of the crop, viseme accuracy, ROC AUC of identity verification.

        Pairs lie within clips too, so verification is easier than it sounds.
        """
        task = self._face_batch(clip, 0.0, np.random.default_rng(0))
        found, shown = ema(task.faces), len(task.landmarks)
        error = (found.landmarks[:shown] - task.landmarks).norm(dim=-1).mean()
        correct = found.visemes[:shown].argmax(1) == task.visemes.argmax(1)
        metrics = {
            "landmarks": float(error) / 2 * task.faces.shape[-1],
            "visemes": float(correct.float().mean()),
        }
        if bool((task.person != task.person[0]).any()):
            scenes = torch.arange(len(task.person), device=task.person.device)
            metrics["identity"] = verify(found.identity, task.person, scenes).roc_auc
        return metrics

    def frozen_state(self) -> Mapping[str, Tensor]:
        """See `TrainingStage`."""
        return {}

    def _face_batch(self, clip: ClipBatch, shift: float, random: np.random.Generator) -> FaceBatch:
        frames, landmarks = clip.frames.flatten(0, 1), clip.landmarks.flatten(0, 1)[..., :2].float()
        photos = clip.references.flatten(0, 1)
        photo_marks = warp_landmarks(clip).flatten(0, 1)
        config = self.network.config
        everything = torch.cat([landmarks, photo_marks])
        around = _jitter_squares(face_squares(everything, config.crop_scale), shift, random)
        faces = crop_squares(torch.cat([frames, photos]), around, config.side)
        count, moments = clip.frames.shape[:2]
        person = [clip.identity.repeat_interleave(n) for n in (moments, len(photos) // count)]
        shown = to_square(landmarks, around[: len(frames)])
        return FaceBatch(faces, torch.cat(person), shown, clip.speech.visemes.flatten(0, 1).float())

    def _landmark_weights(self, task: FaceBatch) -> Tensor:
        """Return the landmarks' loss weights, (478,), 1 on average."""
        weight = torch.ones(task.landmarks.shape[1], device=task.landmarks.device)
        weight[list(LIPS)] = self.recipe.lip_weight
        return weight / weight.mean()


def warp_landmarks(clip: ClipBatch) -> Tensor:
    """Warp the first frame's landmarks into each reference, (batch, references, 478, 2).

    They follow the ground-truth flow, so lips and lids are only about right.
    """
    marks = clip.landmarks[:, 0, :, :2].float()
    flow = clip.flow[:, 0].float()
    batch, references = flow.shape[:2]
    at = marks.repeat_interleave(references, 0)
    moved = functional.grid_sample(
        flow.flatten(0, 1), at[:, None], padding_mode="border", align_corners=False
    )[:, :, 0]
    return (at + moved.mT).view(batch, references, -1, 2)


def _jitter_squares(around: Tensor, shift: float, random: np.random.Generator) -> Tensor:
    """Shift and scale squares (n, 3) randomly."""
    if not shift:
        return around
    by = torch.from_numpy(random.uniform(-shift, shift, (len(around), 3))).to(around)
    half = around[:, 2:]
    return torch.cat([around[:, :2] + by[:, :2] * half, half * (1 + by[:, 2:])], 1)


def _draw_landmarks(face: Tensor, landmarks: Tensor) -> Tensor:
    """Return the crop, darkened, with landmarks drawn in white."""
    side = face.shape[-1]
    marked = (face.float() + 1) / 2 - 1
    x, y = (((landmarks + 1) / 2 * side).long().clamp(0, side - 1)).unbind(-1)
    marked[:, y, x] = 1
    return marked
