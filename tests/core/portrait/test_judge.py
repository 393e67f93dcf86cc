"""What is said about a photo, from real faces and from landmarks put wrong."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.perception.face.finder import FaceFinder
from core.perception.face.topology import JAW, LEFT_EYE, LIP_CENTRES, RIGHT_CHEEK, RIGHT_EYE
from core.portrait.analysis import LONGEST_SIDE
from core.portrait.judge import Judge, hints, open_judge
from core.portrait.load import load_photo
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


def landmarks_of(path: Path) -> tuple[Picture, NDArray[np.float32]]:
    photo = load_photo(path, LONGEST_SIDE)
    return photo, FaceFinder().face(photo).landmarks[:, :2]


def test_a_blurred_photo_is_told(judge: Judge, tmp_path: Path) -> None:
    with Image.open(MIRA) as mira:
        mira.filter(ImageFilter.GaussianBlur(mira.height / 80)).save(tmp_path / "blurred.png")
    assert any("blurred" in hint for hint in judge(tmp_path / "blurred.png").hints)


@pytest.mark.parametrize("colour", [(150, 190, 215), (228, 228, 224), (30, 30, 34), None])
def test_a_mask_and_a_hand_before_the_mouth_are_told(
    judge: Judge, tmp_path: Path, colour: tuple[int, int, int] | None
) -> None:
    photo, flat = landmarks_of(MIRA)
    noise = np.random.default_rng(0).normal(0, 3, photo.shape)
    skin = np.median(photo[flat[50, 1].astype(int) :][:9, flat[50, 0].astype(int) :][:, :9], (0, 1))
    outline = flat[[234, 50, 195, 280, 454, *JAW]].round().astype(np.int32)
    covered = np.zeros(photo.shape[:2], np.uint8)
    cv2.fillPoly(covered, [outline], 255)
    share = cv2.GaussianBlur(covered, (0, 0), 2)[..., None] / 255
    cloth = np.asarray(colour or skin) + noise
    masked = (photo * (1 - share) + share * cloth).clip(0, 255).astype(np.uint8)
    Image.fromarray(masked).save(tmp_path / "masked.png")
    assert any("mouth is covered" in hint for hint in judge(tmp_path / "masked.png").hints)


def test_closed_eyes_are_told(judge: Judge, tmp_path: Path) -> None:
    photo, flat = landmarks_of(MIRA)
    drawn = photo.copy()
    for ring, below in ((RIGHT_EYE, 230), (LEFT_EYE, 450)):
        x, y = flat[list(ring)].mean(axis=0).round().astype(int).tolist()
        width = float(np.ptp(flat[list(ring), 0]))
        skin = photo[int(flat[below, 1]), int(flat[below, 0])].tolist()
        size = (round(0.62 * width), round(0.32 * width))
        cv2.ellipse(drawn, (x, y), size, 0, 0, 360, skin, -1)
        dark, lid = [value // 3 for value in skin], (round(0.5 * width), round(0.16 * width))
        cv2.ellipse(drawn, (x, y), lid, 0, 10, 170, dark, max(1, round(0.04 * width)), cv2.LINE_AA)
    Image.fromarray(drawn).save(tmp_path / "closed.png")
    assert any("eyes are closed" in hint for hint in judge(tmp_path / "closed.png").hints)


@pytest.mark.parametrize("name", ["ines", "juno", "kai", "leo", "mira", "theo"])
def test_nobody_of_the_cast_is_covered_closed_or_blurred(judge: Judge, name: str) -> None:
    hints = judge(MIRA.parents[1] / name / "1.jpg").hints
    assert not [hint for hint in hints if "covered" in hint or "closed" in hint or "blur" in hint]


def test_black_and_white_hides_no_mouth(judge: Judge, tmp_path: Path) -> None:
    with Image.open(MIRA) as mira:
        mira.convert("L").save(tmp_path / "grey.png")
    assert judge(tmp_path / "grey.png").hints == ()


def test_a_small_face_in_a_panorama_is_found(judge: Judge, tmp_path: Path) -> None:
    panorama = Image.new("RGB", (9000, 600), (150, 160, 170))
    with Image.open(MIRA) as mira:
        panorama.paste(mira.resize((600, 600)), (5000, 0))
    panorama.save(tmp_path / "panorama.png")
    verdict = judge(tmp_path / "panorama.png")
    assert verdict.problem == ""
    assert verdict.box is not None
    assert 5000 / 9000 < verdict.box[0] < verdict.box[2] < 5600 / 9000


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
