"""The face finder with its shipped weights: on drawn people, on nothing, and from broken files."""

import pickle
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.checkpoint import BadCheckpoint
from core.checkpoint import load as load_arrays
from core.perception.face.alignment import (
    Landmarks,
    OrientedBox,
    invert_affine,
    transform_landmarks,
)
from core.perception.face.config import DetectorConfig, FaceConfig
from core.perception.face.finder import Face, FaceFinder, NoFace, SeveralFaces
from core.perception.face.networks_torch import FaceNetwork
from core.perception.face.topology import LIPS
from core.perception.face.weights import WEIGHTS
from core.tensors import load, save
from core.training.faces.cartoons import draw_cartoon
from core.training.faces.corpus import LabelledPortrait
from core.video import Picture

SEED = 4


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


@pytest.fixture(scope="module")
def mean_face() -> Landmarks:
    """The face that the network starts from, (478, 3) about 0, in sides of its crop."""
    weights = load_arrays(WEIGHTS, FaceConfig).weights
    return weights["landmarks.shape_basis.bias"].astype(np.float32).reshape(478, 3)


@dataclass
class Drawing:
    """A picture of drawn people and the landmarks they were drawn by."""

    picture: Picture
    landmarks: list[Landmarks]
    matte: NDArray[np.uint8]


def draw(
    mean: Landmarks, places: list[OrientedBox], height: int = 480, width: int = 640
) -> Drawing:
    """Draw somebody at each place before a plain wall."""
    drawing = Drawing(
        np.full((height, width, 3), (96, 118, 130), np.uint8),
        [],
        np.zeros((height, width), np.uint8),
    )
    for place in places:
        landmarks = transform_landmarks(invert_affine(place.crop_matrix(1, 1.0)), mean * 1.5)
        empty = np.zeros((height, width), dtype=np.uint8)
        person = draw_cartoon(
            LabelledPortrait(drawing.picture, empty, landmarks), np.random.default_rng(SEED)
        )
        seen = person.matte > 127
        drawing.picture[seen] = person.picture[seen]
        drawing.landmarks.append(person.landmarks)
        drawing.matte = person.matte
    return drawing


def error(face: Face, landmarks: Landmarks) -> float:
    """Mean distance in shares of the face's height."""
    apart = np.linalg.norm((face.landmarks - landmarks)[:, :2], axis=1).mean()
    return float(apart / np.ptp(landmarks[:, 1]))


@pytest.mark.parametrize(
    "place",
    [
        OrientedBox(320.0, 220.0, 200.0, 0.0),
        OrientedBox(150.0, 150.0, 80.0, 0.35),
        OrientedBox(420.0, 260.0, 300.0, -0.3),
        OrientedBox(300.0, 240.0, 60.0, 0.0),
    ],
)
def test_a_drawn_face_is_found_where_it_is(
    finder: FaceFinder, mean_face: Landmarks, place: OrientedBox
) -> None:
    drawing = draw(mean_face, [place])
    face = finder.face(drawing.picture)
    assert error(face, drawing.landmarks[0]) < 0.06
    assert 0.5 <= face.score <= 1


def test_box_and_landmarks_agree(finder: FaceFinder, mean_face: Landmarks) -> None:
    face = finder.face(draw(mean_face, [OrientedBox(320.0, 220.0, 200.0, 0.0)]).picture)
    assert face.landmarks.shape == (478, 3)
    assert face.landmarks.dtype == np.float32
    x0, y0, x1, y1 = face.box
    assert face.height == y1 - y0
    assert np.allclose([x0, y0], face.landmarks[:, :2].min(axis=0))
    assert np.allclose([x1, y1], face.landmarks[:, :2].max(axis=0))
    # The nose is nearer than the ears.
    assert face.landmarks[1, 2] < face.landmarks[[234, 454], 2].min()


def test_the_picture_in_a_mirror_has_the_face_in_a_mirror(
    finder: FaceFinder, mean_face: Landmarks
) -> None:
    picture = draw(mean_face, [OrientedBox(300.0, 220.0, 220.0, 0.1)]).picture
    face = finder.face(picture)
    other = finder.face(np.ascontiguousarray(picture[:, ::-1]))
    mirror = finder.network.mirror_index
    back = other.landmarks[mirror][:, :2] * [-1, 1] + [picture.shape[1] - 1, 0]
    apart = np.linalg.norm(back - face.landmarks[:, :2], axis=1)
    assert apart[list(LIPS)].mean() < 0.01 * face.height
    assert apart.mean() < 0.015 * face.height


def test_several_faces_are_said_so(finder: FaceFinder, mean_face: Landmarks) -> None:
    places = [OrientedBox(170.0, 220.0, 170.0, 0.0), OrientedBox(470.0, 230.0, 160.0, 0.0)]
    picture = draw(mean_face, places).picture
    assert len(finder.faces(picture)) == 2
    with pytest.raises(SeveralFaces, match="2 faces"):
        finder.face(picture)


def test_somebody_small_in_the_background_does_not_count(
    finder: FaceFinder, mean_face: Landmarks
) -> None:
    places = [OrientedBox(90.0, 120.0, 60.0, 0.0), OrientedBox(400.0, 230.0, 220.0, 0.0)]
    drawing = draw(mean_face, places)
    faces = finder.faces(drawing.picture)
    assert [round(face.height, -2) for face in faces] == sorted(
        (round(face.height, -2) for face in faces), reverse=True
    )
    assert error(finder.face(drawing.picture), drawing.landmarks[1]) < 0.06


@pytest.mark.parametrize("kind", ["black", "white", "noise", "stripes", "ramp", "disc"])
def test_nothing_is_no_face(finder: FaceFinder, kind: str) -> None:
    ys, xs = np.mgrid[:300, :400]
    light = {
        "black": np.zeros((300, 400)),
        "white": np.full((300, 400), 255),
        "noise": np.random.default_rng(1).integers(0, 256, (300, 400)),
        "stripes": (xs // 9 % 2) * 255,
        "ramp": xs / 400 * 255,
        "disc": ((xs - 200) ** 2 + (ys - 150) ** 2 < 90**2) * 160,
    }[kind]
    picture = np.repeat(light.astype(np.uint8)[..., None], 3, axis=2)
    assert finder.faces(picture) == []
    with pytest.raises(NoFace, match="No face was found"):
        finder.face(picture)


@pytest.mark.parametrize("shape", [(64, 64), (70, 900), (900, 70)])
def test_a_picture_of_any_shape_is_searched(finder: FaceFinder, shape: tuple[int, int]) -> None:
    assert finder.faces(np.full((*shape, 3), 90, dtype=np.uint8)) == []


def test_the_matte_is_the_person(finder: FaceFinder, mean_face: Landmarks) -> None:
    drawing = draw(mean_face, [OrientedBox(320.0, 200.0, 200.0, 0.0)])
    matte = finder.matte(drawing.picture, finder.face(drawing.picture))
    assert matte.shape == drawing.picture.shape[:2]
    assert matte.dtype == np.float32
    assert matte.min() >= 0
    assert matte.max() <= 1
    one, other = matte > 0.5, drawing.matte > 127
    assert (one & other).sum() / (one | other).sum() > 0.85


def test_the_matte_follows_a_face_at_the_picture_s_edge(
    finder: FaceFinder, mean_face: Landmarks
) -> None:
    drawing = draw(mean_face, [OrientedBox(90.0, 120.0, 180.0, 0.0)])
    matte = finder.matte(drawing.picture, finder.face(drawing.picture))
    assert matte.shape == drawing.picture.shape[:2]
    assert matte[120, 90] > 0.9
    assert matte[20, 600] < 0.1


def test_the_weights_are_small_and_say_where_they_come_from() -> None:
    assert WEIGHTS.stat().st_size <= 8_000_000
    about = load(WEIGHTS, FaceConfig).about
    assert {"data", "recipe", "quality"} <= about.keys()


def test_half_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "face.safetensors"
    path.write_bytes(WEIGHTS.read_bytes()[:100_000])
    with pytest.raises(BadCheckpoint, match=r"face\.safetensors"):
        FaceFinder(path)


def test_a_pickle_in_disguise_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "face.safetensors"
    path.write_bytes(pickle.dumps({"weights": [1, 2, 3]}))
    with pytest.raises(BadCheckpoint, match=r"face\.safetensors"):
        FaceFinder(path)


def test_another_shape_than_the_weights_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "face.safetensors"
    shipped = load(WEIGHTS, FaceConfig)
    other = replace(shipped.config, detector=DetectorConfig(head_width=16))
    save(path, shipped.weights, other, shipped.about)
    with pytest.raises(BadCheckpoint, match="do not fit its config"):
        FaceFinder(path)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    network = FaceNetwork(FaceConfig())
    weights = {k: v for k, v in network.state_dict().items() if not k.startswith("lips")}
    path = tmp_path / "face.safetensors"
    save(path, weights, FaceConfig(), {})
    with pytest.raises(BadCheckpoint, match="lips"):
        FaceFinder(path)
