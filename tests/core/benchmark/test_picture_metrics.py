"""Each figure sees the fault it is named for, and nothing where there is none."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.benchmark.picture_metrics import lid_steps, old_background, psnr, seam, specks
from core.portrait.placement import PhotoPlacement
from core.video import Picture

GREEN = (0, 177, 64)


def noisy(height: int, width: int, amount: int = 8) -> Picture:
    random = np.random.default_rng(3)
    return (120 + random.integers(-amount, amount + 1, (height, width, 3))).astype(np.uint8)


def test_equal_pictures_have_the_best_psnr_and_a_wrong_level_costs() -> None:
    assert psnr(noisy(9, 9), noisy(9, 9)) == 99
    assert psnr(np.full((9, 9, 3), 100, np.uint8), np.full((9, 9, 3), 110, np.uint8)) == (
        pytest.approx(28.13, abs=0.01)
    )


def test_a_white_wire_between_dark_lips_is_specks_and_a_dark_one_is_not() -> None:
    rest = noisy(40, 80)
    white, dark = rest.copy(), rest.copy()
    white[20, 10:70], dark[20, 10:70] = 230, 10
    assert specks(rest, rest) == 0
    assert specks(rest, dark) == 0
    assert specks(rest, white) == pytest.approx(1000 * 60 / 3200)


def test_a_bright_lip_that_moves_is_no_speck() -> None:
    rest = noisy(40, 80)
    moved = rest.copy()
    moved[25:, 10:70] = 220
    assert specks(rest, moved) == 0


def eye(edge: NDArray[np.float64]) -> Picture:
    """Return skin (40, 80) with a dark line of lashes at `edge`, to a fraction of a pixel."""
    rows = np.arange(40)[:, None]
    line = np.exp(-(((rows - edge) / 1.2) ** 2))
    return np.repeat((190 - 150 * line).astype(np.uint8)[..., None], 3, axis=2)


def test_a_bow_has_no_steps_and_stairs_have() -> None:
    bow = 22 + 8 * (1 - np.linspace(-1, 1, 80) ** 2)
    assert lid_steps(eye(bow)) < 0.1
    assert lid_steps(eye(np.round(bow / 2) * 2)) > 0.5


def test_a_photo_that_fills_the_frame_has_no_seam_and_a_smear_beside_it_has() -> None:
    frame = noisy(90, 200)
    assert seam(frame, PhotoPlacement(1.0, 0, 0), 200) == (1.0, 1.0)
    smeared = frame.copy()
    smeared[:, :60] = smeared[:, 60:61] + np.uint8(30)
    jump, blur = seam(smeared, PhotoPlacement(1.0, 60, 0), 140)
    assert jump > 3
    assert blur > 10
    assert seam(frame, PhotoPlacement(1.0, 60, 0), 80)[0] < 1.5


def test_the_old_background_is_told_from_the_new() -> None:
    ramp = np.clip((np.arange(80) - 30) / 20, 0, 1).astype(np.float32)
    matte = np.tile(ramp, (60, 1))
    person, old, new = ((200, 150, 120), (40, 60, 160), GREEN)
    photo = np.asarray(matte[..., None] * person + (1 - matte[..., None]) * old, np.uint8)
    clean = np.asarray(matte[..., None] * person + (1 - matte[..., None]) * new, np.uint8)
    halo = np.asarray(matte[..., None] * photo + (1 - matte[..., None]) * new, np.uint8)
    place = PhotoPlacement(1.0, 0, 0)
    assert old_background(clean, photo, matte, place, GREEN) < 0.02
    assert old_background(halo, photo, matte, place, GREEN) > 0.1
