"""The page shows what the program stands on, wherever that is known."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.pages.about import About
from core.licences import version


def test_a_program_nobody_noted_is_shown_all_the_same(qtbot: QtBot, tmp_path: Path) -> None:
    assert version("no-such-package") == "?"
    page = About(tmp_path, "no-such-package")
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: "ICT-FaceKit" in page.text.toPlainText())
