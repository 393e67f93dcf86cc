"""What is seen behind the person is painted."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.look import AS_PHOTO, Background, parse_background
from core.portrait.load import BadPhoto
from core.portrait.plate import crop_to_fill, render_plate
from core.video import Picture, VideoFormat

WIDE = VideoFormat(160, 90)


def halves(width: int = 160, height: int = 90) -> Picture:
    """Black on the left, white on the right."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, width // 2 :] = 255
    return picture


def never() -> Picture:
    raise AssertionError("nobody needs what the photo shows")


def test_as_in_the_photo_is_what_the_photo_shows() -> None:
    behind = halves()
    assert render_plate(AS_PHOTO, WIDE, lambda: behind) is behind
    assert not AS_PHOTO.replaced


def test_blurred_keeps_the_light_and_loses_the_edge() -> None:
    plate = render_plate(Background("blurred"), WIDE, halves)
    assert plate.shape == (90, 160, 3)
    assert np.abs(np.diff(plate[45, :, 0].astype(int))).max() < 60
    assert abs(float(plate.mean()) - 127.5) < 4


def test_a_colour_fills_the_frame() -> None:
    plate = render_plate(parse_background("#0a141E"), WIDE, never)
    assert plate.shape == (90, 160, 3)
    assert (plate == (10, 20, 30)).all()


@pytest.mark.parametrize("size", [(400, 100), (100, 400), (160, 90), (1000, 900)])
def test_a_picture_of_any_shape_fills_the_frame_from_its_middle(
    size: tuple[int, int], tmp_path: Path
) -> None:
    Image.fromarray(halves(*size)).save(tmp_path / "beach.png")
    plate = render_plate(parse_background(str(tmp_path / "beach.png")), WIDE, never)
    assert plate.shape == (90, 160, 3)
    assert plate[:, :70].max() < 40
    assert plate[:, 90:].min() > 215


def test_what_covers_is_never_smaller_than_the_frame() -> None:
    for width in range(64, 80):
        assert crop_to_fill(halves(width, 77), 160, 90).shape == (90, 160, 3)


def test_a_picture_that_is_gone_is_told(tmp_path: Path) -> None:
    gone = Background("picture", picture=tmp_path / "beach.png")
    with pytest.raises(BadPhoto, match=r"beach\.png is not there"):
        render_plate(gone, WIDE, never)
