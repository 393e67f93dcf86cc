"""From a coarse matte to the person's own edge."""

import cv2
import numpy as np

from core.portrait.matte_refinement import guided_filter, refine_matte
from core.video import Picture
from tests.core.puppet.faces import Drawn


def _before_a_plain_wall(drawn: Drawn) -> Picture:
    share = drawn.matte[..., None]
    wall = np.random.default_rng(4).normal((150, 190, 160), 4, drawn.photo.shape)
    person = np.where(share > 0, drawn.photo, wall)
    return (person * share + wall * (1 - share)).round().clip(0, 255).astype(np.uint8)


def test_a_coarse_matte_finds_the_edge(ann: Drawn) -> None:
    photo = _before_a_plain_wall(ann)
    coarse = cv2.GaussianBlur(np.roll(ann.matte, 4, axis=1), (0, 0), 4).astype(np.float32)
    refined = refine_matte(photo, coarse, ann.landmarks)
    assert np.abs(refined - ann.matte).mean() < 0.5 * np.abs(coarse - ann.matte).mean()
    assert 0 <= refined.min() <= refined.max() <= 1


def test_something_beside_the_head_is_let_go(ann: Drawn) -> None:
    """The coarse matte has a tower on the head, with the wall's colours."""
    photo, coarse = _before_a_plain_wall(ann), ann.matte.copy()
    top = int(np.flatnonzero((ann.matte > 0.5).any(1))[0])
    coarse[: top + 4, 104:136] = 0.9
    refined = refine_matte(photo, coarse, ann.landmarks)
    assert refined[: max(1, top - 8), 104:136].mean() < 0.1


def test_the_same_photo_gets_the_same_matte(ann: Drawn) -> None:
    once, again = (refine_matte(ann.photo, ann.matte, ann.landmarks) for _ in range(2))
    assert (once == again).all()


def test_where_nothing_is_behind_the_person_the_matte_stays(ann: Drawn) -> None:
    whole = np.ones_like(ann.matte)
    assert (refine_matte(ann.photo, whole, ann.landmarks) == 1).all()


def test_a_guided_filter_smooths_but_keeps_the_guides_edge() -> None:
    guide = np.where(np.arange(60) < 30, 20, 220).astype(np.float32)[None].repeat(40, 0)
    noisy = (guide > 100) + np.random.default_rng(6).normal(0, 0.1, guide.shape)
    clean = guided_filter(noisy.astype(np.float32), guide, 4, 6.0)
    assert np.abs(clean - (guide > 100)).mean() < 0.5 * np.abs(noisy - (guide > 100)).mean()
    assert clean[20, 29] < 0.2 < 0.8 < clean[20, 30]
