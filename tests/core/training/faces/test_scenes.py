"""Scenes, crops and targets: what is drawn is where it is said to be."""

import numpy as np
import pytest

from core.perception.face.alignment import OrientedBox
from core.perception.face.config import LIP_POINTS, FaceConfig
from core.training.faces.corpus import flip, is_held_out
from core.training.faces.crops import draw_face, draw_negative, draw_part
from core.training.faces.negatives import remove_face
from core.training.faces.portrait_sampler import PortraitSampler
from core.training.faces.scenes import CompositeScene, LabelledFace, draw_scene
from core.training.faces.targets import detector_targets
from tests.core.training.faces.people import corpus, person


@pytest.fixture(scope="module")
def cast() -> PortraitSampler:
    return PortraitSampler(corpus(), pool_size=4)


def test_one_in_ten_is_held_out_and_always_the_same() -> None:
    held = [name for name in map(str, range(5000)) if is_held_out(name)]
    assert 400 < len(held) < 600
    assert is_held_out("female_07")
    assert not is_held_out("female_00")


def test_a_mirror_twice_is_no_mirror() -> None:
    people = corpus(2)
    assert (people.mirror_index[people.mirror_index] == np.arange(478)).all()
    one = people.train[0]
    back = flip(flip(one, people.mirror_index), people.mirror_index)
    assert (back.picture == one.picture).all()
    assert np.allclose(back.landmarks, one.landmarks)


def test_a_face_is_marked_in_the_cell_of_its_middle() -> None:
    place = OrientedBox(67.5, 35.5, 64.0, 0.2)
    face = LabelledFace(place, person(1).landmarks, certain=True)
    heat, weight, code, nearness = detector_targets(
        CompositeScene(np.zeros((96, 128, 3), np.uint8), (face,))
    )
    assert heat.shape == (12, 16)
    assert heat[4, 8] == heat.max() == 1
    assert weight.min() == 1
    assert nearness[4, 8] == 1
    assert code[:, 4, 8] == pytest.approx([0, 0, np.log(2), np.cos(0.2), np.sin(0.2)], abs=1e-5)


def test_an_uncertain_face_is_neither_there_nor_not() -> None:
    face = LabelledFace(OrientedBox(60.0, 40.0, 40.0, 0.0), person(1).landmarks, certain=False)
    heat, weight, _, _ = detector_targets(CompositeScene(np.zeros((96, 128, 3), np.uint8), (face,)))
    assert heat.max() == 0
    assert weight[4, 7] == 0
    assert weight[0, 15] == 1


def test_scenes_have_the_size_asked_for_and_faces_inside(cast: PortraitSampler) -> None:
    rng = np.random.default_rng(0)
    scenes = [draw_scene(cast, rng, 128, 192) for _ in range(30)]
    assert all(scene.picture.shape == (128, 192, 3) for scene in scenes)
    faces = [face for scene in scenes for face in scene.faces if face.certain]
    assert len(faces) > 10
    assert all(-40 < face.box.x < 232 and -40 < face.box.y < 168 for face in faces)
    assert any(not scene.faces for scene in scenes)


def test_crops_hold_the_face_they_promise(cast: PortraitSampler) -> None:
    rng, config = np.random.default_rng(0), FaceConfig()
    crops = [draw_face(cast, config.landmarks, rng) for _ in range(20)]
    assert all(crop.picture.shape == (128, 128, 3) for crop in crops)
    assert np.median([np.abs(crop.landmarks[:, :2]).max() for crop in crops]) < 0.5
    assert not draw_negative(cast, config.landmarks, rng).present
    lips = draw_part(cast, config.lips, LIP_POINTS, rng)
    assert lips.landmarks.shape == (len(LIP_POINTS), 3)
    assert np.abs(lips.landmarks[:, :2].mean(axis=0)).max() < 0.2


def test_people_without_a_face_have_lost_it() -> None:
    one, rng = person(2), np.random.default_rng(0)
    x, y = one.landmarks[[33, 263, 61, 291, 1], :2].astype(int).T
    for _ in range(8):
        other = remove_face(one, rng)
        changed = (other.picture[y, x] != one.picture[y, x]).any() or (other.matte[y, x] == 0).all()
        assert changed
