"""Every runtime that is installed does the same steps, and says how long they take."""

import json
from pathlib import Path

import pytest

from core.benchmark.__main__ import main
from core.model.avatar import AVATAR_PRESETS
from tests.core.neural.small import CONFIG


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "core.benchmark.runtimes.AVATAR_PRESETS", {**AVATAR_PRESETS, "lite": CONFIG}
    )


def test_both_steps_are_timed_in_each_way_there_is(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    assert main(["runtimes", "--rounds", "1", "--json", str(path)]) == 0
    found = json.loads(path.read_text(encoding="utf-8"))
    for section in found["sections"]:
        names = [row["name"] for row in section["rows"]]
        assert names[:2] == ["torch, as trained", "torch, as fitted"]
        assert "torch, as fitted, recorded (ours)" in names
        assert all(row["value"] > 0 for row in section["rows"])
