"""The model benchmark runs whole, on a model small enough to wait for."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.benchmark.__main__ import main
from core.benchmark.inference_speed import PARTS
from core.model.avatar import AVATAR_PRESETS
from tests.core.neural.small import CONFIG


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    audio = replace(CONFIG.generator.audio, feature_size=128)
    config = replace(CONFIG, generator=replace(CONFIG.generator, audio=audio))
    monkeypatch.setattr(
        "core.benchmark.inference_speed.AVATAR_PRESETS", {**AVATAR_PRESETS, "lite": config}
    )


def test_a_run_tells_speed_by_part_and_cost(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    asked = ["model", "--preset", "lite", "--device", "cpu", "--size", "160x96", "--blocks", "3"]
    assert main([*asked, "--references", "2", "--json", str(path)]) == 0
    found = json.loads(path.read_text(encoding="utf-8"))
    rows = {row["name"]: row for section in found["sections"] for row in section["rows"]}
    parts = [rows[f"of it: {name}"] for name in PARTS.values()]
    assert all(row["value"] > 0 for row in parts)
    assert all(row["ratio"] > 0 for row in parts)
    rate, block = rows["end to end, sound to frames on the host"], rows["a block of 4 frames, p50"]
    assert rate["value"] == pytest.approx(4000 / block["value"], rel=1e-6)
    assert rows["drawing, a frame"]["value"] > 0
    assert 0 < rows["reached, end to end"]["ratio"] < 1
    for part in ("all steps", "decoder"):
        assert 0 < rows[f"{part}, arithmetic"]["ratio"] < 1
        assert rows[f"{part}, memory"]["value"] > 0


def test_what_is_asked_for_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    asked = ["model", "--device", "cpu", "--size", "160x96", "--blocks", "2", "--block", "2"]
    assert (
        main(
            [*asked, "--steps", "3", "--guidance", "2", "--kv-cache", "clean", "--json", str(path)]
        )
        == 0
    )
    about = json.loads(path.read_text(encoding="utf-8"))["machine"]
    assert "block=2, steps=3" in about["drawing"]
    assert "cfg_scale=2.0" in about["drawing"]
    assert "clean" in about["drawing"]
