"""Children are started, spoken to, lost and ended."""

import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from core.process.child import LONGEST_HEAD, Child, ChildLost, command, dispatch
from core.sentence import said
from tests.fakes import until

ECHO = command("tests.core.process.child_echo")


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # as where users start it
    child = Child(ECHO, "echo")
    yield child
    child.close()


def heard(child: Child) -> tuple[dict[str, Any], bytes]:
    message = child.receive(30)
    assert message is not None
    return message.head, message.body


def test_what_is_sent_comes_back_and_stray_prints_do_not(child: Child) -> None:
    child.send({"text": "häßlich\n", "number": 1.5})
    message = child.receive(30)
    assert message is not None
    assert message.head == {"text": "häßlich\n", "number": 1.5}
    assert message.body == b""


def test_bytes_of_any_kind_pass(child: Child) -> None:
    child.send({"do": "body"})
    assert heard(child) == ({"size": 5}, b"\n{\0}\n")


def test_no_answer_in_time_is_none(child: Child) -> None:
    child.send({"do": "wait"})
    assert child.receive(0.001) is None
    child.send({"do": "late"})
    assert heard(child) == ({"late": True}, b"")


def test_what_goes_wrong_is_told_and_the_child_goes_on(child: Child) -> None:
    for why, told in (("no such photo", "no such photo"), ("", "ValueError('')")):
        child.send({"do": "fail", "why": why})
        assert heard(child) == ({"failed": told}, b"")
    child.send({"do": "late"})
    assert heard(child) == ({"late": True}, b"")


def test_a_sentence_comes_back_as_what_it_is_made_of(child: Child) -> None:
    inner = said("there is no photo {0!r}", "a.png", remedy="choose another")
    child.send({"text": said("nothing can be shown: {0}", inner), "hints": [inner, "plain"]})
    message = child.receive(30)
    assert message is not None
    text = message.head["text"]
    assert text == "nothing can be shown: there is no photo 'a.png'; choose another"
    assert (text.template, text.values[0].template) == (
        "nothing can be shown: {0}",
        "there is no photo {0}",
    )
    assert message.head["hints"] == [inner, "plain"]


def test_what_an_error_is_made_of_is_told_as_well(child: Child) -> None:
    child.send({"do": "fail", "why": said("no such photo", remedy="choose another")})
    message = child.receive(30)
    assert message is not None
    failed = message.head["failed"]
    assert (failed.template, failed.remedy) == ("no such photo", "choose another")


def test_a_child_that_dies_tells_its_last_words(child: Child) -> None:
    child.send({"do": "die"})
    for _ in range(2):
        with pytest.raises(ChildLost, match=r"has ended .*roof is on fire; start again"):
            child.receive(30)
    with pytest.raises(ChildLost):
        keep_sending(child)


def keep_sending(child: Child) -> None:
    for _ in range(100):
        child.send({})
        time.sleep(0.01)


def test_a_child_that_cannot_start_is_told() -> None:
    with pytest.raises(ChildLost, match="the echo process cannot be started"):
        Child(["/no/such/program"], "echo")


def test_an_answer_repeats_the_number_of_its_order(child: Child) -> None:
    orders = [child.send({"text": str(number)}) for number in range(3)]
    assert len(set(orders)) == 3
    for order in orders:
        message = child.receive(30)
        assert message is not None
        assert message.order == order


GARBLED = {
    "no JSON": "b'hello\\n'",
    "no object": "b'[]\\n'",
    "no size": """b'{"order": 1}\\n'""",
    "no number": """b'{"bytes": 0}\\n'""",
    "a size in words": """b'{"bytes": "x", "order": 1}\\n'""",
    "a size that is a truth": """b'{"bytes": true, "order": 1}\\n'""",
    "a negative size": """b'{"a": 1, "bytes": -1, "order": 1}\\n'""",
    "an endless size": """b'{"bytes": 99999999999999, "order": 1}\\n'""",
    "an endless number": """b'{"bytes": 0, "order": 1' + b'0' * 5000 + b'}\\n'""",
    "no UTF-8": "b'\\xff\\n'",
    "depth without end": "b'[' * 100_000 + b'\\n'",
    "a line without end": f"b'x' * {2 * LONGEST_HEAD}",
}
"""What each is, and how Python writes it."""


@pytest.mark.parametrize("line", GARBLED.values(), ids=GARBLED)
def test_a_broken_line_ends_the_child_and_tells_its_parent(line: str) -> None:
    program = f"import os, time; os.write(1, {line}); time.sleep(600)"
    child = Child([sys.executable, "-c", program], "garbling")
    try:
        with pytest.raises(ChildLost, match=r"garbling process has ended .*is no message"):
            child.receive(60)
        until(lambda: not child.alive)
    finally:
        child.close(0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_child_that_is_killed_without_a_word_is_told_by_what() -> None:
    killed = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    child = Child([sys.executable, "-c", killed], "killed")
    with pytest.raises(ChildLost, match="it was ended by SIGKILL"):
        child.receive(30)
    child.close()


def test_a_message_that_death_cuts_off_is_none() -> None:
    words = b'{"a": 1, "bytes": 100, "order": 1}\nabc'
    program = f"import os; os.write(1, {words!r}); raise SystemExit('the roof is on fire')"
    child = Child([sys.executable, "-c", program], "dying")
    try:
        with pytest.raises(ChildLost, match="the roof is on fire"):
            child.receive(60)
    finally:
        child.close(0)


def test_closing_ends_the_child_and_wakes_the_reader() -> None:
    child, ended = Child(ECHO, "echo"), threading.Event()

    def wait() -> None:
        with pytest.raises(ChildLost):
            child.receive(60)
        ended.set()

    reader = threading.Thread(target=wait)
    reader.start()
    child.close()
    child.close()
    reader.join(30)
    assert ended.is_set()


def test_a_child_that_hangs_is_ended_by_force() -> None:
    child = Child(ECHO, "echo")
    child.send({"do": "hang"})
    child.close(0.2)


def test_from_source_a_module_is_run_and_frozen_the_program_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert command("a.b") == [sys.executable, "-m", "a.b"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert command("a.b") == [sys.executable, "--child", "a.b"]


def test_only_a_call_for_a_child_is_dispatched() -> None:
    assert dispatch([]) is None
    assert dispatch(["--self-test"]) is None
    with pytest.raises(ModuleNotFoundError):
        dispatch(["--child", "no.such.module"])
