"""Rectangles of pixels."""

from core.portrait.region import Region


def test_a_region_shares_with_another_what_both_have() -> None:
    one, other, far = Region(0, 0, 10, 6), Region(4, -3, 20, 5), Region(30, 2, 40, 5)
    assert one.intersect(other) == Region(4, 0, 10, 5)
    assert one.intersect(far).empty
    assert not one.intersect(other).empty


def test_a_region_moves_and_keeps_its_size() -> None:
    moved = Region(1, 2, 5, 9).shift(-3, 4)
    assert moved == Region(-2, 6, 2, 13)
    assert moved.size == (4, 7)
