from pathlib import Path

import pytest

from core.engine.speed_memory import LIFETIME, LIMIT, SpeedMemory
from core.video import VideoFormat

HD, SMALL = VideoFormat(1280, 720), VideoFormat(640, 360)


class Clock:
    now = 1e9

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "avatar.safetensors"
    path.write_bytes(b"weights")
    return path


def test_a_figure_is_of_one_model_and_one_format(tmp_path: Path, weights: Path) -> None:
    memory = SpeedMemory(tmp_path / "deep" / "speed.json")
    assert memory.recall(weights, HD) is None
    memory.remember(weights, HD, 1.7)
    again = SpeedMemory(tmp_path / "deep" / "speed.json")
    assert again.recall(weights, HD) == 1.7
    assert again.recall(weights, SMALL) is None
    weights.write_bytes(b"others, trained longer")
    assert again.recall(weights, HD) is None


def test_figures_are_forgotten_after_a_week(tmp_path: Path, weights: Path) -> None:
    clock = Clock()
    memory = SpeedMemory(tmp_path / "speed.json", clock)
    memory.remember(weights, HD, 0.5)
    clock.now += LIFETIME + 1
    assert memory.recall(weights, HD) is None
    clock.now -= 2 * LIFETIME
    assert memory.recall(weights, HD) is None, "a clock that was set back tells nothing"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"a": 1}', '{"a": ["x", "y"]}', "[" * 100000, f'{{"a": [1, {"9" * 400}]}}'],
)
def test_rubbish_in_the_file_is_no_figure(tmp_path: Path, weights: Path, text: str) -> None:
    path = tmp_path / "speed.json"
    path.write_text(text)
    memory = SpeedMemory(path)
    assert memory.recall(weights, HD) is None
    memory.remember(weights, HD, 2.0)
    assert memory.recall(weights, HD) == 2.0


def test_the_file_stays_small_and_may_be_unwritable(tmp_path: Path, weights: Path) -> None:
    path, clock = tmp_path / "speed.json", Clock()
    memory = SpeedMemory(path, clock)
    for width in range(LIMIT + 5):
        clock.now += 1
        memory.remember(weights, VideoFormat(2 * width + 64, 64), 1.0)
    assert path.read_text().count("avatar.safetensors") == LIMIT
    SpeedMemory(weights / "nowhere" / "speed.json").remember(weights, HD, 1.0)


@pytest.mark.parametrize("factor", ["NaN", "Infinity", "-1", "0"])
def test_a_figure_without_sense_is_none(tmp_path: Path, weights: Path, factor: str) -> None:
    path = tmp_path / "speed.json"
    memory = SpeedMemory(path)
    memory.remember(weights, HD, 12345.0)
    path.write_text(path.read_text("utf-8").replace("12345.0", factor))
    assert memory.recall(weights, HD) is None
