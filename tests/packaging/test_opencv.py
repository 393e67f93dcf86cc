"""OpenCV is built with what Understudy uses, once."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from runpy import run_path

import pytest

from core.process.child import ROOT

BUILDER = run_path(str(ROOT / "packaging" / "linux" / "opencv.py"))
NUMBER = "5.0.0"


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """Stand-ins: pip fetches an empty source, the compiler makes an empty library."""
    run: list[Sequence[str]] = []

    def stand_in(words: Sequence[str], *, check: bool) -> None:
        assert check
        run.append(words)
        if "--build" in words:
            library = Path(words[words.index("--build") + 1], "lib", BUILDER["LIBRARY"])
            library.parent.mkdir(parents=True)
            library.touch()
        if words[0] == "strip":
            Path(words[-1]).touch()

    monkeypatch.setattr(subprocess, "run", stand_in)
    monkeypatch.setattr("shutil.unpack_archive", lambda archive, place: None)
    return run


def test_it_is_fetched_configured_built_and_stripped(
    programs: list[Sequence[str]], tmp_path: Path
) -> None:
    library = BUILDER["build"](NUMBER, tmp_path)
    assert library == tmp_path / NUMBER / "cv2.abi3.so"
    assert library.exists()
    assert [Path(words[0]).name for words in programs][1:] == ["cmake", "cmake", "strip"]
    assert "opencv-python-headless==5.0.0" in programs[0]
    assert {"-DWITH_FFMPEG=OFF", "-DBUILD_JPEG=ON"} < set(programs[1])


def test_what_is_there_is_built_no_second_time(
    programs: list[Sequence[str]], tmp_path: Path
) -> None:
    BUILDER["build"](NUMBER, tmp_path)
    programs.clear()
    BUILDER["build"](NUMBER, tmp_path)
    assert not programs
