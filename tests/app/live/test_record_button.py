"""Films get a name of their own, and people hear where they are or why there is none."""

from datetime import datetime
from pathlib import Path
from typing import Any, cast

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.live.record_button import RecordButton
from app.live.stage import Stage


class Recorder:
    """Keeps what it is asked to record into."""

    def __init__(self) -> None:
        self.asked: list[Path | None] = []

    def record(self, path: Path | None) -> None:
        self.asked.append(path)


def made(qtbot: QtBot, folder: Path) -> tuple[RecordButton, QPushButton, Stage, Recorder]:
    button, stage, recorder = QPushButton(), Stage(), Recorder()
    button.setCheckable(True)
    for part in (button, stage):
        qtbot.addWidget(part)
    moment = datetime(2026, 3, 1, 12, 30, 5)
    film = RecordButton(button, stage, cast("Any", recorder), lambda: folder, lambda: moment)
    return film, button, stage, recorder


def test_a_film_is_named_after_the_moment(qtbot: QtBot, tmp_path: Path) -> None:
    film, button, stage, recorder = made(qtbot, tmp_path / "new")
    button.click()
    path = tmp_path / "new" / "understudy 2026-03-01 12.30.05.mp4"
    button.click()
    assert recorder.asked == [path, None]
    film.end(path, None)
    assert stage.message.startswith(f"Recorded: {path.name} <a href=")
    assert path.parent.as_uri() in stage.message
    assert not button.isChecked()


def test_a_film_that_broke_off_says_why(qtbot: QtBot, tmp_path: Path) -> None:
    film, button, stage, _ = made(qtbot, tmp_path)
    button.click()
    film.end(tmp_path, OSError("the disk is full"))
    assert stage.message == "The disk is full"


def test_a_folder_that_cannot_be_made_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    _, button, stage, recorder = made(qtbot, tmp_path / "file" / "films")
    button.click()
    assert "cannot be made" in stage.message
    assert "choose another folder" in stage.message
    assert (button.isChecked(), recorder.asked) == (False, [])
