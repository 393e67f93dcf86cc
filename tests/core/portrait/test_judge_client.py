"""Photos are judged in another process, and what it says comes back whole."""

import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.portrait.backdrop import StillPortrait
from core.portrait.judge import PhotoVerdict
from core.portrait.judge_client import JudgeProcess, decode_verdict
from core.portrait.judge_process import send_verdict
from core.portrait.matting import MattedPhoto
from core.process.child import ROOT, Child, ChildLost, Message
from core.profile import Framing

MIRA = ROOT / "plugins" / "cast" / "mira" / "1.jpg"
GREY = np.full((6, 4, 3), 90, np.uint8)


class Wire:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, head: dict[str, object], body: bytes = b"") -> None:
        self.sent.append(Message(head, body))


@pytest.mark.parametrize(
    "verdict",
    [
        PhotoVerdict(
            Path("a.png"),
            GREY,
            (0.1, 0.2, 0.3, 0.4),
            "",
            ("Too dark.",),
            Framing(0.4),
            proportions=(0.5, -0.5),
        ),
        PhotoVerdict(Path("b.png"), problem="it is damaged"),
        PhotoVerdict(Path("c.png"), GREY, findings=b"what was found"),
    ],
)
def test_a_verdict_arrives_as_it_was_given(verdict: PhotoVerdict) -> None:
    wire = Wire()
    send_verdict(wire, verdict)  # type: ignore[arg-type]
    again = decode_verdict(wire.sent[0], verdict.path)
    assert replace(again, picture=None) == replace(verdict, picture=None)
    assert np.array_equal(again.picture, verdict.picture)  # type: ignore[arg-type]


def test_a_photo_taken_apart_arrives_as_it_was_given() -> None:
    random, shape = np.random.default_rng(0), GREY.shape
    person, background = (random.integers(0, 256, shape).astype(np.uint8) for _ in range(2))
    layers = MattedPhoto(person, random.random(shape[:2], np.float32), background)
    still, wire = StillPortrait(layers, 33.5), Wire()
    verdict = PhotoVerdict(Path("d.png"), GREY, still=still, findings=b"what was found")
    send_verdict(wire, verdict)  # type: ignore[arg-type]
    again = decode_verdict(wire.sent[0], verdict.path)
    assert again.still is not None
    assert again.still.chin == still.chin
    for there, here in zip(again.still.layers, layers, strict=True):
        np.testing.assert_array_equal(there, here)
    assert again.findings == verdict.findings


def test_a_face_is_found_in_the_other_process_and_a_bad_file_is_told(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_text("no picture")
    Image.new("RGB", (90, 90)).save(tmp_path / "empty.png")
    with closing(JudgeProcess()) as judge:
        verdict = judge(MIRA)
        assert (verdict.path, verdict.problem, verdict.hints) == (MIRA, "", ())
        assert verdict.suggested_framing is not None
        assert 1 <= verdict.suggested_framing.zoom < 4
        assert verdict.picture is not None
        assert verdict.still is not None
        assert verdict.still.layers.person.shape == verdict.picture.shape
        with pytest.raises(RuntimeError, match=r"bad\.jpg is not a picture"):
            judge(bad)
        assert "No face was found" in judge(tmp_path / "empty.png").problem


class Judging:
    """Starts children of a program that judges as the test says."""

    def __init__(self, *programs: str) -> None:
        self.programs = list(programs)

    def __call__(self) -> Child:
        return Child([sys.executable, "-c", self.programs.pop(0)], "photo")


ANSWER = """
from core.process.child import claim, serve
from core.portrait.judge import PhotoVerdict
from core.portrait.judge_process import send_verdict
from pathlib import Path
pipe = claim()
def judge(message):
    send_verdict(pipe, PhotoVerdict(Path("x"), problem=Path(message.head["photo"]).stem))
serve(pipe, judge)
"""
DIES = "import sys; sys.stdin.readline(); sys.exit('killed')"
HANGS = "import time; time.sleep(600)"


def test_a_photo_that_ends_the_process_ends_no_other() -> None:
    with closing(JudgeProcess(Judging(DIES, ANSWER))) as judge:
        with pytest.raises(ChildLost, match="killed"):
            judge(Path("first.png"))
        assert judge(Path("second.png")).problem == "second"


def test_a_photo_that_takes_too_long_is_told_and_its_process_ended() -> None:
    started: list[Child] = []

    def spawn() -> Child:
        started.append(Judging(HANGS)())
        return started[0]

    judge = JudgeProcess(spawn, timeout=0.1)
    with closing(judge), pytest.raises(ChildLost, match=r"first\.png takes too long to look at"):
        judge(Path("first.png"))
    assert not started[0].alive
