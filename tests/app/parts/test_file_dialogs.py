"""Dialogs for files open where one of their kind was chosen last."""

from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths
from pytestqt.qtbot import QtBot

from app.parts.file_dialogs import Place, begin, key, noted


@pytest.fixture
def place(qapp: object) -> Place:
    """A place where nothing has been chosen yet."""
    qapp.setProperty(key(Place.MoviesLocation), None)  # type: ignore[attr-defined]
    return Place.MoviesLocation


def test_the_first_opens_in_the_systems_folder_and_the_next_where_it_was_last(
    qtbot: QtBot, place: Place, tmp_path: Path
) -> None:
    assert begin(place) == QStandardPaths.writableLocation(place)
    assert noted(place, "") is None
    assert noted(place, str(tmp_path / "a.png")) == tmp_path / "a.png"
    assert begin(place) == str(tmp_path)


def test_what_is_chosen_is_shown_while_it_is_there(place: Place, tmp_path: Path) -> None:
    own = tmp_path / "a.png"
    assert begin(place, own) != str(own)
    own.touch()
    assert begin(place, own) == str(own)
