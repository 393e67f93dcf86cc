"""Blending people who do not exist; those who are blended here are drawn."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.perception.face.topology import CHIN, FOREHEAD, OVAL
from core.pixels import blurred
from core.training import people
from core.training.people import (
    FACE_CENTRE,
    FACE_HEIGHT,
    HAIR_RAYS,
    LANDMARKS,
    RECIPES,
    BlendRecipe,
    BlendSource,
    blend_pyramids,
    blend_sources,
    control_points,
    lay_in,
    read_source,
    warp_source,
)
from tests.core.puppet.faces import draw, psnr

SIDE = 192
RECIPE = BlendRecipe("nobody", ("a", "b", "c"), hair_source=1, clothes_source=2)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A canvas of 768 pixels would take seconds."""
    monkeypatch.setattr(people, "SIDE", SIDE)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """One portrait of a face that leans, and one that lies elsewhere."""
    (tmp_path / "portraits" / "drawn").mkdir(parents=True)
    (tmp_path / "mattes" / "drawn").mkdir(parents=True)
    rows, faces = [], []
    for name, size, x, angle in (("a", 100.0, 0.5, 20.0), ("b", 80.0, 0.45, 0.0)):
        drawn = draw(256, 256, size, x)
        turned = Image.fromarray(drawn.photo).rotate(-angle, Image.Resampling.BICUBIC)
        turned.save(tmp_path / "portraits" / "drawn" / f"{name}.jpg", quality=95)
        matte = Image.fromarray((drawn.matte * 255).astype(np.uint8)).rotate(-angle)
        matte.resize((128, 128)).save(tmp_path / "mattes" / "drawn" / f"{name}.png")
        shares = (drawn.landmarks + np.array([0.5, 0.5, 0.0], np.float32)) / np.float32(256)
        faces.append(_rotated(shares, np.radians(angle)))
        rows.append({"id": name, "file": f"portraits/drawn/{name}.jpg"})
    np.savez(tmp_path / "portraits.npz", landmarks=np.array(faces))
    with (tmp_path / "portraits.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["id", "file"])
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path


def _rotated(points: people.FloatImage, angle: float) -> people.FloatImage:
    """Turn shares of a picture's side clockwise about its middle."""
    cos, sin = np.cos(angle), np.sin(angle)
    flat = (points[:, :2] - 0.5) @ np.array([[cos, sin], [-sin, cos]]) + 0.5
    return np.concatenate([flat, points[:, 2:]], axis=1).astype(np.float32)


def _source(
    tint: tuple[float, float, float], x: float = FACE_CENTRE[0], size: float = FACE_HEIGHT
) -> BlendSource:
    drawn = draw(SIDE, SIDE, size * SIDE, x, FACE_CENTRE[1])
    picture = drawn.photo.astype(np.float32) / np.float32(255) * np.array(tint, np.float32)
    known = np.ones((SIDE, SIDE), np.float32)
    return BlendSource(picture.astype(np.float32), drawn.matte, known, drawn.landmarks[:, :2])


def test_nobody_is_made_of_fewer_than_four() -> None:
    assert [recipe.name for recipe in RECIPES] == ["mira", "theo", "ines", "leo"]
    for recipe in RECIPES:
        assert len(set(recipe.sources)) == len(recipe.sources) >= 4
        assert 0 <= recipe.hair_source < len(recipe.sources)
        assert 0 <= recipe.clothes_source < len(recipe.sources)
    everyone = [source for recipe in RECIPES for source in recipe.sources]
    assert len(set(everyone)) == len(everyone)


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_face_is_brought_upright_to_its_place(corpus: Path, name: str) -> None:
    source = read_source(corpus, name)
    up = source.landmarks[FOREHEAD] - source.landmarks[CHIN]
    assert abs(up[0]) < 0.01 * SIDE
    assert -up[1] == pytest.approx(FACE_HEIGHT * SIDE, rel=0.01)
    middle = source.landmarks[list(OVAL)].mean(0)
    np.testing.assert_allclose(middle, np.array(FACE_CENTRE) * SIDE, atol=0.5)
    wanted = _source((1, 1, 1))
    inside = wanted.matte > 0.99
    assert psnr(source.picture[inside] * 255, wanted.picture[inside] * 255) > 21
    assert source.matte[inside].mean() > 0.98
    assert source.picture.shape == (SIDE, SIDE, 3)


def test_a_source_knows_where_its_picture_ends(corpus: Path) -> None:
    known = read_source(corpus, "a").coverage
    assert known[SIDE // 2, SIDE // 2] > 0.999
    assert known.min() == 0
    assert known.mean() > 0.5


def test_handles_mean_the_same_on_everyone() -> None:
    one, other = control_points(_source((1, 1, 1))), control_points(_source((1, 1, 1), x=0.54))
    assert one.shape == other.shape
    shift = (other - one).mean(0)
    assert shift[0] == pytest.approx(0.04 * SIDE, rel=0.3)
    assert abs(shift[1]) < 1


def test_bending_brings_the_points_where_they_are_wanted() -> None:
    source = _source((1, 1, 1))
    at = control_points(source)
    wanted = (at * 1.03 - 0.03 * at.mean(0) + [3, -2]).astype(np.float32)
    bent = warp_source(source, at, wanted)
    assert (bent.landmarks == wanted).all()
    for i in (0, 40, 90):
        (x, y), (new_x, new_y) = at[i].round().astype(int), wanted[i].round().astype(int)
        here, there = (blurred(s.picture, 2.0) for s in (source, bent))
        np.testing.assert_allclose(there[new_y, new_x], here[y, x], atol=0.08)


def test_the_same_person_three_times_is_that_person() -> None:
    source = _source((1, 1, 1))
    made = blend_sources([source] * 3, RECIPE)
    assert made.shape == (162, 288, 3)
    made, face = _middle(made), _face(source)
    assert psnr(made[face] * 255, source.picture[face] * 255) > 30


def test_a_blend_is_none_of_its_sources_and_owes_each_something() -> None:
    tints = ((1.0, 0.6, 0.6), (0.6, 1.0, 0.6), (0.6, 0.6, 1.0))
    sources = [_source(tint, 0.5 + 0.01 * i) for i, tint in enumerate(tints)]
    made, face = _middle(blend_sources(sources, RECIPE)), _face(sources[1])
    for source, most in zip(sources, (25, 36, 25), strict=True):  # the second owns the complexion
        assert psnr(made[face] * 255, source.picture[face] * 255) < most
    others = [_source(tints[0], 0.5), sources[1], _source(tints[2], 0.52, FACE_HEIGHT * 0.97)]
    assert abs(made - _middle(blend_sources(others, RECIPE)))[face].max() > 0.02


def test_the_complexion_is_that_of_the_hair_s_owner() -> None:
    """A face of five complexions on the neck of one would show its edge."""
    tints = ((1.0, 0.8, 0.8), (0.9, 0.8, 0.7), (0.8, 0.8, 1.0))
    sources = [_source(tint) for tint in tints]
    made, face = _middle(blend_sources(sources, RECIPE)), _face(sources[1])
    np.testing.assert_allclose(made[face].mean(0), sources[1].picture[face].mean(0), atol=0.02)


def test_a_face_is_laid_in_without_a_seam() -> None:
    """What is brighter all over becomes as bright as its surroundings; what it shows stays."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / np.float32(SIDE)
    mask = (1 - np.clip((np.hypot(x - 0.5, y - 0.5) - 0.2) / 0.05, 0, 1))[..., None]
    owner = np.full((SIDE, SIDE, 3), 0.5, np.float32)
    spot = 0.04 * np.exp(-((x - 0.5) ** 2 + (y - 0.5) ** 2) / 0.002)[..., None]
    made = lay_in((owner + 0.08 + spot).astype(np.float32), owner, mask.astype(np.float32))
    np.testing.assert_allclose(made - spot, owner, atol=0.012)
    assert abs(np.diff(made - spot, axis=1)).max() < 2e-3


def test_where_a_face_and_its_owner_show_different_things_the_owner_s_is_kept() -> None:
    mask = np.ones((SIDE, SIDE, 1), np.float32)
    mask[:8] = mask[-8:] = mask[:, :8] = mask[:, -8:] = 0
    owner = np.full((SIDE, SIDE, 3), 0.7, np.float32)
    owner[60:100, 60:130] = 0.1  # hair over a forehead
    made = lay_in(np.full_like(owner, 0.72), owner, mask)
    np.testing.assert_allclose(made[70:90, 70:120], owner[70:90, 70:120], atol=0.03)


def test_bands_are_blended_the_wider_the_coarser_they_are() -> None:
    black, white = (np.full((SIDE, SIDE, 3), level, np.float32) for level in (0.2, 0.8))
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[SIDE // 2 :] = 1
    made = blend_pyramids(black, white, mask)
    np.testing.assert_allclose(made[[0, -1]], [black[0], white[0]], atol=0.01)
    assert abs(np.diff(made, axis=0)).max() < 0.04


def test_a_crown_that_the_picture_cuts_has_its_neighbours_height() -> None:
    """The matte goes on above the picture, more than half or less as chance will have it."""
    whole = _source((1, 1, 1))
    for beyond in (0.49, 0.51):
        matte, coverage = whole.matte.copy(), whole.coverage.copy()
        coverage[: round(0.2 * SIDE)] = 0
        matte[: round(0.2 * SIDE)] = beyond
        cut = control_points(BlendSource(whole.picture, matte, coverage, whole.landmarks))
        away = np.linalg.norm(cut - whole.landmarks[list(OVAL)].mean(0), axis=1)
        assert away.max() < 0.75 * SIDE
        outline = cut[len(LANDMARKS) : len(LANDMARKS) + HAIR_RAYS]
        assert np.linalg.norm(np.diff(outline, axis=0), axis=1).max() < 0.12 * SIDE


def test_a_little_noise_in_the_mattes_makes_no_other_person() -> None:
    sources = [_source((1, 1 - 0.1 * i, 1), 0.5 + 0.01 * i) for i in range(3)]
    noise = np.random.default_rng(0).normal(0, 1e-3, (3, SIDE, SIDE)).astype(np.float32)
    shaken = [replace(s, matte=s.matte + n) for s, n in zip(sources, noise, strict=True)]
    made, again = blend_sources(sources, RECIPE), blend_sources(shaken, RECIPE)
    assert psnr(made * 255, again * 255) > 45


def test_shoulders_that_the_source_cuts_are_rounded_off() -> None:
    source = _source((1, 1, 1))
    matte, coverage = np.zeros((2, SIDE, SIDE), np.float32)
    coverage[:, 12:-12], matte[140:] = 1, 1
    matte[:, 60:130] = 1
    made = people._round_off(matte, coverage, control_points(source))
    assert (made[150:160, 96] == 1).all()
    assert made[141, 14] < 0.1
    assert made[141, 50] > 0.9
    assert made[:, :10].max() < 0.1


def test_hair_and_clothes_are_their_owners() -> None:
    tints = ((1.0, 0.5, 0.5), (0.5, 1.0, 0.5), (0.5, 0.5, 1.0))
    made = _middle(blend_sources([_source(tint) for tint in tints], RECIPE))
    hair = made[round(0.13 * SIDE) : round(0.18 * SIDE), SIDE // 2 - 5 : SIDE // 2 + 5].mean((0, 1))
    clothes = made[round(0.80 * SIDE) : 162, SIDE // 2 - 30 : SIDE // 2 + 30].mean((0, 1))
    plain = _source((1, 1, 1)).picture
    seen = plain[round(0.80 * SIDE) : 162, SIDE // 2 - 30 : SIDE // 2 + 30].mean((0, 1))
    assert (clothes / seen).argmax() == RECIPE.clothes_source
    assert hair.argmax() != 2
    assert hair[1] > 0.9 * hair[0]


def _middle(made: people.FloatImage) -> people.FloatImage:
    """Return what is not beside the sources, as tall as they are."""
    beside = (made.shape[1] - SIDE) // 2
    return np.pad(made[:, beside:-beside], ((0, SIDE - len(made)), (0, 0), (0, 0)))


def _face(source: BlendSource) -> NDArray[np.bool_]:
    """Which pixels lie well within the face."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    middle = source.landmarks[list(OVAL)].mean(0)
    away = np.hypot((x - middle[0]) / 0.25, (y - middle[1]) / 0.35)
    return np.asarray(away < FACE_HEIGHT * SIDE)
