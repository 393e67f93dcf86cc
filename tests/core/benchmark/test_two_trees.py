"""A benchmark beside another tree: figures are matched by name, and faults are told."""

import argparse
from pathlib import Path

import pytest

from core.benchmark.two_trees import HERE, Row, compare, describe, measure, read, run

FAST, NEW = Row("Speed", "frames", "frames/s"), Row("Speed", "hops", "hops/s")
STAND_IN = """
import json, sys
assert sys.argv[1:3] == ["toy", "--rounds"], sys.argv
rows = [{"name": "frames", "unit": "frames/s", "value": 40.0, "ratio": None, "ratio_of": ""}]
report = {"machine": {}, "sections": [{"title": "Speed", "rows": rows}]}
open(sys.argv[sys.argv.index("--json") + 1], "w").write(json.dumps(report))
"""


def tree(folder: Path, program: str) -> Path:
    package = folder / "core" / "benchmark"
    package.mkdir(parents=True)
    (folder / "core" / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(program)
    return folder


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    describe(parser)
    return parser.parse_args(words)


def test_figures_are_compared_by_their_medians_and_new_ones_stand_alone() -> None:
    before = [{FAST: 10.0}, {FAST: 30.0}, {FAST: 20.0}]
    now = [{FAST: 40.0, NEW: 1.0}, {FAST: 80.0, NEW: 3.0}, {FAST: 30.0, NEW: 2.0}]
    (section,) = compare(before, now)
    fast, new = section.rows
    assert (fast.value, fast.ratio, fast.ratio_of) == (40.0, 2.0, "20.00 before")
    assert (new.value, new.ratio) == (2.0, None)


def test_a_benchmark_is_run_in_its_tree(tmp_path: Path) -> None:
    assert run(tree(tmp_path, STAND_IN), ["toy", "--rounds", "3"]) == {FAST: 40.0}


def test_a_report_of_ours_is_read() -> None:
    assert (HERE / "core" / "benchmark" / "two_trees.py").exists()
    row = {"name": "frames", "unit": "frames/s", "value": 2.5}
    assert read({"sections": [{"title": "Speed", "rows": [row]}]}) == {FAST: 2.5}


def test_a_turn_that_fails_says_where_and_why(tmp_path: Path) -> None:
    broken = tree(tmp_path / "old", "raise SystemExit('no such preset')")
    with pytest.raises(ValueError, match=r"failed in .*old.*: no such preset"):
        measure(parsed(str(broken), "toy"))


@pytest.mark.parametrize("words", [("--turns", "0", ".", "model"), (".",)])
def test_nothing_to_run_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="expected at least one"):
        measure(parsed(*words))


def test_a_folder_that_is_no_tree_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no tree of this repository"):
        measure(parsed(str(tmp_path), "model"))
