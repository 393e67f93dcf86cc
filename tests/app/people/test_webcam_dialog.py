"""A photo is taken with whatever webcam there is."""

import threading
from pathlib import Path

import numpy as np
from PIL import Image
from pytestqt.qtbot import QtBot

from app.parts.preview import Preview
from app.people.webcam_dialog import WebcamDialog
from core.portrait.webcam import Webcam, WebcamError, WebcamName
from core.video import Picture
from tests.app.find import box, button, choose, part, press

TWO = [WebcamName(0, "Grey"), WebcamName(3, "Broken")]


class Grey:
    """Gives grey pictures, without end."""

    closed = 0

    def read(self) -> Picture:
        threading.Event().wait(0.01)
        return np.full((60, 80, 3), 120, np.uint8)

    def close(self) -> None:
        Grey.closed += 1


def open_(index: int) -> Webcam:
    if index == 3:
        raise WebcamError("the webcam cannot be opened: close the programs that use it")
    return Grey()


def test_what_is_seen_is_taken(qtbot: QtBot, tmp_path: Path) -> None:
    before = Grey.closed
    dialog = WebcamDialog(tmp_path, None, lambda: TWO[:1], open_)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not box(dialog, "Webcam").isVisible()
    qtbot.waitUntil(button(dialog, "Take photo").isEnabled)
    press(dialog, "Take photo")
    assert dialog.photo is not None
    with Image.open(dialog.photo) as file:
        assert (np.asarray(file) == 120).all()
    assert part(dialog, Preview).mirrored
    assert Grey.closed == before + 1
    assert not [t for t in threading.enumerate() if t.name == "webcam"]


def test_one_that_cannot_be_opened_is_told_and_another_can_be_chosen(
    qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = WebcamDialog(tmp_path, None, lambda: TWO, open_)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(button(dialog, "Take photo").isEnabled)
    choose(dialog, "Webcam", "Broken")
    qtbot.waitUntil(lambda: "cannot be opened" in part(dialog, Preview).hint)
    assert not button(dialog, "Take photo").isEnabled()
    choose(dialog, "Webcam", "Grey")
    qtbot.waitUntil(button(dialog, "Take photo").isEnabled)
    dialog.reject()
    assert dialog.photo is None


def test_without_any_it_says_what_to_do(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = WebcamDialog(tmp_path, None, list, open_)
    qtbot.addWidget(dialog)
    assert "Plug one in" in part(dialog, Preview).hint
    dialog.reject()
