"""A child that is lost or late is replaced, and no answer is taken for another's."""

import sys
from collections.abc import Iterator

import pytest

from core.process.child import Child, ChildLost, command
from core.process.respawning_child import ChildLate, OrderFailed, RespawningChild

ECHO = command("tests.core.process.child_echo")


class Spawning:
    """Counts the children it starts."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    def __call__(self) -> Child:
        self.children.append(Child(ECHO, "echo"))
        return self.children[-1]


@pytest.fixture
def spawn() -> Spawning:
    return Spawning()


@pytest.fixture
def child(spawn: Spawning) -> Iterator[RespawningChild]:
    child = RespawningChild(spawn)
    yield child
    child.close()
    assert not any(one.alive for one in spawn.children)


def test_one_child_does_all_orders(child: RespawningChild, spawn: Spawning) -> None:
    assert not spawn.children
    for text in ("one", "two"):
        assert child.order({"text": text}, 30).head == {"text": text}
    assert len(spawn.children) == 1


def test_what_it_cannot_do_is_told_and_it_goes_on(child: RespawningChild, spawn: Spawning) -> None:
    with pytest.raises(OrderFailed, match="no such photo"):
        child.order({"do": "fail", "why": "no such photo"}, 30)
    assert child.order({"text": "on"}, 30).head == {"text": "on"}
    assert len(spawn.children) == 1


def test_one_that_dies_is_told_and_the_next_order_starts_another(
    child: RespawningChild, spawn: Spawning
) -> None:
    with pytest.raises(ChildLost, match="the roof is on fire"):
        child.order({"do": "die"}, 30)
    assert child.order({"text": "on"}, 30).head == {"text": "on"}
    assert len(spawn.children) == 2


def test_one_that_died_between_two_orders_is_replaced_without_a_word(
    child: RespawningChild, spawn: Spawning
) -> None:
    child.order({"text": "one"}, 30)
    spawn.children[0].send({"do": "die"})
    with pytest.raises(ChildLost):
        spawn.children[0].receive(30)
    spawn.children[0].close()
    assert child.order({"text": "two"}, 30).head == {"text": "two"}


def test_one_that_is_late_is_closed_and_its_answer_is_no_others(
    child: RespawningChild, spawn: Spawning
) -> None:
    with pytest.raises(ChildLate, match="no answer within"):
        child.order({"do": "hang"}, 0.01)
    assert not spawn.children[0].alive
    assert child.order({"text": "mine"}, 30).head == {"text": "mine"}


def test_what_is_said_to_an_earlier_order_is_no_answer(
    child: RespawningChild, spawn: Spawning
) -> None:
    child.order({"text": "first"}, 30)
    spawn.children[0].send({"text": "earlier"})
    assert child.order({"text": "later"}, 30).head == {"text": "later"}
    assert len(spawn.children) == 1


def test_what_nobody_wants_any_more_is_ended(child: RespawningChild, spawn: Spawning) -> None:
    with pytest.raises(ChildLate):
        child.order({"do": "hang"}, 600, wanted=lambda: False)
    assert not spawn.children[0].alive


def test_once_closed_nothing_is_started(child: RespawningChild, spawn: Spawning) -> None:
    child.close()
    with pytest.raises(ChildLost, match="has been closed"):
        child.order({"text": "late"}, 30)
    assert not spawn.children


def test_one_that_cannot_be_started_is_tried_again() -> None:
    commands = [["/no/such/program"], ECHO]
    child = RespawningChild(lambda: Child(commands.pop(0), "echo"))
    with pytest.raises(ChildLost, match="cannot be started"):
        child.order({"text": "one"}, 30)
    assert child.order({"text": "two"}, 30).head == {"text": "two"}
    child.close()


def test_a_child_that_speaks_garbage_is_replaced() -> None:
    garbage = [sys.executable, "-c", "import time; print('hello', flush=True); time.sleep(600)"]
    commands = [garbage, ECHO]
    child = RespawningChild(lambda: Child(commands.pop(0), "echo"))
    with pytest.raises(ChildLost, match="no message"):
        child.order({"text": "one"}, 60)
    assert child.order({"text": "two"}, 30).head == {"text": "two"}
    child.close()
