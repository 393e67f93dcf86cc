"""Where recordings go is shown, or it is said why it cannot be."""

from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.outputs.folder_choice import FolderChoice
from tests.app.find import press


def test_a_folder_that_cannot_be_made_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said: list[str] = []

    def warn(_: QWidget, title: str, text: str) -> None:
        said.extend((title, text))

    choice = FolderChoice(warn=warn)
    qtbot.addWidget(choice)
    choice.take(tmp_path / "file" / "films")
    press(choice, "Open folder")
    assert said[0] == "Folder for recordings"
    assert said[1].startswith(f"{tmp_path / 'file' / 'films'} cannot be made (")
    assert said[1].endswith("; choose another folder")


def test_a_folder_is_made_before_it_is_shown(qtbot: QtBot, tmp_path: Path) -> None:
    shown: list[Path] = []
    choice = FolderChoice(shown.append)
    qtbot.addWidget(choice)
    choice.take(tmp_path)
    press(choice, "Open folder")
    assert shown == [tmp_path]
