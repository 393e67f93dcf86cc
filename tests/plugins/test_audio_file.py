"""Sound files of every kind, good and bad."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.audio import AudioSource, EndOfAudio, Samples
from core.clock import SwiftClock, WallClock
from plugins.audio_file import AudioFile, AudioFileOptions
from tests.fakes import tone


def read_all(source: AudioSource, limit: int = 10**6) -> Samples:
    parts, total = [np.empty(0, np.float32)], 0
    try:
        while total < limit:
            sound = source.read(640, 0.1)
            if sound is not None:
                assert sound.start == total
                parts.append(sound.samples)
                total += 640
    except EndOfAudio:
        pass
    source.close()
    return np.concatenate(parts)


def opened(path: Path, loop: bool = False, gain: float = 0.0) -> AudioFile:
    return AudioFile(AudioFileOptions(path, loop, gain), SwiftClock())


@pytest.mark.parametrize(
    ("suffix", "subtype", "rate"),
    [
        ("wav", "PCM_16", 16_000),
        ("wav", "FLOAT", 48_000),
        ("wav", "ULAW", 8_000),
        ("wav", "PCM_U8", 22_050),
        ("flac", "PCM_24", 44_100),
        ("ogg", "VORBIS", 44_100),
        ("ogg", "OPUS", 48_000),
        ("mp3", "MPEG_LAYER_III", 44_100),
        ("aiff", "PCM_16", 96_000),
    ],
)
def test_every_kind_becomes_16_khz_mono(
    tmp_path: Path, suffix: str, subtype: str, rate: int
) -> None:
    path = tmp_path / f"tone.{suffix}"
    soundfile.write(path, tone(1.0, rate), rate, subtype=subtype)
    out = read_all(opened(path))
    assert len(out) == pytest.approx(16_000, abs=1600)
    spectrum = np.abs(np.fft.rfft(out[2000:14_000]))
    assert spectrum.argmax() * 16_000 / 12_000 == pytest.approx(440, abs=2)
    assert np.abs(out[4000:12_000]).max() == pytest.approx(0.5, abs=0.05)


def test_channels_are_mixed(tmp_path: Path) -> None:
    path = tmp_path / "stereo.wav"
    both = np.stack([tone(0.5), np.zeros(8000, np.float32)], 1)
    soundfile.write(path, both, 16_000, subtype="FLOAT")
    np.testing.assert_allclose(read_all(opened(path))[:8000], tone(0.5) / 2, atol=1e-6)


def test_gain_is_applied_and_never_exceeds_full_scale(tmp_path: Path) -> None:
    path = tmp_path / "quiet.wav"
    soundfile.write(path, tone(0.5), 16_000, subtype="FLOAT")
    np.testing.assert_allclose(read_all(opened(path, gain=-20))[:8000], tone(0.5) / 10, atol=1e-5)
    assert np.abs(read_all(opened(path, gain=40))).max() == 1.0


def test_a_loop_begins_again_without_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "loop.wav"
    samples = np.tile(np.array([0.1, 0.2, 0.3, 0.4, 0.5], np.float32), 1000)
    soundfile.write(path, samples, 16_000, subtype="FLOAT")
    out = read_all(opened(path, loop=True), limit=32_000)
    np.testing.assert_allclose(out, np.resize(samples, 32_000), atol=1e-6)


def test_numbers_that_are_none_become_silence(tmp_path: Path) -> None:
    path = tmp_path / "nan.wav"
    soundfile.write(path, np.array([0.5, np.nan, np.inf, -np.inf], np.float32), 16_000, "FLOAT")
    np.testing.assert_allclose(read_all(opened(path))[:4], [0.5, 0, 1, -1])


def bad_files(folder: Path) -> dict[str, Path]:
    files = {name: folder / name for name in ("text.wav", "nothing.mp3", "film.mp4", "odd.xyz")}
    for path in files.values():
        path.write_bytes(b"" if path.name == "nothing.mp3" else b"this is not sound " * 99)
    files["short.wav"], files["silent.wav"] = folder / "short.wav", folder / "silent.wav"
    soundfile.write(files["short.wav"], np.empty(0, np.float32), 16_000)
    soundfile.write(files["silent.wav"], np.full(48_000, 1e-4, np.float32), 16_000)
    files["gone.wav"], files["folder.wav"] = folder / "gone.wav", folder / "folder.wav"
    files["folder.wav"].mkdir()
    files["none"] = Path()
    return files


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("text.wav", "text.wav cannot be read as sound .*convert it"),
        ("nothing.mp3", "nothing.mp3 cannot be read as sound"),
        ("film.mp4", "film.mp4 cannot be read as sound"),
        ("odd.xyz", "odd.xyz cannot be read as sound"),
        ("short.wav", "short.wav is 0 seconds long; choose another"),
        ("silent.wav", "silent.wav is silent; choose another file, or raise the gain"),
        ("gone.wav", "there is no file .*gone.wav"),
        ("folder.wav", "there is no file .*folder.wav"),
        ("none", "no sound file is chosen"),
    ],
)
def test_what_cannot_be_spoken_gets_one_sentence(tmp_path: Path, name: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as caught:
        opened(bad_files(tmp_path)[name])
    assert "\n" not in str(caught.value)


def test_closing_ends_it_from_any_thread(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(5), 16_000)
    source = AudioFile(AudioFileOptions(path), WallClock())
    source.close()
    source.close()
    with pytest.raises(EndOfAudio):
        source.read(640, 1)
