"""The key is the same everywhere and for ever, and carries a version."""

import hashlib

import numpy as np
import pytest

from core.watermark.key import (
    BAND,
    FIRST_BAND,
    GRID,
    STEPS,
    Version,
    draw_key,
    mirror,
    payload_shift,
    shift_by,
    tile,
)


@pytest.mark.parametrize(
    ("band", "counts", "digest"),
    [(FIRST_BAND, [649, 204], "c42e2c0752a9a10b"), (BAND, [1447, 454], "8055d8db73c2be25")],
)
def test_the_key_is_the_one_that_all_versions_have_embedded(
    band: tuple[float, float], counts: list[int], digest: str
) -> None:
    """Who breaks this loses every film that was ever made."""
    key = draw_key(band=band)
    there = np.stack([np.abs(part) > 0 for part in key])
    phases = np.where(there, np.round(np.angle(np.stack(key)) * 1000) + 0.0, 0).astype("<i2")
    assert there.sum(axis=(1, 2)).tolist() == counts
    assert hashlib.sha256(phases.tobytes()).hexdigest()[:16] == digest


def test_the_two_tiles_share_no_frequency() -> None:
    key = draw_key()
    assert not (np.abs(key.anchor) * np.abs(key.payload)).any()
    sizes = np.abs(key.anchor + key.payload)
    np.testing.assert_allclose(sizes[sizes > 0], 1)


def test_other_words_give_another_key() -> None:
    ours, other = draw_key().anchor, draw_key("made by somebody else").anchor
    assert abs(np.vdot(ours, other)) < 0.2 * abs(np.vdot(ours, ours))


def test_a_spectrum_is_shifted_as_its_tile_is() -> None:
    anchor = draw_key().anchor
    moved = np.fft.irfft2(shift_by(anchor, 5, 90), (GRID, GRID))
    expected = np.roll(np.fft.irfft2(anchor, (GRID, GRID)), (5, 90), (0, 1))
    np.testing.assert_allclose(moved, expected, atol=1e-12)


def test_the_mirror_image_of_a_tile_has_the_mirrored_spectrum() -> None:
    key = draw_key()
    whole = key.anchor + key.payload
    image = np.fft.irfft2(whole, (GRID, GRID))[:, ::-1]
    np.testing.assert_allclose(np.fft.irfft2(mirror(whole), (GRID, GRID)), image, atol=1e-12)


@pytest.mark.parametrize("fineness", [2, 4])
def test_a_finer_tile_is_the_same_one(fineness: int) -> None:
    version = Version(1, 2)
    coarse, fine = tile(version, GRID), tile(version, fineness * GRID)
    np.testing.assert_allclose(fine[::fineness, ::fineness], coarse, atol=1e-2)


@pytest.mark.parametrize("side", [48, 90, GRID, 180, 270])
def test_a_tile_of_any_side_is_noise(side: int) -> None:
    noise = tile(Version(1, 2), side)
    assert noise.shape == (side, side)
    assert abs(float(noise.mean())) < 1e-3
    assert float(noise.std()) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("0.1.0", (0, 1)),
        ("3.11", (3, 11)),
        ("2", (2, 0)),
        ("?", (0, 0)),
        ("17.4rc1", (1, 0)),
        ("", (0, 0)),
    ],
)
def test_a_version_is_as_much_of_the_programs_as_can_be_carried(
    text: str, version: tuple[int, int]
) -> None:
    assert Version.parse(text) == version


def test_every_version_has_a_shift_of_its_own() -> None:
    shifts = {payload_shift(Version(a, b)) for a in range(STEPS) for b in range(STEPS)}
    assert len(shifts) == STEPS**2
    assert max(max(shift) for shift in shifts) < GRID
