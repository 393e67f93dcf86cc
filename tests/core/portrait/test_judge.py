"""What is said about a photo, from real faces and from landmarks put wrong."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.perception.face.topology import LIP_CENTRES, RIGHT_CHEEK
from core.portrait.judge import Judge, hints, open_judge
from core.process.child import ROOT
from core.video import Picture

MIRA = ROOT / "plugins" / "cast" / "mira" / "1.jpg"


@pytest.fixture(scope="module")
def judge() -> Judge:
    return open_judge()


def test_a_good_photo_has_no_hints_and_a_box_around_the_face(judge: Judge) -> None:
    verdict = judge(MIRA)
    assert (verdict.problem, verdict.hints) == ("", ())
    assert verdict.box is not None
    x0, y0, x1, y1 = verdict.box
    assert 0.2 < x0 < 0.5 < x1 < 0.8
    assert 0.2 < y0 < 0.5 < y1 < 0.8
    assert verdict.picture is not None
    assert max(verdict.picture.shape) == 480


def test_no_face_and_a_tiny_one_are_problems(judge: Judge, tmp_path: Path) -> None:
    Image.new("RGB", (100, 120), "grey").save(tmp_path / "grey.png")
    assert "No face was found" in judge(tmp_path / "grey.png").problem
    with Image.open(MIRA) as mira:
        mira.resize((110, 110)).save(tmp_path / "tiny.png")
    assert "at least 64" in judge(tmp_path / "tiny.png").problem


def test_darkness_is_told(judge: Judge, tmp_path: Path) -> None:
    with Image.open(MIRA) as mira:
        mira.point(lambda value: value // 4).save(tmp_path / "dark.png")
    assert judge(tmp_path / "dark.png").hints == (
        "It is too dark: turn towards a window or a lamp.",
    )


def face() -> tuple[Picture, NDArray[np.float32]]:
    """Return a grey picture and landmarks of a calm face in its middle."""
    landmarks = np.full((478, 2), 400, np.float32)
    for number, place in {
        10: (400, 250), 152: (400, 550), 234: (280, 400), 454: (520, 400),
        78: (360, 480), 308: (440, 480), 13: (400, 480), 14: (400, 481),
    }.items():  # fmt: skip
        landmarks[number] = place
    return np.full((800, 800, 3), 150, np.uint8), landmarks


def test_a_calm_face_from_the_front_is_left_alone() -> None:
    assert hints(*face()) == ()


@pytest.mark.parametrize(
    ("landmark", "place", "word"),
    [
        (RIGHT_CHEEK, (350, 400), "turned away"),
        (LIP_CENTRES[1], (400, 500), "mouth is open"),
        (10, (400, 10), "cut off"),
        (10, (400, 420), "small"),
    ],
)
def test_what_is_wrong_is_told(landmark: int, place: tuple[int, int], word: str) -> None:
    picture, landmarks = face()
    landmarks[landmark] = place
    (said,) = hints(picture, landmarks)
    assert word in said


def test_glare_is_told() -> None:
    picture, landmarks = face()
    picture[:] = 255
    (said,) = hints(picture, landmarks)
    assert "too bright" in said
