"""Signs are as sharp as the screen, and told apart by shape as well as by colour."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from app.parts.signs import COLOURS, STROKES, sign


@pytest.mark.parametrize("name", COLOURS)
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_sign_has_the_pixels_of_its_screen(qapp: QApplication, name: str, ratio: float) -> None:
    drawn = sign(name, 18, ratio)
    assert drawn.width() == round(18 * ratio)
    assert drawn.deviceIndependentSize().width() == 18
    picture = drawn.toImage()
    assert picture.pixelColor(0, 0).alpha() == 0
    edge = picture.pixelColor(drawn.width() // 2, round(2 * ratio))
    assert edge.name() == QColor(COLOURS[name]).name()


def test_no_two_have_the_same_shape() -> None:
    assert len(set(STROKES.values())) == len(STROKES) == len(COLOURS)
