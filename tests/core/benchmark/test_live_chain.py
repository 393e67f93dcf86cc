"""The live benchmark runs whole, and its figures mean what they say."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest

from core.benchmark.__main__ import main, parser
from core.benchmark.interleaved_timing import Workload, time_interleaved
from core.benchmark.live_chain import Turn
from core.benchmark.synthetic_speech import synthetic_speech


def test_a_run_prints_a_table_and_writes_the_same_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, path = threading.active_count(), tmp_path / "figures.json"
    asked = ["live", "--engine", "testcard", "--size", "320x180", "--rounds", "2", "--seconds", "2"]
    assert main([*asked, "--json", str(path)]) == 0
    table, found = capsys.readouterr().out, json.loads(path.read_text(encoding="utf-8"))
    assert found["machine"]["processor"]
    rows = {row["name"]: row for section in found["sections"] for row in section["rows"]}
    assert all(f"{row['value']:.2f} {row['unit']}" in table for row in rows.values())
    chain = rows["whole chain"]
    assert chain["ratio"] == pytest.approx(chain["value"] / 25)
    assert rows["new frames sent"]["value"] >= 10
    assert rows["latency, sound to frame, p50"]["value"] > 0
    assert rows["memory, first tenth"]["value"] > 10
    assert threading.active_count() == before


@pytest.mark.parametrize("hop", [640, 1920, 2560])
def test_a_turn_counts_its_frames_however_many_come_of_a_step(hop: int) -> None:
    sizes: list[int] = []
    turn = Turn(hop, lambda sound: sizes.append(len(sound)))
    for _ in range(12):
        turn()
    assert set(sizes) == {hop}
    assert sum(sizes) == 12 * turn.frames * 640
    assert turn.frames == pytest.approx(25, abs=2)


@pytest.mark.parametrize("text", ["1280", "1280x721", "0x720", "axb"])
def test_a_size_that_is_none_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["live", "--size", text])
    assert "write it like 1280x720" in capsys.readouterr().err


def test_runners_take_turns_and_the_first_round_does_not_count() -> None:
    done: list[str] = []
    runners = (Workload("a", lambda: done.append("a")), Workload("b", lambda: done.append("b")))
    seconds = time_interleaved(runners, rounds=3)
    assert "".join(done) == "abababab"
    assert {name: len(each) for name, each in seconds.items()} == {"a": 3, "b": 3}


def test_the_voice_is_the_same_every_time_and_has_pauses() -> None:
    sound = synthetic_speech(10.0)
    assert len(sound) == 160_000
    assert np.array_equal(sound, synthetic_speech(10.0))
    assert not np.array_equal(sound, synthetic_speech(10.0, seed=1))
    loud = np.abs(sound).reshape(-1, 640).max(1)
    assert 0.02 < (loud == 0).mean() < 0.5
    assert 0.1 < np.abs(sound).max() < 1
