"""What an earlier tree gave, this one gives too; see `tests.golden.record`."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from tests.golden import puppet
from tests.golden.record import NUMBERS, cases, digests, watched

CASES = cases()
ROUNDING, CURVE, NORM = 3e-5, 2e-3, 1e-2
"""Largest share by which results may differ: where angles are in single precision, and after steps
of learning, which make something of how that rounds; most of it in the gradient's norm."""
LEVELS = 2
"""Of 255: networks and resizing round differently on different processors."""


@pytest.fixture(scope="module")
def numbers() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(NUMBERS.read_text("utf-8"))
    return found


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", CASES)
def test_numbers_are_those_that_are_written_down(name: str, numbers: dict[str, Any]) -> None:
    found, expected = digests(CASES[name]), numbers[name]
    assert list(found) == list(expected)
    for part, row in expected.items():
        share = NORM if part == "norm" else CURVE if "training" in name else ROUNDING
        size = max(map(abs, row), default=0.0)
        np.testing.assert_allclose(found[part], row, share, share * size, err_msg=part)


@pytest.mark.parametrize("person", puppet.PEOPLE)
def test_puppets_move_as_it_is_written_down(person: str, numbers: dict[str, Any]) -> None:
    found = watched(person)
    (text,) = numbers[f"puppet {person}"]
    expected = np.frombuffer(bytes.fromhex(text), np.uint8).reshape(found.shape)
    assert np.abs(found.astype(int) - expected).max() <= LEVELS
    assert np.ptp(found.astype(int), 0).max() > 4 * LEVELS, "nothing moves"
