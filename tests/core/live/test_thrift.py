"""What is late is heard but not painted, and something is always painted."""

from core.live.thrift import MOST, Thrift

HOP = 640


def test_who_is_in_time_paints_everything() -> None:
    thrift = Thrift()
    assert all(thrift.paints(waiting, HOP) for waiting in [0, 0, 640, 0, 640, 639] * 5)


def test_who_is_late_skips_until_nothing_waits() -> None:
    thrift = Thrift()
    assert [thrift.paints(w, HOP) for w in (1280, 640, 0, 640, 1280, 639)] == [
        False, False, True, True, False, True,
    ]  # fmt: skip


def test_however_late_every_ninth_is_painted() -> None:
    thrift = Thrift()
    painted = [thrift.paints(10 * HOP, HOP) for _ in range(90)]
    assert sum(painted) == 90 // (MOST + 1)


def test_an_engine_of_blocks_is_late_by_a_block() -> None:
    thrift = Thrift()
    assert thrift.paints(2559, 2560)
    assert not thrift.paints(2560, 2560)


def test_an_engine_at_two_thirds_of_life_keeps_pace_by_skipping() -> None:
    """Painting takes 60 ms of each 40, hearing 5."""
    thrift, time, painted, heard = Thrift(), 0.0, 0, 0
    while time < 60.0:
        waiting = int(time / 0.04) - heard - 1
        if waiting < 0:
            time += 0.04
            continue
        paints = thrift.paints(waiting * HOP, HOP)
        time += 0.06 if paints else 0.005
        heard, painted = heard + 1, painted + paints
        assert waiting <= 3
    assert painted / 60 > 15
