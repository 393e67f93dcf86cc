"""Blending people who do not exist; those who are blended here are drawn."""

import csv
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
    RECIPES,
    BlendRecipe,
    BlendSource,
    blend_sources,
    control_points,
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
    face = _face(source)
    assert made.shape == (SIDE, SIDE, 3)
    assert psnr(made[face] * 255, source.picture[face] * 255) > 30


def test_a_blend_is_none_of_its_sources_and_owes_each_something() -> None:
    tints = ((1.0, 0.6, 0.6), (0.6, 1.0, 0.6), (0.6, 0.6, 1.0))
    sources = [_source(tint, 0.5 + 0.01 * i) for i, tint in enumerate(tints)]
    made = blend_sources(sources, RECIPE)
    face = _face(sources[1])
    for source in sources:
        assert psnr(made[face] * 255, source.picture[face] * 255) < 25
    mean = np.mean([source.picture[face].mean(0) for source in sources], axis=0)
    np.testing.assert_allclose(made[face].mean(0), mean, atol=0.05)


def test_hair_and_clothes_are_their_owners() -> None:
    tints = ((1.0, 0.5, 0.5), (0.5, 1.0, 0.5), (0.5, 0.5, 1.0))
    made = blend_sources([_source(tint) for tint in tints], RECIPE)
    hair = made[round(0.13 * SIDE) : round(0.18 * SIDE), SIDE // 2 - 5 : SIDE // 2 + 5].mean((0, 1))
    clothes = made[round(0.93 * SIDE) :, SIDE // 2 - 30 : SIDE // 2 + 30].mean((0, 1))
    plain = _source((1, 1, 1)).picture
    seen = plain[round(0.93 * SIDE) :, SIDE // 2 - 30 : SIDE // 2 + 30].mean((0, 1))
    assert (clothes / seen).argmax() == RECIPE.clothes_source
    assert hair.argmax() != 2
    assert hair[1] > 0.9 * hair[0]


def _face(source: BlendSource) -> NDArray[np.bool_]:
    """Which pixels lie well within the face."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    middle = source.landmarks[list(OVAL)].mean(0)
    away = np.hypot((x - middle[0]) / 0.25, (y - middle[1]) / 0.35)
    return np.asarray(away < FACE_HEIGHT * SIDE)
