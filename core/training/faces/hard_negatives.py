"""Places where a detector sees a face and there is none: the best lessons in doubt."""

import copy

from numpy.random import Generator

from core.perception.face.alignment import crop_square
from core.perception.face.detector import detect
from core.perception.face.networks import Detector, FaceConfig
from core.training.faces.crops import HARD_NEGATIVE_MARGIN
from core.training.faces.portrait_sampler import PortraitSampler
from core.training.faces.scenes import draw_scene
from core.training.faces.targets import SCENE_SHAPES
from core.video import Picture

MINING_SCENES = 1000
MIN_SCORE = 0.05
"""Chance from which a place is a mistake worth learning from."""


def mine_hard_negatives(
    detector: Detector,
    config: FaceConfig,
    sampler: PortraitSampler,
    rng: Generator,
    scenes: int = MINING_SCENES,
) -> list[Picture]:
    """Return crops, wider by `MARGIN` than the landmark network's, that only seem to be faces."""
    detector = copy.deepcopy(detector).cpu().eval()
    side = round(config.landmarks.side * HARD_NEGATIVE_MARGIN)
    found = []
    for _ in range(scenes):
        scene = draw_scene(sampler, rng, *SCENE_SHAPES[rng.integers(len(SCENE_SHAPES))])
        for place, _chance in detect(detector, config.detector, scene.picture, MIN_SCORE, 6):
            if all(place.distance(face.box) > 0.5 for face in scene.faces):
                matrix = place.crop_matrix(side, config.landmarks.crop_scale * HARD_NEGATIVE_MARGIN)
                found.append(crop_square(scene.picture, matrix, side))
    return found
