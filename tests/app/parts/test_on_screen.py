"""A window fits its screen, whatever was remembered."""

import pytest
from PySide6.QtCore import QRect

from app.parts.on_screen import inside

SCREEN = QRect(0, 32, 1366, 736)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (QRect(100, 100, 800, 500), QRect(100, 100, 800, 500)),
        (QRect(0, 0, 2240, 1520), QRect(0, 32, 1366, 736)),
        (QRect(1300, 700, 800, 500), QRect(566, 268, 800, 500)),
        (QRect(-5000, -900, 800, 500), QRect(0, 32, 800, 500)),
    ],
)
def test_what_was_wanted_is_cut_and_moved(wanted: QRect, expected: QRect) -> None:
    assert inside(wanted, SCREEN) == expected


def test_a_window_without_a_place_lies_in_the_middle() -> None:
    assert inside(QRect(0, 0, 800, 500), SCREEN, moved=True).center() == SCREEN.center()
