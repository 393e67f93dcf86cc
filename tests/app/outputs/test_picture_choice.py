"""What is shown of the photo, and how large."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.outputs.picture_choice import PictureChoice
from core.profile import Framing, Profile
from core.video import VideoFormat

ANN = Profile("ann", "Ann", (Path("a.png"),), "me", Framing(0.4, 0.3, 2.0, "letterbox"))


def test_a_fit_changes_nothing_else_of_the_framing(qtbot: QtBot) -> None:
    choice = PictureChoice()
    qtbot.addWidget(choice)
    assert choice.framed(ANN) is ANN
    choice.set_size(1080, "fill")
    assert choice.framed(ANN).framing == Framing(0.4, 0.3, 2.0, "fill")
    assert choice.format() == VideoFormat(1920, 1080)


def test_what_is_unknown_becomes_the_first(qtbot: QtBot) -> None:
    choice = PictureChoice()
    qtbot.addWidget(choice)
    choice.set_size(5, "stretch")
    assert (choice.format(), choice.fit) == (VideoFormat(1280, 720), "")
