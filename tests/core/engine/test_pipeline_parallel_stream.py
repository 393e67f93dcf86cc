"""The neural engine over processes, a rank for each step: its frames, and how it ends."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from core.engine.conversation import EngineError
from core.engine.neural_loader import open_neural
from core.engine.pipeline_parallel_stream import (
    PipelineParallelStream,
    fitting_blocks,
    open_pipeline,
)
from core.engine.rank_processes import RankProcesses
from core.look import Look
from core.model.avatar import Avatar, save_avatar
from core.process.child import ROOT, command
from core.stream import AvatarStream
from core.video import Frame, VideoFormat
from plugins.profiles import built_in
from tests.core.engine.rank_child import FRAMES, HOP, LAG, SHAPE
from tests.core.neural.small import CONFIG
from tests.draws import filled
from tests.fakes import tone

FORMAT = VideoFormat(SHAPE[1], SHAPE[0])
RANKS = 3


def ranks(deed: str = "", timeout: float = 60.0) -> RankProcesses:
    words = [sys.executable, "-m", "tests.core.engine.rank_child", deed]
    return RankProcesses(RANKS, words, timeout)


def opened(deed: str = "", timeout: float = 60.0, blocks: int = 0) -> PipelineParallelStream:
    return PipelineParallelStream(ranks(deed, timeout), {}, FORMAT, blocks)


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    before = psutil.Process().children()
    yield
    assert psutil.Process().children() == before


def hop(loud: float) -> NDArray[np.float32]:
    return np.full(HOP, loud, np.float32)


@pytest.mark.parametrize("blocks", [0, 2])
def test_frames_come_in_order_so_many_blocks_late(blocks: int) -> None:
    with closing(opened(blocks=blocks)) as stream:
        assert stream.hop == HOP
        assert stream.lag == LAG * 640 + blocks * HOP
        assert stream.devices == ["card 0", "card 1", "card 2"]
        steps = [stream.step(hop(number / 100)) for number in range(5)]
    assert [len(frames) for frames in steps[: blocks + 1]] == [*[0] * blocks, FRAMES - LAG]
    frames = [frame for each in steps for frame in each]
    assert [frame.sample for frame in frames] == [640 * n for n in range(len(frames))]
    heard = [(n + LAG) // FRAMES for n in range(len(frames))]
    assert [frame.picture.flat[0] for frame in frames] == heard
    frames[0].picture[:] = 1  # the mark is drawn into them


def test_a_rank_that_fails_says_why_even_where_another_first_misses_it() -> None:
    with pytest.raises(EngineError, match=r"^the photo shows nobody$"):
        opened("refuses")


def test_a_rank_that_dies_ends_all_with_its_last_words() -> None:
    with pytest.raises(EngineError, match="rank 1 process has ended unexpectedly: out of memory"):
        opened("dies")


def test_ranks_that_do_not_answer_are_ended() -> None:
    with pytest.raises(EngineError, match="has not answered for 2 seconds"):
        opened("hangs", timeout=2.0)


def test_ranks_that_are_closed_leave_no_file() -> None:
    processes = ranks()
    folder = Path(processes.meeting).parent
    assert folder.is_dir()
    processes.close()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("latency", "hop", "ranks", "blocks"),
    [
        (0.10, 0.16, 5, 0),
        (0.15, 0.16, 5, 1),
        (0.27, 0.16, 5, 1),
        (0.50, 0.16, 5, 3),
        (9.00, 0.16, 5, 5),
        (9.00, 0.64, 13, 3),
    ],
)
def test_as_few_blocks_are_under_way_as_keep_up_with_the_sound(
    latency: float, hop: float, ranks: int, blocks: int
) -> None:
    assert fitting_blocks(latency, hop, ranks) == blocks


def test_a_rank_ends_when_its_launcher_is_gone() -> None:
    words = command("core.engine.pipeline_rank_process")
    rank = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd=ROOT)
    assert rank.stdin
    rank.stdin.close()
    assert rank.wait(60) == 0


def trained(path: Path, steps: int) -> Path:
    """Write a model that hears by our encoder, and in which every weight says something."""
    generator = CONFIG.generator
    sampling = replace(generator.sampling, block=2, steps=steps, replaces_sink=True)
    audio = replace(generator.audio, feature_size=128)
    avatar = Avatar(replace(CONFIG, generator=replace(generator, audio=audio, sampling=sampling)))
    filled(avatar.generator, 0, matrices=0.2, vectors=0.2)
    filled(avatar.vae, 100, matrices=0.1, vectors=0.1)
    save_avatar(path, avatar, {"recipe": "random"})
    return path


def somebody() -> Look:
    return Look(built_in.open().profiles()[0][0])


def performed(stream: AvatarStream, seconds: float) -> list[Frame]:
    sound = tone(seconds)
    hops = sound[: len(sound) // stream.hop * stream.hop].reshape(-1, stream.hop)
    silence = [np.zeros(stream.hop, np.float32)] * (-(-stream.lag // stream.hop))
    return [frame for hop in (*hops, *silence) for frame in stream.step(hop)]


def pictures(frames: list[Frame]) -> NDArray[np.int16]:
    return np.stack([frame.picture for frame in frames]).astype(np.int16)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_rank_for_each_step_shows_what_one_process_does(tmp_path: Path) -> None:
    weights, size = trained(tmp_path / "avatar.safetensors", 2), VideoFormat(160, 120)
    alone, _ = open_neural(weights, somebody(), size)
    with closing(alone):
        expected = performed(alone, 2.6)
    with closing(open_pipeline(weights, 2, somebody(), size)) as stream:
        assert len(psutil.Process().children()) == RANKS
        made = performed(stream, 2.6)
    count = min(len(expected), len(made))
    assert count >= 60
    assert [frame.sample for frame in made] == [640 * n for n in range(len(made))]
    assert np.abs(pictures(made[:count]) - pictures(expected[:count])).max() <= 1
    assert pictures(made[:count]).std(0).max() > 0


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ranks_that_lose_one_of_them_end_in_one_sentence(tmp_path: Path) -> None:
    before = psutil.Process().children()
    weights = trained(tmp_path / "avatar.safetensors", 1)
    stream = open_pipeline(weights, 1, somebody(), VideoFormat(160, 120))
    first = next(process for process in psutil.Process().children() if process not in before)
    first.kill()
    with pytest.raises(EngineError, match=r"rank \d process has ended unexpectedly"):
        performed(stream, 10.0)
    assert psutil.Process().children() == before
