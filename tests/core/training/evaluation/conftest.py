"""All that an evaluation needs in small: drawn people, random speech, a model of toy size."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from core.model.avatar import save_avatar
from core.perception.face.finder import FaceFinder
from core.training.evaluation.eval_set import EvalSet
from core.training.evaluation.evaluators import Evaluators
from core.training.likeness.face_embedding import FaceEmbeddingNetwork
from core.training.metrics.batch_landmarks import DetectedFaces
from core.training.studio.portrait_stock import build_portrait_stock, save_portrait_stock
from core.training.studio.speech_stock import AlignedSpeech, save_speech_stock
from core.training.studio.subject_bank import open_bank
from tests.core.neural.small import CONFIG, avatar, encoder
from tests.core.training.faces.people import corpus
from tests.core.training.likeness.test_face_embedding import SMALL

FEATURES = 5


def random_speech(scenes: int = 3, frames: int = 60) -> AlignedSpeech:
    """Mouth shapes that last for four frames each; the first scene begins with a long silence."""
    random = torch.Generator().manual_seed(0)
    shapes = torch.randint(15, (scenes, frames // 4), generator=random)
    shapes[0, :8] = 0
    shapes = shapes.repeat_interleave(4, 1)
    opening = shapes / 14
    features = torch.randn(scenes, frames, FEATURES, generator=random)
    return AlignedSpeech(torch.eye(15)[shapes], opening, torch.ones(scenes, frames), features)


def small_eval_set() -> EvalSet:
    bank = open_bank(build_portrait_stock(corpus(2)), [0, 1], "cpu", workers=2)
    return EvalSet(bank, random_speech(), CONFIG, seed=0)


@pytest.fixture(scope="package")
def eval_set() -> EvalSet:
    return small_eval_set()


class FixedLandmarks:
    """Satisfies `LandmarkDetector`: finds faces exactly where they are said to be."""

    def detect(self, pictures: Tensor, near: Tensor) -> DetectedFaces:
        depth = near.new_zeros(len(near), 3 - near.shape[1])
        landmarks = torch.cat([near, depth], 1).expand(len(pictures), -1, -1)
        return DetectedFaces(landmarks, torch.ones(len(pictures)))


@pytest.fixture(scope="package")
def evaluators() -> Evaluators:
    torch.manual_seed(0)
    perception = FaceEmbeddingNetwork(replace(SMALL, identities=2)).eval()
    return Evaluators(torch.device("cpu"), FaceFinder(), FixedLandmarks(), encoder(), perception)


@pytest.fixture(scope="package")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people and a speech to train on, as many held out."""
    folder = tmp_path_factory.mktemp("stock")
    save_portrait_stock(folder / "portraits.safetensors", build_portrait_stock(corpus(2)))
    said = random_speech(4)
    save_speech_stock(folder / "speech.safetensors", said, validation=2)
    return folder


@pytest.fixture(scope="package")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that was never trained."""
    path = tmp_path_factory.mktemp("model") / "random.safetensors"
    save_avatar(path, avatar(), {})
    return path
