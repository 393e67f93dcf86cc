"""The networks without torch compute what the trained ones do, and so does the whole finder."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from core.perception.face.config import (
    DetectorConfig,
    FaceConfig,
    LandmarkConfig,
    MatteConfig,
    PartConfig,
)
from core.perception.face.finder import FaceFinder
from core.perception.face.inference import FaceNetworks, Pictures
from core.perception.face.layers_numpy import WeightReader
from core.perception.face.networks_numpy import NumpyFaceNetwork, load_numpy_network
from core.perception.face.networks_torch import FaceNetwork
from core.perception.face.weights import WEIGHTS
from core.pixels import resized
from core.portrait.load import load_photo
from core.process.child import ROOT
from core.video import Picture
from tests.core.perception.face.torch_networks import TorchNetworks, load_torch_networks
from tests.draws import filled

CAST = sorted((ROOT / "plugins" / "cast").glob("*/1.jpg"))

SMALL = FaceConfig(
    DetectorConfig(widths=(8, 12, 16, 20), depths=(1, 1, 1, 2), head_width=10),
    LandmarkConfig(side=64, widths=(8, 8, 12, 16), depths=(0, 1, 1, 1), shape_components=7),
    PartConfig(points=9, side=32, widths=(6, 10), depths=(1, 1), shape_components=5),
    PartConfig(points=4, side=16, widths=(6, 6, 8), depths=(0, 1, 1), shape_components=3),
    MatteConfig(side=96, widths=(8, 8, 10, 12), depths=(0, 1, 1, 2)),
)
"""Another shape than the shipped one, in every part."""

WITHOUT_TORCH = """
import sys
sys.modules["torch"] = None  # as if it were not installed
from pathlib import Path
from core.portrait.judge import open_judge
verdict = open_judge()(Path(sys.argv[1]))
sys.exit(verdict.problem or not verdict.findings)
"""


@pytest.fixture(scope="module")
def trained() -> FaceFinder:
    return FaceFinder(WEIGHTS, load_torch_networks)


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


def shipped() -> tuple[FaceNetworks, FaceNetworks]:
    return load_numpy_network(WEIGHTS), load_torch_networks()


def random_ones() -> tuple[FaceNetworks, FaceNetworks]:
    """Networks of another shape, with random weights and statistics."""
    network = filled(FaceNetwork(SMALL)).eval()
    generator = np.random.default_rng(3)
    for name, array in network.state_dict().items():
        if "running" in name:  # a variance is positive
            array.copy_(torch.from_numpy(generator.uniform(0.5, 2, array.shape)))
        elif "mirror" in name:
            array.copy_(torch.from_numpy(generator.permutation(len(array))))
    weights = {name: array.numpy().copy() for name, array in network.state_dict().items()}
    return NumpyFaceNetwork(WeightReader(weights), SMALL), TorchNetworks(network)


def noise(height: int, width: int, count: int = 2) -> Pictures:
    """Pictures of smooth and rough noise, which reach the edges."""
    generator = np.random.default_rng(height + width)
    rough = generator.integers(0, 256, (count, height, width, 3), dtype=np.uint8)
    soft = generator.integers(0, 256, (count, height // 8, width // 8, 3), dtype=np.uint8)
    return np.stack(
        [r // 4 + resized(s, width, height) // 4 * 3 for r, s in zip(rough, soft, strict=True)]
    )


def close(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Whether two arrays differ by no more than what sums in another order do."""
    assert one.shape == other.shape
    return bool(np.abs(one - other).max() <= 1e-4 * max(1.0, float(np.abs(other).max())))


@pytest.mark.parametrize("both", [shipped, random_ones])
def test_every_network_computes_what_its_trained_one_does(
    both: Callable[[], tuple[FaceNetworks, FaceNetworks]],
) -> None:
    mine, theirs = both()
    config = mine.config
    scenes = noise(256, 352)
    assert all(map(close, mine.detector(scenes), theirs.detector(scenes)))
    crops = noise(config.landmarks.side, config.landmarks.side)
    assert all(map(close, mine.landmarks(crops), theirs.landmarks(crops)))
    for name in ("lips", "eye", "matte"):
        side = getattr(config, name).side
        crops = noise(side, side)
        assert close(getattr(mine, name)(crops), getattr(theirs, name)(crops)), name
    assert np.array_equal(mine.mirror_index, theirs.mirror_index)


def views(photo: Picture) -> list[Picture]:
    """Return a photo as it is, mirrored, dark, upside down, and small and twice side by side."""
    small = resized(photo, photo.shape[1] // 3, photo.shape[0] // 3)
    return [photo, small[:, ::-1].copy(), small // 3, small[::-1].copy(), np.hstack([small, small])]


@pytest.mark.parametrize("path", CAST, ids=lambda path: path.parent.name)
def test_the_finder_finds_what_the_trained_one_finds(
    finder: FaceFinder, trained: FaceFinder, path: Path
) -> None:
    photo = load_photo(path)
    for picture in views(photo):
        mine, theirs = finder.faces(picture), trained.faces(picture)
        assert len(mine) == len(theirs)
        for one, other in zip(mine, theirs, strict=True):
            assert np.abs(one.landmarks - other.landmarks).max() < 0.05
            assert one.score == pytest.approx(other.score, abs=1e-4)
    face = trained.face(photo)
    apart = finder.matte(photo, face) - trained.matte(photo, face)
    assert np.abs(apart).max() < 0.5 / 255


def test_a_photo_is_judged_where_torch_is_not_installed() -> None:
    command = [sys.executable, "-c", WITHOUT_TORCH, str(CAST[0])]
    done = subprocess.run(command, cwd=ROOT, timeout=60, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
