"""Verdicts on films and pictures, and how they are told."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.film.film_sound import SOUNDS
from core.verify.command_line import FAILED, FOUND, NOT_FOUND, main
from core.verify.pieces import Piece
from core.verify.verdict import Verdict, judge, rarely, verify, words
from core.watermark.detection import Evidence, Match, threshold
from tests.core.verify.films import called, recorded
from tests.core.watermark.pictures import VERSION, busy, luma, marked


@pytest.mark.parametrize("sound", SOUNDS)
def test_a_recording_is_known_with_its_version(tmp_path: Path, sound: str) -> None:
    verdict = verify(recorded(tmp_path / "a.mp4", 11, mark=True, sound=sound))
    assert verdict.found
    assert (verdict.pieces, verdict.sure) == (2, 2)
    assert verdict.best.version == VERSION
    assert "made by Understudy 2.7, AI-generated" in words(tmp_path / "a.mp4", verdict)
    assert "found in 2 of 2 pieces" in words(tmp_path / "a.mp4", verdict)


def test_a_film_of_a_call_is_known(tmp_path: Path) -> None:
    assert verify(called(tmp_path / "a.webm", 5, mark=True)).found


def test_a_film_without_the_watermark_is_not_known(tmp_path: Path) -> None:
    verdict = verify(called(tmp_path / "a.webm", 2, mark=False))
    assert not verdict.found
    assert verdict.sure == 0
    assert "no watermark of Understudy was found" in words(tmp_path / "a.webm", verdict)


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_a_picture_is_known(tmp_path: Path, suffix: str) -> None:
    Image.fromarray(marked(busy())).save(tmp_path / f"a.{suffix}")
    assert verify(tmp_path / f"a.{suffix}").found


def test_a_film_of_which_a_part_bears_it_says_so() -> None:
    pieces = []
    for mark in (False, True):
        evidence = Evidence()
        evidence.add(luma(marked(busy()) if mark else busy()))
        pieces.append(Piece(5.0 * mark, evidence))
    heard: list[float] = []
    verdict = judge(pieces, lambda piece: heard.append(piece.start))
    assert heard == [0, 5]
    assert (verdict.pieces, verdict.sure, verdict.found) == (2, 1, True)


def told(z: float, chance: float) -> str:
    return words(Path("a.mp4"), Verdict(1, 0, Match(z, 1.0, False, None), chance))


def test_a_trace_is_told_as_what_it_is() -> None:
    assert "a trace of it" in told(6.5, 2e-3)
    assert "one of 500 cases" in told(6.5, 2e-3)
    assert "no watermark" in told(6.5, 2e-3)
    assert "trace" not in told(5.0, 1.0)
    assert "made by Understudy, AI-generated" in told(threshold() + 1, 1e-9)


def test_how_rare_it_is_is_never_overstated() -> None:
    assert rarely(1e-6) == "in less than one of 10^6 cases"
    assert rarely(3e-12) == "in less than one of 10^11 cases"
    assert rarely(0.0) == "in less than one of 10^300 cases"
    assert rarely(0.05) == "in less than one of 20 cases"


def test_the_command_line_tells_each_file_and_ends_with_the_worst(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bare, bad = (tmp_path / name for name in ("good.png", "bare.png", "bad.png"))
    Image.fromarray(marked(busy())).save(good)
    Image.fromarray(np.full((100, 100, 3), 90, np.uint8)).save(bare)
    bad.write_text("no picture")
    assert main([str(good)]) == FOUND
    assert main([str(good), str(bare)]) == NOT_FOUND
    assert main([str(bad), str(good)]) == FAILED
    out, err = capsys.readouterr()
    assert out.count("good.png: made by Understudy 2.7") == 3
    assert "bare.png: no watermark" in out
    assert err == (
        "start.py verify: bad.png is neither a film nor a picture, or damaged; name an MP4, WebM, "
        "MKV, PNG or JPEG file\n"
    )
