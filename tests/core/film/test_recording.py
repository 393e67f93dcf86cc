"""Recordings are in sync, whole or plainly not, and never in the way."""

import errno
import io
import logging
import os
import threading
import time
from pathlib import Path
from typing import IO

import av
import numpy as np
import pytest

import core.film.recording
from core.audio import VOICE_RATE, Samples, Sound, Voice
from core.film.film_sound import AAC, LOSSLESS, SOUNDS
from core.film.recording import WAITING, Recording, RecordingError, checked, keeping_all
from core.video import Frame, VideoFormat
from tests.fakes import sine_in, tone, voiced

FORMAT = VideoFormat(64, 48)
MARKS = (10, 35, 60, 85)
"""Frames that flash while the sound clicks."""


def frame(i: int, start: int = 0) -> Frame:
    level = 255 if i in MARKS else 20
    return Frame(np.full((48, 64, 3), level, np.uint8), start + 640 * i)


def sound(i: int, start: int = 0) -> Sound:
    samples = np.zeros(640, np.float32)
    samples[: 80 * (i in MARKS)] = 0.9
    return voiced(Sound(samples, start + 640 * i, 0.0))


def record(
    path: Path,
    frames: int = 100,
    start: int = 0,
    lost_frames: tuple[int, ...] = (),
    lost_sound: tuple[int, ...] = (),
    kind: str = AAC,
) -> Recording:
    recording = Recording(path, FORMAT, kind, patient=True)
    for i in range(frames):
        if i not in lost_frames:
            recording.send(frame(i, start))
        if i not in lost_sound:
            recording.play(sound(i, start))
    recording.close()
    return recording


def flashes(path: Path) -> list[float]:
    """Seconds at which bright pictures begin to show."""
    with av.open(str(path)) as file:
        return [
            float(f.time or 0)
            for f in file.decode(video=0)
            if f.to_ndarray(format="gray").mean() > 128
        ]


def clicks(path: Path) -> list[float]:
    """Seconds at which the sound gets loud."""
    with av.open(str(path)) as file:
        parts = [(float(f.time or 0), channels(f)[0]) for f in file.decode(audio=0)]
    loud = [t + i / VOICE_RATE for t, x in parts for i in np.flatnonzero(np.abs(x) > 0.3)]
    return [t for i, t in enumerate(loud) if i == 0 or t - loud[i - 1] > 0.1]


def channels(frame: av.AudioFrame) -> Samples:
    """What a frame of either kind of sound says, shape (channels, frames)."""
    if frame.format.name == "fltp":
        return frame.to_ndarray().astype(np.float32)
    assert frame.format.name == "s32"
    return np.ldexp(frame.to_ndarray().reshape(-1, 2).T.astype(np.float32), -31)


def heard(path: Path) -> Samples:
    """The sound of a film, shape (channels, frames)."""
    with av.open(str(path)) as file:
        return np.concatenate([channels(f) for f in file.decode(audio=0)], 1)


def count(path: Path) -> int:
    with av.open(str(path)) as file:
        return sum(1 for _ in file.decode(video=0))


@pytest.mark.parametrize("kind", SOUNDS)
@pytest.mark.parametrize("start", [0, 123_457])
def test_flash_and_click_meet_within_20_ms(tmp_path: Path, start: int, kind: str) -> None:
    record(tmp_path / "a.mp4", start=start, kind=kind)
    expected = [i / 25 for i in MARKS]
    assert flashes(tmp_path / "a.mp4") == pytest.approx(expected, abs=0.001)
    assert clicks(tmp_path / "a.mp4") == pytest.approx(expected, abs=0.01)
    assert count(tmp_path / "a.mp4") == 100


@pytest.mark.parametrize("kind", SOUNDS)
def test_what_was_lost_leaves_everything_else_in_its_place(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.mp4"
    record(path, lost_frames=(3, 4, 5, 35, 70), lost_sound=(20, 21, 60, 61, 90), kind=kind)
    assert flashes(path) == pytest.approx([0.4, 2.4, 3.4], abs=0.001)
    assert clicks(path) == pytest.approx([0.4, 1.4, 3.4], abs=0.01)
    assert count(path) == 100


def test_a_frame_shown_twice_is_recorded_once(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "a.mp4", FORMAT, patient=True)
    for i in (0, 1, 1, 1, 2, 1, 3):
        recording.send(frame(i))
    recording.close()
    assert count(tmp_path / "a.mp4") == 4


def test_sound_from_before_the_first_picture_is_left_out(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "a.mp4", FORMAT, patient=True)
    recording.play(sound(8))
    for i in range(9, 40):
        recording.send(frame(i))
        recording.play(sound(i - 1))
    recording.close()
    assert flashes(tmp_path / "a.mp4") == pytest.approx([1 / 25, 26 / 25], abs=0.001)
    assert clicks(tmp_path / "a.mp4") == pytest.approx([1 / 25, 26 / 25], abs=0.01)


@pytest.mark.parametrize("kind", SOUNDS)
def test_without_any_sound_there_is_a_silent_film(tmp_path: Path, kind: str) -> None:
    record(tmp_path / "a.mp4", frames=80, lost_sound=tuple(range(80)), kind=kind)
    assert count(tmp_path / "a.mp4") == 80
    assert clicks(tmp_path / "a.mp4") == []


def spoken(path: Path, voice: Voice, kind: str) -> Samples:
    """What a film of a voice of two channels, in pieces of 40 ms, sounds like."""
    recording = Recording(path, FORMAT, kind, patient=True)
    for i in range(len(voice) // 1920):
        piece = voice[1920 * i : 1920 * (i + 1)]
        recording.send(frame(i))
        recording.play(Sound(piece[::3, 0], 640 * i, 0.0, piece))
    recording.close()
    return heard(path)


@pytest.mark.parametrize("kind", SOUNDS)
@pytest.mark.parametrize("hertz", [1000, 11_000, 15_000])
def test_the_voice_keeps_its_band_and_its_channels(tmp_path: Path, hertz: float, kind: str) -> None:
    left, right = tone(2.0, VOICE_RATE, hertz), tone(2.0, VOICE_RATE, hertz / 2)
    both = spoken(tmp_path / "a.mp4", np.stack([left, right], 1), kind)
    assert both.shape[0] == 2
    for channel, pitch in zip(both, (hertz, hertz / 2), strict=True):
        level, _ = sine_in(channel[24_000:72_000], pitch, VOICE_RATE)
        assert abs(20 * np.log10(level / 0.5)) < 1


def test_of_lossless_sound_every_frame_is_what_it_was_in_24_bits(tmp_path: Path) -> None:
    voice = np.random.default_rng(0).normal(0, 0.4, (96_000, 2)).astype(np.float32)
    voice[:4] = [(1.0, -1.0), (2.0, -2.0), (2**-23, -(2**-23)), (2**-25, 0.0)]
    full = float(2**23)
    expected = np.rint(voice.astype(float) * full).clip(-full, full - 1) / full
    np.testing.assert_array_equal(spoken(tmp_path / "a.mp4", voice, LOSSLESS).T, expected)


def test_what_is_lossless_and_was_lost_is_silence_of_that_length(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "a.mp4", FORMAT, LOSSLESS, patient=True)
    ones = np.full((1920, 1), 0.5, np.float32)
    for i in range(25):
        recording.send(frame(i))
        if i not in (0, 7, 8):
            recording.play(Sound(ones[::3, 0], 640 * i, 0.0, ones))
    recording.close()
    expected = np.repeat([0 if i in (0, 7, 8) else 0.5 for i in range(25)], 1920)
    np.testing.assert_array_equal(heard(tmp_path / "a.mp4"), [expected, expected])


def test_colours_are_kept(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "a.mp4", FORMAT, patient=True)
    colour = np.array([200, 120, 40], np.uint8)
    recording.send(Frame(np.broadcast_to(colour, (48, 64, 3)), 0))
    recording.close()
    with av.open(str(tmp_path / "a.mp4")) as file:
        (picture,) = (f.to_ndarray(format="rgb24") for f in file.decode(video=0))
    np.testing.assert_allclose(picture[24, 32].astype(int), colour, atol=4)


def test_the_file_says_that_it_is_ai_generated(tmp_path: Path) -> None:
    record(tmp_path / "a.mp4", frames=3)
    with av.open(str(tmp_path / "a.mp4")) as file:
        assert file.metadata["title"] == "AI-generated video"
        assert "AI-generated" in file.metadata["comment"]


def test_the_name_appears_only_when_the_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("what was there before")
    recording = Recording(path, FORMAT, patient=True)
    recording.send(frame(0))
    assert path.read_text() == "what was there before"
    assert (tmp_path / "a.mp4.part").exists()
    recording.close()
    recording.close()
    assert count(path) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


def test_a_recording_of_nothing_leaves_nothing_and_harms_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("before")
    Recording(path, FORMAT).close()
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]
    assert path.read_text() == "before"


def test_what_a_crash_left_behind_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.mp4.part").write_text("from a crash")
    record(tmp_path / "a.mp4", frames=2)
    assert (tmp_path / "a.mp4.part").read_text() == "from a crash"
    assert count(tmp_path / "a.mp4") == 2


def test_of_two_recordings_of_one_name_both_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    one, two = Recording(path, FORMAT, patient=True), Recording(path, FORMAT, patient=True)
    one.send(frame(0))
    for i in range(2):
        two.send(frame(i))
    one.close()
    two.close()
    assert (count(one.path), count(two.path)) == (1, 2)
    assert (one.path, two.path) == (path, tmp_path / "a 2.mp4")


def test_what_is_not_all_there_says_so_in_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("the one before")
    recording = Recording(path, FORMAT, patient=True)
    recording.send(frame(0))
    recording.break_off()
    assert recording.made
    assert recording.path == tmp_path / "a (incomplete).mp4"
    assert count(recording.path) == 1
    assert path.read_text() == "the one before"


def test_what_is_live_is_recorded_beside_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("of the same second")
    recording = keeping_all(path, FORMAT)
    recording.send(frame(0))
    recording.close()
    assert path.read_text() == "of the same second"
    assert count(recording.path) == 1


class SmallDisk(io.FileIO):
    """A file on a disk that is soon full."""

    room = 60_000

    def write(self, content: object) -> int:
        self.room -= len(content)  # type: ignore[arg-type]
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(content)  # type: ignore[arg-type]


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "core.film.recording")

    def create(path: Path) -> IO[bytes]:
        return SmallDisk(str(path) + ".part", "xb")

    monkeypatch.setattr(core.film.recording, "_create", create)


def noisy(i: int) -> Frame:
    return Frame(np.random.default_rng(i).integers(0, 255, (48, 64, 3), np.uint8), 640 * i)


@pytest.mark.usefixtures("small_disk")
@pytest.mark.parametrize("patient", [True, False])
def test_a_full_disk_is_told_once_and_what_was_recorded_can_be_played(
    tmp_path: Path, patient: bool
) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("before")
    recording = Recording(path, FORMAT, patient=patient)
    with pytest.raises(RecordingError, match="the disk is full") as caught:
        feed(recording, frames=2000)
    recording.close()
    assert "a (incomplete).mp4" in str(caught.value)
    assert path.read_text() == "before"
    assert count_of_broken(tmp_path / "a (incomplete).mp4") >= 1


def feed(recording: Recording, frames: int) -> None:
    for i in range(frames):
        recording.send(noisy(i))
        recording.play(sound(i))
        time.sleep(0.001)


def count_of_broken(path: Path) -> int:
    done = 0
    with av.open(str(path)) as file:
        try:
            for _ in file.decode(video=0):
                done += 1
        except av.FFmpegError:
            pass
    return done


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EIO, "Input/output error; try another folder."),
        (errno.EFBIG, "no file there can be larger; choose a folder on another disk."),
        (errno.EDQUOT, "the disk is full; free some space."),
    ],
)
def test_why_it_broke_off_is_said_in_words(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    number: int,
    words: str,
) -> None:
    caplog.set_level(logging.CRITICAL, "core.film.recording")

    class BadDisk(io.FileIO):
        def write(self, _: object) -> int:
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(core.film.recording, "_create", lambda path: BadDisk(f"{path}.part", "xb"))
    recording = Recording(tmp_path / "a.mp4", FORMAT, patient=True)
    recording.send(noisy(0))
    with pytest.raises(RecordingError) as caught:
        recording.close()
    assert str(caught.value) == f"the recording a.mp4 broke off: {words}"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("small_disk")
def test_a_disk_that_is_full_only_at_the_end_is_told_when_closing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SmallDisk, "room", 5_000)
    recording = Recording(tmp_path / "a.mp4", FORMAT, patient=True)
    for i in range(12):  # less than one fragment: nothing is written before the end
        recording.send(noisy(i))
    with pytest.raises(RecordingError, match="the disk is full"):
        recording.close()
    recording.close()


@pytest.mark.parametrize("name", ["no/such/folder/a.mp4", "folder.mp4"])
def test_where_nothing_can_be_written_one_sentence_says_so(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(RecordingError, match=r"(choose another folder|give .* another name)$"):
        Recording(tmp_path / name, FORMAT)


@pytest.mark.parametrize("path", ["", ".", "..", "/", "a/.."])
def test_a_folder_is_no_name_for_a_film(path: str) -> None:
    with pytest.raises(ValueError, match=r"is a folder; name the recording NAME\.mp4"):
        checked(Path(path))


def test_only_mp4_is_made(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"name it a\.mp4, not a\.avi"):
        Recording(tmp_path / "a.avi", FORMAT)
    recording = Recording(tmp_path / "plain", FORMAT)
    recording.close()
    assert recording.path.name == "plain.mp4"


def test_the_live_loop_never_waits_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    class StuckDisk(io.FileIO):
        def write(self, data: object) -> int:
            assert go.wait(60)
            return super().write(data)  # type: ignore[arg-type]

    def create(path: Path) -> IO[bytes]:
        return StuckDisk(str(path) + ".part", "xb")

    monkeypatch.setattr(core.film.recording, "_create", create)
    recording = Recording(tmp_path / "a.mp4", FORMAT)
    for i in range(4 * WAITING):
        recording.send(noisy(i))
    assert recording.dropped >= 2 * WAITING
    go.set()
    recording.close()
    assert count(tmp_path / "a.mp4") >= WAITING
