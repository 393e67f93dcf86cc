"""What a profile must say."""

from pathlib import Path

import pytest

from core.profile import Framing, Profile


def profile(references: int = 1, consent: str = "I agreed") -> Profile:
    return Profile("ann", "Ann", (Path("a.png"),) * references, consent)


def test_one_to_three_pictures_and_a_consent_make_a_profile() -> None:
    assert [len(profile(n).references) for n in (1, 2, 3)] == [1, 2, 3]


@pytest.mark.parametrize("count", [0, 4])
def test_another_number_of_pictures_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"has {count} reference pictures"):
        profile(count)


@pytest.mark.parametrize("consent", ["", "  \n"])
def test_without_consent_there_is_no_profile(consent: str) -> None:
    with pytest.raises(ValueError, match="names no consent"):
        profile(consent=consent)


@pytest.mark.parametrize(
    ("framing", "complaint"),
    [
        ({"fit": "stretch"}, "'stretch' is not one of fill, letterbox, surround"),
        ({"zoom": 0.5}, "zoom 0.5"),
        ({"zoom": 9.0}, "zoom 9.0"),
        ({"x": 1.5}, "not inside the picture"),
        ({"y": float("nan")}, "not inside the picture"),
    ],
)
def test_a_framing_outside_the_picture_is_refused(
    framing: dict[str, float], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Framing(**framing)  # type: ignore[arg-type]
