"""A judge's whole world in small: drawn people who say nonsense, and a model of toy size."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from core.model.avatar import save_avatar
from core.perception.face import FaceFinder
from core.training.judge.cases import Cases
from core.training.judge.instruments import Instruments
from core.training.judge.mesh import Mesh
from core.training.perception.network import PerceptionNetwork
from core.training.studio.bank import open_bank
from core.training.studio.portraits import save_portraits, stock_of
from core.training.studio.speech import Said, save_speech
from tests.core.neural.small import CONFIG, avatar, encoder
from tests.core.training.faces.people import corpus
from tests.core.training.perception.test_network import SMALL

FEATURES = 5


def nonsense(scenes: int = 3, frames: int = 60) -> Said:
    """Mouth shapes that last for four frames each; the first scene begins with a long silence."""
    random = torch.Generator().manual_seed(0)
    shapes = torch.randint(15, (scenes, frames // 4), generator=random)
    shapes[0, :8] = 0
    shapes = shapes.repeat_interleave(4, 1)
    opening = shapes / 14
    features = torch.randn(scenes, frames, FEATURES, generator=random)
    return Said(torch.eye(15)[shapes], opening, torch.ones(scenes, frames), features)


@pytest.fixture(scope="package")
def cases() -> Cases:
    bank = open_bank(stock_of(corpus(2)), [0, 1], "cpu", workers=2)
    return Cases(bank, nonsense(), CONFIG, seed=0)


class Told:
    """Satisfies `MeshFinder`: finds faces where it is told that they are about."""

    def find(self, pictures: Tensor, about: Tensor) -> Mesh:
        depth = about.new_zeros(len(about), 3 - about.shape[1])
        landmarks = torch.cat([about, depth], 1).expand(len(pictures), -1, -1)
        return Mesh(landmarks, torch.ones(len(pictures)))


@pytest.fixture(scope="package")
def tools() -> Instruments:
    torch.manual_seed(0)
    perception = PerceptionNetwork(replace(SMALL, people=2)).eval()
    return Instruments(torch.device("cpu"), FaceFinder(), Told(), encoder(), perception)


@pytest.fixture(scope="package")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people and a speech to train on, as many held out."""
    folder = tmp_path_factory.mktemp("stock")
    save_portraits(folder / "portraits.safetensors", stock_of(corpus(2)))
    said = nonsense(4)
    save_speech(folder / "speech.safetensors", said, held_out=2)
    return folder


@pytest.fixture(scope="package")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that was never trained."""
    path = tmp_path_factory.mktemp("model") / "random.safetensors"
    save_avatar(path, avatar(), {})
    return path
