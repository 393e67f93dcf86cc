"""Films of killed programs are kept under a name that says so; others' files are left alone."""

import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from core.audio import VOICE_RATE
from core.film.film_sound import SOUNDS
from core.film.recording import Recording
from core.film.unfinished import rescue
from core.process.child import ROOT
from core.video import Frame, VideoFormat
from tests.fakes import until

FORMAT = VideoFormat(64, 48)

FILMING = """
import sys
from pathlib import Path
import numpy as np
from core.film.recording import Recording
from core.video import Frame, VideoFormat
from tests.core.film.test_recording import sound
film = Recording(Path(sys.argv[1]), VideoFormat(64, 48), sys.argv[2], patient=True)
noise = np.random.default_rng(0)
for number in range(100):
    film.send(Frame(noise.integers(0, 256, (48, 64, 3), np.uint8), 640 * number))
    film.play(sound(number))
print("filmed", flush=True)
sys.stdin.read()
"""


@pytest.fixture(params=SOUNDS)
def killed(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder in which a program was killed while it filmed."""
    path, part = tmp_path / "talk.mp4", tmp_path / "talk.mp4.part"
    program = subprocess.Popen(
        [sys.executable, "-c", FILMING, str(path), request.param], cwd=ROOT, stdin=subprocess.PIPE
    )
    with program:
        until(lambda: part.exists() and part.stat().st_size > 100_000, limit=60)
        assert rescue(tmp_path) == []  # it is being written
        assert part.exists()
        program.kill()
    return tmp_path


def test_what_a_killed_program_filmed_is_kept_and_named(killed: Path) -> None:
    (kept,) = rescue(killed)
    assert kept == killed / "talk (incomplete).mp4"
    assert [path.name for path in killed.iterdir()] == [kept.name]
    with av.open(str(kept)) as film:
        seconds = sum(1 for _ in film.decode(video=0)) / FORMAT.fps
    with av.open(str(kept)) as film:
        sound = sum(frame.samples for frame in film.decode(audio=0)) / VOICE_RATE
    assert seconds > 0
    assert sound == pytest.approx(seconds, abs=0.1)  # a frame of FLAC is as long
    assert rescue(killed) == []


def test_it_takes_no_other_films_place(killed: Path) -> None:
    (killed / "talk (incomplete).mp4").write_bytes(b"an earlier one")
    assert rescue(killed) == [killed / "talk (incomplete) 2.mp4"]
    assert (killed / "talk (incomplete).mp4").read_bytes() == b"an earlier one"


def test_what_was_killed_while_it_was_signed_leaves_nothing_behind(tmp_path: Path) -> None:
    signed, others = (tmp_path / f"{name}.{'0f' * 16}.part" for name in ("a.mp4.part", "a.iso"))
    for file in (signed, others):
        file.write_bytes(b"half of it")
    rescue(tmp_path)
    assert signed.exists()  # it may be being written
    for file in (signed, others):
        os.utime(file, (0, 0))
    rescue(tmp_path)
    assert list(tmp_path.iterdir()) == [others]


def test_what_other_programs_are_loading_is_left_alone(tmp_path: Path) -> None:
    others = tmp_path / "holiday.mp4.part"
    others.write_bytes(b"\0\0\0$ftypisom" + bytes(5000))
    (tmp_path / "empty.mp4.part").touch()
    (tmp_path / "folder.mp4.part").mkdir()
    assert rescue(tmp_path) == []
    assert len(list(tmp_path.iterdir())) == 3
    os.utime(tmp_path / "empty.mp4.part", (0, 0))
    assert rescue(tmp_path) == []
    assert not (tmp_path / "empty.mp4.part").exists()


def test_a_film_that_is_being_made_here_is_left_alone(tmp_path: Path) -> None:
    film = Recording(tmp_path / "a.mp4", FORMAT, patient=True)
    for number in range(60):
        film.send(Frame(np.zeros((48, 64, 3), np.uint8), 640 * number))
    assert rescue(tmp_path) == []
    film.close()
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_where_there_is_no_folder_there_is_nothing(tmp_path: Path) -> None:
    assert rescue(tmp_path / "gone") == []
