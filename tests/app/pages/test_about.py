"""What it stands on is named, with versions and licences, wherever that is known."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.pages.about import About, licences, version


def test_everything_that_is_needed_is_named_with_its_licence() -> None:
    found = licences()
    for words in ("PySide6_Essentials 6.", "LGPL", "numpy", "GPL-3.0-or-later", "torch"):
        assert words in found
    assert "pytest" not in found
    assert "ICT-FaceKit" in found


def test_a_program_nobody_noted_is_shown_all_the_same(qtbot: QtBot, tmp_path: Path) -> None:
    assert version("no-such-package") == "?"
    page = About(tmp_path, "no-such-package")
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: "ICT-FaceKit" in page.text.toPlainText())
