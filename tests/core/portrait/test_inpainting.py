"""What is seen where the person was."""

import numpy as np

from core.portrait.inpainting import fill_with_texture, inpaint_person, nearest_known, pull_push
from tests.core.puppet.faces import Drawn


def test_behind_the_person_is_what_is_around_them(ann: Drawn) -> None:
    photo, red = ann.photo.copy(), np.array([255, 0, 0])
    photo[ann.matte > 0.1] = red
    empty = inpaint_person(photo, ann.matte).astype(int)
    inside, outside = ann.matte > 0.99, ann.matte < 0.01
    assert (empty[ann.matte < 0.5] == photo[ann.matte < 0.5]).all()
    wall = photo[outside]
    low, high = wall.min(0).astype(int) - 10, wall.max(0).astype(int) + 10
    assert ((empty[inside] >= low) & (empty[inside] <= high)).mean() > 0.99


def test_a_person_who_leaves_no_background_is_left_where_they_are() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (50, 60, 3)).astype(np.uint8)
    assert (inpaint_person(photo, np.ones((50, 60), np.float32)) == photo).all()


def test_what_is_known_stays_and_the_rest_lies_between() -> None:
    random = np.random.default_rng(1)
    picture = random.uniform(50, 90, (37, 53, 3)).astype(np.float32)
    known = (random.random((37, 53)) < 0.1).astype(np.float32)
    hidden = np.where(known[..., None] > 0, picture, 1000).astype(np.float32)
    filled = pull_push(hidden, known)
    assert (filled[known > 0] == picture[known > 0]).all()
    assert filled.min() >= 49.9
    assert filled.max() <= 90.1


def test_a_hole_gets_texture_like_what_is_around_it() -> None:
    picture = np.random.default_rng(2).uniform(60, 200, (120, 160, 3)).astype(np.float32)
    known = np.ones((120, 160), bool)
    known[50:70, 70:90] = False
    filled = fill_with_texture(np.where(known[..., None], picture, 0).astype(np.float32), known)
    assert (filled[known] == picture[known]).all()
    assert filled[~known].std() > 0.5 * picture.std()
    assert abs(float(filled[~known].mean() - picture.mean())) < 10


def test_the_nearest_known_pixel_is_found() -> None:
    known = np.zeros((20, 30), bool)
    known[4, 7] = known[15, 22] = True
    away, nearest = nearest_known(known)
    assert nearest[6, 9].tolist() == [7, 4]
    assert nearest[19, 29].tolist() == [22, 15]
    assert away[4, 7] == 0
