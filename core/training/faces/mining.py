"""Places where a detector sees a face and there is none: the best lessons in doubt."""

import copy

from numpy.random import Generator

from core.perception.face_detect import candidates
from core.perception.face_mesh import crop
from core.perception.face_network import Detector, FaceConfig
from core.training.faces.cast import Cast
from core.training.faces.crops import MARGIN
from core.training.faces.scenes import draw_scene
from core.training.faces.targets import SCENE_SHAPES
from core.video import Picture

SCENES = 1000
LEAST = 0.05
"""Chance from which a place is a mistake worth learning from."""


def mistakes(
    detector: Detector, config: FaceConfig, cast: Cast, rng: Generator, scenes: int = SCENES
) -> list[Picture]:
    """Return crops, wider by `MARGIN` than the landmark network's, that only seem to be faces."""
    detector = copy.deepcopy(detector).cpu().eval()
    side = round(config.landmarks.side * MARGIN)
    found = []
    for _ in range(scenes):
        scene = draw_scene(cast, rng, *SCENE_SHAPES[rng.integers(len(SCENE_SHAPES))])
        for place, _chance in candidates(detector, config.detector, scene.picture, LEAST, 6):
            if all(place.apart(face.place) > 0.5 for face in scene.faces):
                matrix = place.matrix(side, config.landmarks.zoom * MARGIN)
                found.append(crop(scene.picture, matrix, side))
    return found
