"""What is wanted behind the person."""

import pytest

from core.look import AS_PHOTO, Background, parse_background


@pytest.mark.parametrize("text", ["", "red", "#12345", "#12345g", "/no/such/file.jpg"])
def test_what_names_no_background_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="background"):
        parse_background(text)


def test_words_name_the_photo_and_its_blur() -> None:
    assert parse_background("photo") == AS_PHOTO
    assert parse_background("blurred").kind == "blurred"


def test_a_kind_nobody_knows_and_no_picture_are_refused() -> None:
    with pytest.raises(ValueError, match="not one of photo"):
        Background("hologram")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no picture is chosen"):
        Background("picture")
