"""The picture on the screen is the frame's, in its colours, whole."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.parts.preview import CHECK, CHECKS, Preview, fitted, to_image
from core.video import Frame


def frame() -> Frame:
    picture = np.zeros((90, 160, 3), np.uint8)
    picture[:, :80] = (250, 20, 30)
    picture[:, 80:] = (10, 40, 240)
    return Frame(picture, 0)


def test_the_frames_colours_are_shown(qtbot: QtBot) -> None:
    preview = Preview("hint")
    qtbot.addWidget(preview)
    preview.resize(640, 480)
    preview.show_frame(frame())
    image = preview.grab().toImage()
    assert image.pixelColor(100, 240) == QColor(250, 20, 30)
    assert image.pixelColor(500, 240) == QColor(10, 40, 240)
    window = preview.palette().window().color()
    assert image.pixelColor(320, 20) == window  # no bars: the frame has the picture's shape


def test_what_is_transparent_shows_a_checkerboard(qtbot: QtBot) -> None:
    preview, shown = Preview("hint"), frame()
    qtbot.addWidget(preview)
    preview.resize(640, 360)
    cover = np.zeros((90, 160), np.uint8)
    cover[:, :80] = 255
    preview.show_frame(replace(shown, picture=shown.picture * (cover[..., None] > 0), cover=cover))
    image = preview.grab().toImage()
    assert image.pixelColor(100, 180) == QColor(250, 20, 30)
    squares = {image.pixelColor(500 + x, 180).name() for x in range(4 * CHECK)}
    assert squares == {colour.name() for colour in CHECKS}


def test_a_mirror_turns_only_what_is_shown_here(qtbot: QtBot) -> None:
    preview, shown = Preview("hint"), frame()
    qtbot.addWidget(preview)
    preview.resize(640, 360)
    preview.show_frame(shown)
    preview.mirror(True)
    image = preview.grab().toImage()
    assert image.pixelColor(100, 180) == QColor(10, 40, 240)
    assert image.pixelColor(500, 180) == QColor(250, 20, 30)
    assert np.array_equal(shown.picture, frame().picture)


def test_without_a_picture_there_is_the_hint(qtbot: QtBot) -> None:
    preview = Preview("hint")
    qtbot.addWidget(preview)
    preview.show_frame(frame())
    preview.clear("nothing")
    colours = {preview.grab().toImage().pixelColor(x, y).name() for x in (5, 50) for y in (5, 50)}
    assert len(colours) <= 2


@pytest.mark.parametrize(
    ("space", "expected"),
    [((320, 180), (0, 0, 320, 180)), ((320, 380), (0, 100, 320, 180)), ((20, 9), (2, 0, 16, 9))],
)
def test_a_picture_is_fitted_whole_and_in_the_middle(
    space: tuple[int, int], expected: tuple[int, int, int, int]
) -> None:
    rect = fitted(QSize(160, 90), QSize(*space))
    assert rect.getRect() == expected


def test_a_picture_outlives_the_array_it_came_from() -> None:
    picture = np.full((3, 5, 3), 200, np.uint8)
    image = to_image(picture)
    picture[:] = 0
    assert image.pixelColor(4, 2).red() == 200
