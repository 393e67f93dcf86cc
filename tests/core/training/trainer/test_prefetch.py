"""Batches drawn in advance: the same ones, in the same order, by one thread that ends."""

import threading

import pytest

from core.training.trainer.prefetch import prefetching

PATIENCE = 20.0


class Counting:
    """Gives its number, shape and thread; says when it has given some; fails when told to."""

    def __init__(self, fails_at: int | None = None) -> None:
        self.given, self.fails_at = 0, fails_at
        self.threads: set[int] = set()
        self.third = threading.Event()

    def next_batch(self, batch_size: int, frames: int, size: int | None = None) -> tuple[int, int]:
        self.threads.add(threading.get_ident())
        self.given += 1
        if self.given == self.fails_at:
            raise ValueError("no more")
        if self.given == 3:
            self.third.set()
        return self.given, frames

    def validation_batch(self, batch_size: int, frames: int) -> tuple[int, int]:
        self.threads.add(threading.get_ident())
        return 0, frames


def test_batches_come_in_order_and_two_are_drawn_before_anybody_asks() -> None:
    source = Counting()
    with prefetching(source, 2) as ahead:
        assert ahead.validation_batch(1, 9) == (0, 9)
        assert ahead.next_batch(1, 5) == (1, 5)
        assert source.third.wait(PATIENCE)
        assert [ahead.next_batch(1, 5) for _ in range(3)] == [(2, 5), (3, 5), (4, 5)]
    assert len(source.threads) == 1
    assert threading.get_ident() not in source.threads
    assert source.threads.isdisjoint(thread.ident for thread in threading.enumerate())


def test_whoever_asks_for_longer_clips_gets_longer_clips() -> None:
    with prefetching(Counting(), 1) as ahead:
        ahead.next_batch(1, 5)
        assert ahead.next_batch(1, 9)[1] == 9


def test_what_fails_in_advance_fails_where_it_is_asked_for() -> None:
    with prefetching(Counting(fails_at=2), 1) as ahead:
        assert ahead.next_batch(1, 5) == (1, 5)
        with pytest.raises(ValueError, match="no more"):
            ahead.next_batch(1, 5)


def test_without_depth_nobody_stands_between() -> None:
    source = Counting()
    with prefetching(source, 0) as ahead:
        assert ahead is source
