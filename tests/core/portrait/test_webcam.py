"""A webcam to take a photo with."""

import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.portrait.webcam import WebcamError, list_webcams, open_webcam


class Capture:
    """OpenCV's, with blue pictures of which two come."""

    def __init__(self, index: int) -> None:
        self.index, self.left, self.released = index, 2, False
        self.asked: list[tuple[int, float]] = []

    def isOpened(self) -> bool:
        return self.index < 2

    def set(self, name: int, value: float) -> None:
        self.asked.append((name, value))

    def read(self) -> tuple[bool, object]:
        self.left -= 1
        blue = np.zeros((4, 6, 3), np.uint8)
        blue[..., 0] = 255
        return (True, blue) if self.left >= 0 else (False, None)

    def release(self) -> None:
        self.released = True


def test_pictures_come_in_our_colours_until_it_is_unplugged() -> None:
    with closing(open_webcam(0, Capture)) as webcam:
        for _ in range(2):
            assert webcam.read()[0, 0].tolist() == [0, 0, 255]
        with pytest.raises(WebcamError, match="unplugged"):
            webcam.read()


def test_one_that_is_not_there_is_told_and_let_go() -> None:
    made: list[Capture] = []

    def capture(index: int) -> Capture:
        made.append(Capture(index))
        return made[-1]

    with pytest.raises(WebcamError, match="privacy settings"):
        open_webcam(7, capture)
    assert made[0].released


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells their names")
def test_webcams_are_listed_without_virtual_ones(tmp_path: Path) -> None:
    nodes = {
        "video10": ("Understudy", "0"),
        "video2": ("HD Webcam", "0"),
        "video3": ("HD Webcam", "1"),
        "video0": ("OBS Virtual Camera", "0"),
    }
    for name, (title, index) in nodes.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "name").write_text(f"{title}\n")
        (tmp_path / name / "index").write_text(f"{index}\n")
    assert [(w.index, w.title) for w in list_webcams(tmp_path)] == [(2, "HD Webcam")]
    assert list_webcams(tmp_path / "nothing") == []
