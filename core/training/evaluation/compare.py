"""Side-by-side comparison on the same clips: ground truth, VAE, model, puppet, frozen mouth."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import NamedTuple

import torch
from torch import Tensor

from core.model.generator.generator_config import Sampling
from core.stream import SEED
from core.training.evaluation.baselines import PuppetBaseline, puppet_motion, with_closed_mouth
from core.training.evaluation.eval_set import EvalExample
from core.training.evaluation.evaluated_model import EvaluatedModel
from core.training.evaluation.evaluators import Evaluators
from core.training.evaluation.lip_metrics import ClipMetrics, LipTargets, lip_targets, measure_clip
from core.training.evaluation.model_player import (
    ModelPlayer,
    Photos,
    first_photos,
    vae_reconstruction,
)
from core.training.evaluation.photo_attributes import photo_attributes
from core.training.likeness.face_cropping import face_squares
from core.training.metrics.batch_landmarks import DetectedFaces

GROUND_TRUTH, VAE_RECONSTRUCTION, PUPPET = "truth", "truth through the latent", "puppet"
FROZEN_MOUTH = "control: frozen mouth"
CLOSE_UP = 0.6
"""Half side of the close-up square, in face heights."""


def model_name(references: int) -> str:
    """Name the model conditioned on so many references."""
    return f"neural, {references} reference{'s' * (references != 1)}"


class ComparedClip(NamedTuple):
    """The metrics of every method on one clip."""

    targets: LipTargets
    methods: Mapping[str, ClipMetrics]
    photos: Tensor
    """(references, 3, h, w)"""
    face_square: Tensor
    """(3,) square around the first photo's face"""
    embedding: Tensor | None
    """(1, embedding) of the first photo"""
    attributes: tuple[str, ...]
    person_id: int


class Comparison:
    """Runs the model and its baselines on clips of the validation set."""

    def __init__(
        self,
        model: EvaluatedModel,
        sampling: Sampling,
        evaluators: Evaluators,
        references: tuple[int, ...],
    ) -> None:
        """references: numbers of reference photos to condition the model on."""
        self.model, self.evaluators = model, evaluators
        self._sampling, self._references = sampling, references

    def compare(self, example: EvalExample, person_id: int) -> ComparedClip:
        """Measure every method on one example, from its second frame on."""
        evaluators, clip = self.evaluators, example.clip
        photo_face = self.detect_photo(example)
        speech = evaluators.speech_encoder.decode(clip.speech.features.cpu().float())
        block = self._sampling.block * self.model.avatar.config.vae.frames_per_latent
        methods = {
            name: measure_clip(frames, example, block, evaluators)
            for name, frames in self._method_frames(example, photo_face)
        }
        photo = clip.photo
        attributes = photo_attributes(photo[0].cpu(), photo_face.landmarks[0].cpu())
        embedding = evaluators.embed_faces(photo, photo_face)
        targets = lip_targets(example, speech)
        face_square = face_squares(photo_face.landmarks[0], CLOSE_UP).cpu()
        return ComparedClip(
            targets,
            methods,
            torch.cat([clip.photo, clip.references[0, 1:]]).cpu(),
            face_square,
            embedding,
            attributes,
            person_id,
        )

    def detect_photo(self, example: EvalExample) -> DetectedFaces:
        """Detect the face in an example's first photo."""
        photo = example.clip.photo.to(self.evaluators.device)
        return self.evaluators.landmark_detector.detect(photo, example.clip.landmarks[0, 0])

    def model_player(self, features: Tensor, photos: Photos) -> ModelPlayer:
        """Start the model on features (frames, features) and photos."""
        return ModelPlayer(self.model.avatar, features, photos, self._sampling, SEED)

    def _method_frames(
        self, example: EvalExample, photo_face: DetectedFaces
    ) -> Iterator[tuple[str, Tensor]]:
        """Give each method's name and frames (t, 3, h, w)."""
        clip, count = example.clip, example.clip.frames.shape[1]
        yield GROUND_TRUTH, clip.frames[0, 1:]
        opened = self.model.avatar.config.vae.opened
        one = first_photos(clip, 1, opened)
        yield VAE_RECONSTRUCTION, vae_reconstruction(self.model.avatar, clip.frames, one)[1:]
        for references in self._references if self.model.has_generator else ():
            photos = first_photos(clip, references, opened)
            player = self.model_player(clip.speech.features[0], photos)
            yield model_name(references), player.generate(count - 1)
        speech = self.evaluators.speech_encoder.decode(clip.speech.features.cpu().float())
        photo, landmarks = clip.photo[0], photo_face.landmarks[0]
        with closing(PuppetBaseline(self.evaluators.face_finder, photo, landmarks)) as puppet:
            yield PUPPET, puppet.render(puppet_motion(speech, count))[1:]
            yield FROZEN_MOUTH, puppet.render(puppet_motion(with_closed_mouth(speech), count))[1:]


def photo_embeddings(clips: list[ComparedClip]) -> Tensor | None:
    """Return embeddings (clips, embedding) of the first photos; None without a network."""
    embeddings = [clip.embedding for clip in clips if clip.embedding is not None]
    return torch.cat(embeddings) if len(embeddings) == len(clips) else None
