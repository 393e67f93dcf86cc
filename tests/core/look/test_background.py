"""What is seen behind the person."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.look.background import AS_PHOTO, Background, covering, parsed
from core.photo.load import BadPhoto
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
    assert AS_PHOTO.plate(WIDE, lambda: behind) is behind
    assert not AS_PHOTO.replaced


def test_blurred_keeps_the_light_and_loses_the_edge() -> None:
    plate = Background("blurred").plate(WIDE, halves)
    assert plate.shape == (90, 160, 3)
    assert np.abs(np.diff(plate[45, :, 0].astype(int))).max() < 60
    assert abs(float(plate.mean()) - 127.5) < 4


def test_a_colour_fills_the_frame() -> None:
    plate = parsed("#0a141E").plate(WIDE, never)
    assert plate.shape == (90, 160, 3)
    assert (plate == (10, 20, 30)).all()


@pytest.mark.parametrize("size", [(400, 100), (100, 400), (160, 90), (1000, 900)])
def test_a_picture_of_any_shape_fills_the_frame_from_its_middle(
    size: tuple[int, int], tmp_path: Path
) -> None:
    Image.fromarray(halves(*size)).save(tmp_path / "beach.png")
    plate = parsed(str(tmp_path / "beach.png")).plate(WIDE, never)
    assert plate.shape == (90, 160, 3)
    assert plate[:, :70].max() < 40
    assert plate[:, 90:].min() > 215


def test_what_covers_is_never_smaller_than_the_frame() -> None:
    for width in range(64, 80):
        assert covering(halves(width, 77), 160, 90).shape == (90, 160, 3)


def test_a_picture_that_is_gone_is_told(tmp_path: Path) -> None:
    gone = Background("picture", picture=tmp_path / "beach.png")
    with pytest.raises(BadPhoto, match=r"beach\.png is not there"):
        gone.plate(WIDE, never)


@pytest.mark.parametrize("text", ["", "red", "#12345", "#12345g", "/no/such/file.jpg"])
def test_what_names_no_background_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="background"):
        parsed(text)


def test_words_name_the_photo_and_its_blur() -> None:
    assert parsed("photo") == AS_PHOTO
    assert parsed("blurred").kind == "blurred"


def test_a_kind_nobody_knows_and_no_picture_are_refused() -> None:
    with pytest.raises(ValueError, match="not one of photo"):
        Background("hologram")
    with pytest.raises(ValueError, match="no picture is chosen"):
        Background("picture")
