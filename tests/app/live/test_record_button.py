"""Films get a name of their own, and people hear where they are or why there is none."""

from datetime import datetime
from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.live.record_button import RecordButton
from app.parts.icons import IconButton
from app.parts.notice import Kind, Notice


class Recorder:
    """Keeps what it is asked to record into."""

    def __init__(self) -> None:
        self.asked: list[Path | None] = []

    def record(self, path: Path | None) -> None:
        self.asked.append(path)


class Made:
    """A button that records, what it tells, and a clock that is set by hand."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.below, self.button, self.recorder = QWidget(), IconButton("circle"), Recorder()
        self.notice, self.time = Notice(self.below), 0.0
        self.button.setCheckable(True)
        for part in (self.button, self.below):
            qtbot.addWidget(part)
        moment = datetime(2026, 3, 1, 12, 30, 5)
        self.film = RecordButton(
            self.button,
            self.notice,
            self.recorder.record,
            lambda: folder,
            lambda: moment,
            lambda: self.time,
        )


def test_a_film_is_named_after_the_moment(qtbot: QtBot, tmp_path: Path) -> None:
    made = Made(qtbot, tmp_path / "new")
    made.button.click()
    path = tmp_path / "new" / "understudy 2026-03-01 12.30.05.mp4"
    made.button.click()
    assert made.recorder.asked == [path, None]
    made.film.end(path, None)
    assert made.notice.message.startswith(f"Recorded: {path.name} <a href=")
    assert path.parent.as_uri() in made.notice.message
    assert made.notice.kind is Kind.GOOD
    assert not made.button.isChecked()


def test_while_it_records_the_button_says_how_long(qtbot: QtBot, tmp_path: Path) -> None:
    made = Made(qtbot, tmp_path)
    made.time = 100.0
    made.button.click()
    assert made.button.text().replace("&", "") == "Stop recording 00:00"
    made.time += 75
    made.film.tick()
    assert made.button.text().replace("&", "") == "Stop recording 01:15"
    made.button.click()
    assert made.button.text().replace("&", "") == "Record"


def test_a_film_that_broke_off_says_why(qtbot: QtBot, tmp_path: Path) -> None:
    made = Made(qtbot, tmp_path)
    made.button.click()
    made.film.end(tmp_path, OSError("the disk is full"))
    assert made.notice.message == "The disk is full"


def test_a_folder_that_cannot_be_made_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    made = Made(qtbot, tmp_path / "file" / "films")
    made.button.click()
    assert "cannot be made" in made.notice.message
    assert "choose another folder" in made.notice.message
    assert (made.button.isChecked(), made.recorder.asked) == (False, [])
