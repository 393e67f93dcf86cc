"""Hard-negative mining: false positives of the detector become the landmark network's negatives."""

from numpy.random import Generator

from core.perception.face.alignment import crop_square
from core.perception.face.config import FaceConfig
from core.perception.face.detector import detect
from core.perception.face.layers_numpy import WeightReader
from core.perception.face.networks_numpy import NumpyDetector
from core.perception.face.networks_torch import Detector
from core.training.faces.crops import HARD_NEGATIVE_MARGIN
from core.training.faces.portrait_sampler import PortraitSampler
from core.training.faces.scenes import draw_scene
from core.training.faces.targets import SCENE_SHAPES
from core.video import Picture

MINING_SCENES = 1000
MIN_SCORE = 0.05
"""Least score of a false positive that is mined."""


def mine_hard_negatives(
    detector: Detector,
    config: FaceConfig,
    sampler: PortraitSampler,
    rng: Generator,
    scenes: int = MINING_SCENES,
) -> list[Picture]:
    """Return crops of false positives, HARD_NEGATIVE_MARGIN times as wide as shown."""
    weights = {name: weight.cpu().numpy() for name, weight in detector.state_dict().items()}
    network = NumpyDetector(WeightReader(weights), config.detector)
    side = round(config.landmarks.side * HARD_NEGATIVE_MARGIN)
    found = []
    for _ in range(scenes):
        scene = draw_scene(sampler, rng, *SCENE_SHAPES[rng.integers(len(SCENE_SHAPES))])
        for box, _chance in detect(network, config.detector, scene.picture, MIN_SCORE, 6):
            if all(box.distance(face.box) > 0.5 for face in scene.faces):
                matrix = box.crop_matrix(side, config.landmarks.crop_scale * HARD_NEGATIVE_MARGIN)
                found.append(crop_square(scene.picture, matrix, side))
    return found
