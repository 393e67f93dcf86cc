"""The command line makes a film, and says in one sentence what is wrong."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from core.broadcast.scene import Scene
from core.cli import film_live, listing, main, scene
from core.cli_options import parser
from core.film.recording import RecordingError
from core.live.delayed_voice import PATIENT
from core.process.child import ROOT
from tests.fakes import tone, until


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    Image.fromarray(np.full((120, 100, 3), 90, np.uint8)).save(tmp_path / "face.png")
    return tmp_path / "face.png"


def run(*arguments: object) -> int:
    return main([*map(str, arguments), "--engine", "testcard"])


def lengths(path: Path, fps: int = 25) -> tuple[float, float]:
    """Seconds of picture and of sound."""
    with av.open(str(path)) as file:
        pictures = sum(1 for _ in file.decode(video=0))
    with av.open(str(path)) as file:
        sound = sum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))
    return pictures / fps, sound


def test_a_text_becomes_a_film_with_sound(
    tmp_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "film.mp4"
    assert run("--text", "Good morning.", "--photo", photo, "--out", out) == 0
    picture, sound = lengths(out)
    assert picture > 0.5
    assert picture == pytest.approx(sound, abs=0.1)
    told = capsys.readouterr()
    assert f"The film is in {out}" in told.out
    assert "consent is your responsibility" in told.out
    assert "Filming: 100%" in told.err


def test_a_sound_file_becomes_a_film_of_its_length(tmp_path: Path, photo: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(1.2, 22_050), 22_050)
    run("--audio", tmp_path / "a.wav", "--photo", photo, "--out", tmp_path / "film.mp4")
    assert lengths(tmp_path / "film.mp4") == pytest.approx((1.2, 1.2), abs=0.07)


def test_only_the_seconds_asked_for_are_filmed(tmp_path: Path, photo: Path) -> None:
    out = tmp_path / "film.mp4"
    assert run("--text", "word " * 50, "--photo", photo, "--out", out, "--seconds", "0.8") == 0
    assert lengths(out)[0] == pytest.approx(0.8)


def test_a_film_of_thirty_frames_a_second_is_as_long(tmp_path: Path, photo: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(1.2), 16_000)
    out = tmp_path / "film.mp4"
    run("--audio", tmp_path / "a.wav", "--photo", photo, "--out", out, "--fps", 30)
    assert lengths(out, 30) == pytest.approx((1.2, 1.2), abs=0.09)


def test_a_film_whose_sound_loses_nothing_is_that_of_the_file(tmp_path: Path, photo: Path) -> None:
    written = (1 << 8) * np.random.default_rng(0).integers(-(2**20), 2**20, (57_600, 2), np.int32)
    soundfile.write(tmp_path / "a.wav", written, 48_000, "PCM_24")
    out, kind = tmp_path / "film.mp4", ("--film-sound", "lossless")
    assert run("--audio", tmp_path / "a.wav", "--photo", photo, "--out", out, *kind) == 0
    with av.open(str(out)) as file:
        assert file.streams.audio[0].codec_context.name == "flac"
        heard = np.concatenate([f.to_ndarray().reshape(-1, 2) for f in file.decode(audio=0)])
    np.testing.assert_array_equal(heard[:57_600], written)


def bad_lines(folder: Path) -> dict[str, list[object]]:
    (folder / "noise.wav").write_bytes(b"no sound " * 100)
    good = folder / "face.png"
    return {
        "no photo": ["--photo", folder / "gone.png"],
        "no sound": ["--photo", good, "--audio", folder / "noise.wav"],
        "no words": ["--photo", good, "--text", "..."],
        "no person": ["--profile", "nobody at all"],
        "no film": ["--photo", good, "--out", folder / "film.avi"],
        "no folder": ["--photo", good, "--out", folder / "no" / "film.mp4"],
        "no camera": ["--photo", good, "--camera", "/dev/nothing"],
        "no output": ["--photo", good, "--mic", "--sound", "nothing at all"],
        "no background": ["--photo", good, "--background", "mauve"],
        "no listener": ["--photo", good, "--text", "Hello.", "--sound"],
        "no recording": ["--photo", good, "--web", "0", "--film-sound", "lossless"],
    }


@pytest.mark.parametrize(
    ("case", "complaint"),
    [
        ("no photo", "gone.png"),
        ("no sound", "noise.wav cannot be read as sound"),
        ("no words", "there is nothing to speak"),
        ("no person", "nobody at all"),
        ("no film", "recordings are MP4 files"),
        ("no folder", "choose another folder"),
        ("no camera", "virtual camera"),
        ("no output", "there is no sound output 'nothing at all'; choose one of: "),
        ("no background", "background 'mauve' is neither"),
        ("no listener", "use --sound with --camera, --web or --mic"),
        ("no recording", "use --film-sound with --out"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    tmp_path: Path, photo: Path, capsys: pytest.CaptureFixture[str], case: str, complaint: str
) -> None:
    assert run(*bad_lines(tmp_path)[case]) == 1
    told = capsys.readouterr().err.strip()
    assert told.startswith("start.py demo: ")
    assert "\n" not in told
    assert complaint in told or "there is no profile yet" in told
    assert not list(tmp_path.glob("*.part"))


def test_a_film_of_a_damaged_sound_says_so_in_its_name(
    tmp_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound, out = tmp_path / "cut.flac", tmp_path / "film.mp4"
    soundfile.write(sound, np.random.default_rng(1).normal(0, 0.1, 32_000), 16_000)
    sound.write_bytes(sound.read_bytes()[:30_000])
    assert run("--audio", sound, "--photo", photo, "--out", out) == 1
    told = capsys.readouterr()
    assert "cut.flac is damaged after" in told.err
    assert "flac decoder" not in told.err
    assert "film (incomplete).mp4" in told.err
    assert "The film is in" not in told.out
    assert not out.exists()
    picture, heard = lengths(tmp_path / "film (incomplete).mp4")
    assert picture == pytest.approx(heard, abs=0.1)
    assert 0.5 < picture < 1.5


def test_where_no_film_was_made_none_is_named(
    tmp_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "film.mp4"
    assert run("--text", "Hello.", "--photo", photo, "--out", out, "--seconds", 0.00001) == 1
    told = capsys.readouterr()
    assert "no film was made" in told.err
    assert "The film is in" not in told.out
    assert not out.exists()


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="there are no such devices here")
def test_a_device_is_no_film(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--text", "Hello.", "--photo", photo, "--out", "/dev/null") == 1
    assert "/dev/null is a device, not a file" in capsys.readouterr().err
    assert not Path("/dev/null.mp4").exists()


def test_details_are_told_when_asked_for(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--photo", photo, "--text", "", "--verbose") == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_unknown_engine_is_told(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--photo", str(photo), "--engine", "steam"]) == 1
    assert "there is no engine 'steam'; choose one of: " in capsys.readouterr().err


@pytest.mark.parametrize(
    "line", ["--seconds 0", "--mic --text a", "--out a --camera", "--fps 7", "--odd"]
)
def test_a_wrong_command_line_is_told(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(line.split())
    assert "usage: start.py demo" in capsys.readouterr().err


def test_everything_there_is_is_listed() -> None:
    told = listing()
    for words in (
        "Engines:",
        "testcard",
        "Sources:",
        "speech: Typed text",
        "Cameras:",
        "Sound outputs:",
    ):
        assert words in told


def test_the_command_line_is_there_before_any_network() -> None:
    code = "import core.cli, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_page_for_obs_is_live_until_the_sound_ends(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--photo", photo, "--text", "Hi.", "--web", "0", "--seconds", "0.2") == 0
    told = capsys.readouterr().out
    assert "browser source with this address: http://127.0.0.1:" in told
    assert "Live; Ctrl+C ends it." in told


def test_what_happens_now_is_filmed_until_it_ends(
    tmp_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    film_live(asked(photo), None, tmp_path / "film.mp4")
    picture, sound = lengths(tmp_path / "film.mp4")
    # The voice waits no longer than this for pictures that are late, as on a busy computer.
    assert picture == pytest.approx(sound, abs=0.1 + PATIENT)
    assert min(picture, sound) > 0.3
    told = capsys.readouterr().out
    assert "Live; Ctrl+C ends it." in told
    assert f"The film is in {tmp_path / 'film.mp4'}" in told


def test_a_film_that_cannot_be_written_ends_it(tmp_path: Path, photo: Path) -> None:
    with pytest.raises(RecordingError, match="choose another folder"):
        film_live(asked(photo), None, tmp_path / "no" / "film.mp4")


def asked(photo: Path) -> Scene:
    line = ["--photo", str(photo), "--text", "Hi.", "--engine", "testcard"]
    return scene(parser().parse_args(line))


def test_a_text_is_spoken_in_the_language_asked_for(photo: Path) -> None:
    chosen = parser().parse_args(
        ["--text", "Guten Tag.", "--language", "de", "--photo", str(photo)]
    )
    assert scene(chosen).options.voice == "de"


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (
            ["--text", "\u4f60\u597d"],
            "does not know the letters of '\u4f60\u597d'; choose the language",
        ),
        (["--text", "Hi.", "--language", "nothing"], "there is no voice 'nothing'"),
        (["--mic", "--language", "de"], "--language is that of a text"),
    ],
)
def test_a_language_that_does_not_fit_is_told(
    tmp_path: Path,
    photo: Path,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    complaint: str,
) -> None:
    assert run(*more, "--photo", photo, "--out", tmp_path / "film.mp4") == 1
    assert complaint in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_whoever_has_read_enough_sees_no_traceback(unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        ended = subprocess.run(
            [sys.executable, "-m", "core.cli", "--list"],
            stdout=pipe, stderr=subprocess.PIPE, text=True, check=False,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )  # fmt: skip
    assert "Traceback" not in ended.stderr
    assert "BrokenPipe" not in ended.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_film_that_the_system_ends_is_whole_to_there(
    tmp_path: Path, photo: Path, name: str
) -> None:
    out, part = tmp_path / "film.mp4", tmp_path / "film.mp4.part"
    words = ["--text", "word " * 5000, "--photo", str(photo), "--out", str(out)]
    program = subprocess.Popen(
        [sys.executable, "-m", "core.cli", *words, "--engine", "testcard"], cwd=ROOT
    )
    try:
        until(lambda: part.exists() and part.stat().st_size > 2_000, limit=120)
        program.send_signal(getattr(signal, name))
        assert program.wait(60) == 0
    finally:
        program.kill()
        program.wait()
    assert not part.exists()
    assert lengths(out)[0] > 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_who_is_live_ends_as_with_ctrl_c(photo: Path, name: str) -> None:
    words = ["--text", "word " * 500, "--photo", str(photo), "--web", "0", "--engine", "testcard"]
    command = [sys.executable, "-u", "-m", "core.cli", *words]
    program = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert program.stdout
    try:
        assert any(line.startswith("Live") for line in program.stdout)
        program.send_signal(getattr(signal, name))
        program.communicate(timeout=60)
        assert program.returncode == 0
    finally:
        program.kill()
        program.wait()


def test_a_name_that_the_output_cannot_write_is_no_obstacle(tmp_path: Path, photo: Path) -> None:
    named, out = tmp_path / "日本.png", tmp_path / "film.mp4"
    photo.rename(named)
    words = ["--text", "hi", "--photo", str(named), "--out", str(out), "--engine", "testcard"]
    done = subprocess.run(
        [sys.executable, "-m", "core.cli", *words],
        cwd=ROOT, capture_output=True, check=False,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert out.exists()


def test_photos_of_different_people_are_told_and_filmed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cast = ROOT / "plugins" / "cast"
    ines, juno = (next((cast / name).glob("1.*g")) for name in ("ines", "juno"))
    for photos, told in (((ines, juno), True), ((ines, ines), False)):
        out = tmp_path / "film.mp4"
        assert run("--text", "Hi.", "--seconds", "0.2", "--photo", *photos, "--out", out) == 0
        assert ("may show different people" in capsys.readouterr().out) is told


def test_more_photos_than_a_person_has_are_refused(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--text", "Hi.", "--photo", photo, photo, photo, photo) == 1
    assert "give 1 to 3" in capsys.readouterr().err
