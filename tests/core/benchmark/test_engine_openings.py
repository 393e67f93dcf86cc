"""The process that opens one avatar after the other is looked at while it is live, and after."""

from collections.abc import Sequence

from core.benchmark.engine_openings import _opened
from core.profile import Profile
from plugins.profiles import open_built_in

people: Sequence[Profile] = open_built_in().profiles()[0]


def test_memory_is_that_of_a_process_that_lives() -> None:
    rows = {row.name: row for row in _opened(people, "testcard", 3)}
    assert rows["an opening, median"].value > 0
    for state in ("live", "closed"):
        row = rows[f"memory of the process, {state}"]
        assert 20 < row.value < 2000
        assert row.ratio == 1.0  # there were fewer openings than people
