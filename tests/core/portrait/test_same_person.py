"""Photos of one person are left alone however they are taken; other proportions are told."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.perception.face.topology import LANDMARK_COUNT, LIPS, RIGHT_UPPER_LID
from core.portrait.analysis import analyse
from core.portrait.same_person import PROPORTIONS, difference, people_hint, proportions
from plugins.profiles import open_built_in

Face = NDArray[np.float32]


def face(name: str) -> Face:
    """Return the landmarks of one of the cast."""
    profile = next(one for one in open_built_in().profiles()[0] if one.name == name)
    return analyse(profile).landmarks


def turned(landmarks: Face, angle: float, axis: int) -> Face:
    """Return a face that is turned about an axis."""
    one, other = (other for other in range(3) if other != axis)
    turn = np.eye(3)
    turn[[one, other], [one, other]] = np.cos(angle)
    turn[one, other], turn[other, one] = -np.sin(angle), np.sin(angle)
    return (landmarks @ turn).astype(np.float32)


def test_how_a_face_is_held_and_how_large_it_is_says_nothing() -> None:
    one = face("mira")
    others = [turned(one * np.float32(0.3) + 50, angle, axis) for angle, axis in
              ((0.4, 0), (-0.5, 1), (0.3, 2))]  # fmt: skip
    for other in others:
        assert difference(proportions(one), proportions(other)) == pytest.approx(0, abs=1e-3)


def test_a_face_is_the_same_from_its_other_side() -> None:
    one = face("mira")
    mirrored = one * np.array([-1, 1, 1], np.float32)
    other = mirrored.copy()
    for right, left in ((33, 263), (133, 362), (98, 327), (48, 278), (172, 397)):
        other[[right, left]] = mirrored[[left, right]]
    assert difference(proportions(one), proportions(other)) == pytest.approx(0, abs=1e-6)


def test_what_lips_and_lids_do_says_nothing() -> None:
    one = face("mira")
    other = one.copy()
    other[[*LIPS, *RIGHT_UPPER_LID], 1] += 30
    assert proportions(other) == proportions(one)


def test_photos_of_one_person_are_left_alone() -> None:
    random, one = np.random.default_rng(2), face("theo")
    size = np.ptp(one[:, 1])
    found = [
        proportions(turned(one, 0.2, axis) + random.normal(0, 0.004 * size, one.shape).astype("f"))
        for axis in range(3)
    ]
    assert people_hint(found) == ""


@pytest.mark.parametrize(("one", "other"), [("ines", "juno"), ("theo", "kai")])
def test_other_proportions_are_told_also_between_two_of_three(one: str, other: str) -> None:
    first, second = proportions(face(one)), proportions(face(other))
    for faces in ((first, second), (first, first, second), (first, second, first)):
        assert "may show different people" in people_hint(faces)


def test_without_two_faces_there_is_nothing_to_compare() -> None:
    assert people_hint([]) == people_hint([proportions(face("mira"))]) == ""


def test_proportions_are_relative_and_finite_whatever_was_found() -> None:
    found = proportions(np.zeros((LANDMARK_COUNT, 3), np.float32))
    assert len(found) == len(PROPORTIONS)
    assert np.isfinite(found).all()
    assert sum(found) == pytest.approx(0, abs=1e-9)
