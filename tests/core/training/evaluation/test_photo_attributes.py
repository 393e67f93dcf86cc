"""Groups of portraits that are known."""

import pytest
import torch

from core.training.evaluation.photo_attributes import cheek_colour, photo_attributes, typology_angle


def face(nose: float) -> torch.Tensor:
    landmarks = torch.zeros(478, 2)
    landmarks[234], landmarks[454] = torch.tensor([-0.5, 0]), torch.tensor([0.5, 0])
    landmarks[1] = torch.tensor([nose, 0.1])
    return landmarks


def photo(red: int, green: int, blue: int) -> torch.Tensor:
    return (torch.tensor([red, green, blue]) / 127.5 - 1)[:, None, None].expand(-1, 64, 64)


@pytest.mark.parametrize(
    ("colour", "group"),
    [
        ((240, 200, 180), "skin light"),
        ((200, 150, 115), "skin medium"),
        ((90, 60, 45), "skin dark"),
    ],
)
def test_skin_is_told_by_its_colour(colour: tuple[int, int, int], group: str) -> None:
    assert photo_attributes(photo(*colour), face(0.0)) == (group, "head straight")


def test_a_nose_off_the_middle_turns_the_head() -> None:
    assert photo_attributes(photo(240, 200, 180), face(0.2))[1] == "head turned"
    assert photo_attributes(photo(240, 200, 180), face(-0.2))[1] == "head turned"


def test_a_known_colour_has_its_known_angle() -> None:
    # L* 71.0, a* 15.9, b* 22.2 by CIE's formulas for sRGB (220, 163, 134).
    assert typology_angle(torch.tensor([220, 163, 134]) / 255) == pytest.approx(43.3, abs=1.5)


def test_the_cheeks_are_looked_at_even_at_the_picture_s_edge() -> None:
    landmarks = face(0.0)
    landmarks[50] = torch.tensor([-1.5, 2.0])
    assert cheek_colour(photo(100, 90, 80), landmarks).tolist() == pytest.approx(
        [100 / 255, 90 / 255, 80 / 255], abs=1e-3
    )
