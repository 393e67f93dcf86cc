"""What does not fit is left out, and can be read nevertheless."""

import pytest
from pytestqt.qtbot import QtBot

from app.parts.elided import Elided

TEMPLATE = '<a href="out">Sending to</a>: {0}'
WORDS = "a <camera> · OBS page · a microphone · heard here on the speakers"


@pytest.mark.parametrize("width", [80, 200, 2000])
def test_a_line_shows_what_fits_and_says_all_of_it(qtbot: QtBot, width: int) -> None:
    line = Elided()
    qtbot.addWidget(line)
    line.say(TEMPLATE, WORDS)
    line.resize(width, 20)
    line.show()
    assert line.whole == line.accessibleName() == f"Sending to: {WORDS}"
    assert ("…" in line.text()) is (width < 2000)
    assert line.text().startswith('<a href="out">Sending to</a>: ')
    assert "<camera>" not in line.text()
