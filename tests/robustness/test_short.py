"""The robustness suite in short, part of every check; `python -m tests.robustness` is the rest."""

import pytest

from tests.robustness import faults, inputs, soak
from tests.robustness.borders import BORDERS
from tests.robustness.mutation import damaged, damaged_json

FEW = {"photos": 30, "sounds": 30, "films": 12, "archives": 30, "checkpoints": 12}
"""Inputs of those that take longest; all others get more."""


@pytest.mark.parametrize("border", BORDERS)
def test_damaged_inputs_are_told_by_their_border_or_read(border: str) -> None:
    outcome = inputs.run(border, FEW.get(border, 60), seconds=100, hang=60)
    assert outcome.faults == []
    assert outcome.inputs


@pytest.mark.parametrize("name", faults.QUICK)
def test_a_fault_is_told_and_the_next_start_works(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("CRITICAL"):
        report = faults.inject(name)
    assert report.good is not False, report.told


def test_what_is_live_is_measured() -> None:
    slopes = {slope.name: slope for slope in soak.soak(3)}
    assert slopes["memory"].last > 0
    assert set(slopes) == set(soak.FIGURES)


def test_the_same_number_gives_the_same_input() -> None:
    for mutate in (damaged, damaged_json):
        seeds = [b'{"a": [1, 2, {"b": "text"}]}']
        assert [mutate(seeds, n) for n in range(50)] == [mutate(seeds, n) for n in range(50)]
        assert len({mutate(seeds, n) for n in range(50)}) > 20
