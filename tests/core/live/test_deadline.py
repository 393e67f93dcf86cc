"""An end is told once, by whoever comes first, and it comes."""

import threading

from core.live.deadline import Deadline


class Stage:
    """A deadline, and who was called."""

    def __init__(self, seconds: float) -> None:
        self.stopped, self.abandoned = threading.Event(), threading.Event()
        self.given_up = threading.Event()
        self.deadline = Deadline(self.stopped, self.abandoned.set, self._give_up, seconds)
        self.deadline.start()

    def _give_up(self) -> None:
        if self.deadline.meet():
            self.given_up.set()
            self.deadline.over()


def test_who_ends_in_time_is_neither_abandoned_nor_given_up() -> None:
    stage = Stage(60.0)
    stage.stopped.set()
    assert stage.deadline.meet()
    stage.deadline.over()
    assert stage.deadline.join(30)
    assert not stage.abandoned.is_set()
    assert not stage.given_up.is_set()


def test_who_does_not_is_set_free_and_then_given_up() -> None:
    stage = Stage(0.02)
    stage.stopped.set()
    assert stage.deadline.join(30)
    assert stage.abandoned.wait(30)
    assert stage.given_up.is_set()
    assert not stage.deadline.meet()


def test_without_a_stop_it_waits_for_ever() -> None:
    stage = Stage(0.0)
    assert not stage.deadline.join(0.05)
    assert stage.deadline.meet()
    stage.deadline.over()
    assert stage.deadline.join(30)
    assert not stage.given_up.is_set()


def test_what_hangs_while_it_is_set_free_does_not_keep_the_end() -> None:
    go, stopped, over = threading.Event(), threading.Event(), threading.Event()

    def hang() -> None:
        go.wait(60)

    deadline = Deadline(stopped, hang, over.set, 0.02)
    deadline.start()
    stopped.set()
    assert over.wait(30)
    go.set()
    deadline.over()
    assert deadline.join(30)
