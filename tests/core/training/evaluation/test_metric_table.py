"""Tables and JSON."""

import json
import math

import pytest

from core.training.evaluation.metric_table import Column, EvaluationReport, Table, TableRow

COLUMNS = (Column("PSNR", "dB", 1, ">= 32"), Column("seams", "times"))


def test_figures_stand_under_their_names_and_targets_below() -> None:
    table = Table(
        "Pictures", COLUMNS, (TableRow("a", (31.25, None)), TableRow("b", (2.0, math.nan))), "!"
    )
    title, head, units, a, b, target, note = table.text().splitlines()
    assert (title, note) == ("Pictures", "!")
    assert head.split() == ["PSNR", "seams"]
    assert units.split() == ["dB", "times"]
    assert (a.split(), b.split()) == (["a", "31.2", "-"], ["b", "2.0", "-"])
    assert target.split() == ["target", ">=", "32"]
    assert head.index("PSNR") + 4 == a.index("31.2") + 4


def test_a_line_with_too_few_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="a: 1 figures for 2 columns"):
        Table("t", COLUMNS, (TableRow("a", (1.0,)),))


def test_json_holds_everything_and_no_nan() -> None:
    table = Table("t", COLUMNS, (TableRow("a", (1.0, math.nan)),))
    found = json.loads(EvaluationReport({"model": "m"}, (table,)).json())
    assert found["about"] == {"model": "m"}
    assert found["tables"][0]["rows"] == [{"name": "a", "values": [1.0, None]}]
    assert "NaN" not in EvaluationReport({}, (table,)).json()
