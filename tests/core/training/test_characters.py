"""The drawn characters: known landmarks, whole mattes, and the pictures that are shipped."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.perception.face.topology import (
    CHIN,
    FEATURES,
    FOREHEAD,
    LANDMARK_COUNT,
    LEFT_IRIS,
    OVAL,
    RIGHT_IRIS,
)
from core.pixels import resized
from core.puppet.motion import neutral_motion
from core.puppet.renderer import Renderer
from core.puppet.rig import BLEND_SHAPES, LIP_SEAL
from core.training.characters.canvas import rgb
from core.training.characters.cast import CHARACTERS, JUNO
from core.training.characters.drawing import ASPECT, FACE, HEIGHT, Character, Drawing, draw
from core.video import VideoFormat
from plugins import profiles

CAST = Path(profiles.__file__).parent / "cast"
SMALL = 450
LARGEST_FILE = 400_000

each = pytest.mark.parametrize("character", CHARACTERS, ids=lambda character: character.name)


@cache
def drawn(character: Character) -> Drawing:
    return draw(character, SMALL)


def colour_at(drawing: Drawing, landmark: int) -> NDArray[np.float64]:
    x, y = drawing.landmarks[landmark, :2].round().astype(int)
    return np.array(drawing.picture[y, x], float)


def test_a_character_is_drawn_the_same_every_time() -> None:
    again = draw(JUNO, SMALL)
    for one, other in zip(drawn(JUNO), again, strict=True):
        np.testing.assert_array_equal(one, other)


@each
def test_the_landmarks_lie_in_the_picture_and_make_a_face_of_the_promised_size(
    character: Character,
) -> None:
    picture, _, landmarks = drawn(character)
    assert picture.shape == (SMALL, round(ASPECT * SMALL), 3)
    assert landmarks.shape == (LANDMARK_COUNT, 3)
    assert (landmarks[:, :2] >= 0).all()
    assert (landmarks[:, :2] <= [picture.shape[1] - 1, picture.shape[0] - 1]).all()
    height = landmarks[CHIN, 1] - landmarks[FOREHEAD, 1]
    assert height == pytest.approx(FACE * SMALL, rel=1e-3)


@each
def test_the_landmarks_of_a_larger_drawing_are_the_same_ones_larger(character: Character) -> None:
    small, large = draw(character, 45), drawn(character)
    grown = (small.landmarks[:, :2] + 0.5) * SMALL / 45 - 0.5
    np.testing.assert_allclose(grown, large.landmarks[:, :2], atol=0.02)


@each
def test_the_seam_lies_dark_between_the_colours_of_the_lips(character: Character) -> None:
    drawing = drawn(character)
    for upper, inner, lower in ((72, 82, 85), (11, 13, 16), (302, 312, 315)):
        seam = colour_at(drawing, inner).mean()
        assert seam < 0.8 * colour_at(drawing, upper).mean()
        assert seam < 0.7 * colour_at(drawing, lower).mean()
    for landmark, colour in ((302, character.lips.upper), (315, character.lips.lower)):
        np.testing.assert_allclose(colour_at(drawing, landmark), 255 * rgb(colour), atol=20)


@each
def test_the_lips_are_closed_and_the_pupils_dark_where_the_landmarks_say(
    character: Character,
) -> None:
    drawing = drawn(character)
    gap = drawing.landmarks[[14, 317, 87], :2] - drawing.landmarks[[13, 312, 82], :2]
    assert np.abs(gap).max() < 0.5
    for middle, *around in (RIGHT_IRIS, LEFT_IRIS):
        assert colour_at(drawing, middle).mean() < 60
        np.testing.assert_allclose(
            drawing.landmarks[around, :2].mean(0), drawing.landmarks[middle, :2], atol=0.01
        )


@each
def test_the_matte_covers_the_face_and_not_the_corners(character: Character) -> None:
    drawing = drawn(character)
    x, y = drawing.landmarks[:, :2].round().astype(int).T
    inside = np.setdiff1d(FEATURES, OVAL)
    assert drawing.matte[y[inside], x[inside]].min() > 0.999
    assert drawing.matte[y, x].min() > 0.25
    assert drawing.matte[:20].max() == 0
    assert max(drawing.matte[:, 0].max(), drawing.matte[:, -1].max()) == 0
    assert drawing.matte[-1, drawing.matte.shape[1] // 2] == 1


@each
def test_the_puppet_shows_the_drawing_at_rest_and_opens_its_mouth(character: Character) -> None:
    drawing = drawn(character)
    size = VideoFormat(drawing.picture.shape[1], SMALL)
    renderer = Renderer(*drawing, size)
    motion = neutral_motion(1, len(BLEND_SHAPES) + 1)
    motion.expression[0, LIP_SEAL] = 1
    rest = renderer.render(motion).astype(int)
    motion.expression[0, BLEND_SHAPES.index("jawOpen")] = 0.42
    speaking = renderer.render(motion).astype(int)
    renderer.close()
    assert np.abs(rest - drawing.picture).mean() < 2
    x, y = drawing.landmarks[[78, 308, 13, 17], :2].round().astype(int).T
    mouth = slice(y[2], y[3]), slice(x[0] + 4, x[1] - 4)
    assert np.abs(speaking - rest)[mouth].mean() > 15
    assert np.abs(speaking - rest)[: int(drawing.landmarks[CHIN, 1]) // 2].mean() < 1


@each
def test_the_shipped_picture_is_what_the_code_draws(character: Character) -> None:
    profile = profiles.read(CAST / character.name)
    assert profile.title == character.name.title()
    assert "Nobody is shown" in profile.consent
    (file,) = profile.references
    assert file.stat().st_size <= LARGEST_FILE
    shipped = np.asarray(Image.open(file).convert("RGB"))
    assert shipped.shape == (HEIGHT, round(ASPECT * HEIGHT), 3)
    drawing = drawn(character).picture
    apart = np.abs(resized(shipped, drawing.shape[1], SMALL).astype(int) - drawing)
    assert apart.mean() < 1.5
    assert np.percentile(apart, 99) < 16
