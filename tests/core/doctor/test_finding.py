"""Checks are bounded, and whatever they do there is a finding."""

import threading
from collections.abc import Iterator

import pytest

from core.doctor.finding import Check, Finding, State, bounded, examine
from core.sentence import parted, said

FINE = Finding("Lamp", State.OK, "it shines")


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    """Set in the end, so that what hangs does not hang for ever."""
    event = threading.Event()
    yield event
    event.set()


def test_findings_come_as_they_are_made() -> None:
    looked = list[str]()

    def look() -> Finding:
        looked.append("looked")
        return FINE

    found = examine([Check("Lamp", look, 5.0)] * 2)
    assert next(found) is FINE
    assert looked == ["looked"]
    assert list(found) == [FINE]


def test_a_check_that_hangs_is_reported_and_the_others_go_on(stuck: threading.Event) -> None:
    def hang() -> Finding:
        stuck.wait()
        return FINE

    hung, fine = examine([Check("Door", hang, 0.05), Check("Lamp", lambda: FINE, 5.0)])
    assert (hung.name, hung.state) == ("Door", State.FAILED)
    assert "no answer came" in hung.sentence
    assert "restart the computer" in hung.remedy
    assert fine is FINE


def test_a_check_that_breaks_down_is_reported() -> None:
    def fall() -> Finding:
        raise KeyError("floor")

    found = bounded(Check("Roof", fall, 5.0))
    assert found.state is State.FAILED
    assert found.sentence == "it could not be tested: KeyError: 'floor'"
    assert "report it" in found.remedy


def test_a_step_begins_as_a_line_does_whatever_error_it_comes_from() -> None:
    sentence, remedy = parted(said("it is gone", remedy="plug it in again"))
    assert Finding("Plug", State.FAILED, sentence, remedy).step == "Plug it in again"
    assert FINE.step == ""
