"""Audio files of every kind, good and bad."""

import math
import os
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

from core.audio import AudioSource, EndOfAudio, Samples, SoundBrokeOff
from core.clock import SwiftClock, WallClock
from core.sentence import parted
from plugins.audio_file import AudioFile, AudioFileOptions
from plugins.sound_reading import BadSound
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


def mp4(path: Path, samples: Samples, codec: str = "aac", rate: int = 48_000) -> Path:
    """Write sound as phones and meetings do, and a picture with it where there is room for one."""
    with av.open(str(path), "w") as file:
        stream: Any = file.add_stream(codec, rate=rate, layout="mono")
        stream.bit_rate = 128_000
        frame = av.AudioFrame.from_ndarray(samples[None], "flt", "mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(stream.format, stream.layout, rate, 1024)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("call.m4a", "aac"),
        ("call.m4a", "alac"),
        ("call.mp4", "aac"),
        ("call.mov", "aac"),
        ("call.mkv", "libopus"),
        ("call.webm", "libopus"),
        ("call.wma", "wmav2"),
        ("call.3gp", "aac"),
    ],
)
def test_what_phones_and_meetings_write_is_played(tmp_path: Path, name: str, codec: str) -> None:
    out = read_all(opened(mp4(tmp_path / name, tone(1.0, 48_000), codec)))
    assert len(out) == pytest.approx(16_000, abs=2000)
    assert np.abs(out[4000:12_000]).max() == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("name", ["song.mp3", "voice.wav", "no suffix"])
def test_what_bears_anothers_name_is_played_by_content(tmp_path: Path, name: str) -> None:
    real = mp4(tmp_path / "song.m4a", tone(0.5, 48_000))
    real.rename(tmp_path / name)
    assert len(read_all(opened(tmp_path / name))) == pytest.approx(8000, abs=2000)


def film_of_channels(path: Path, voice: Samples, layout: str) -> Path:
    """Write a film's sound of many channels at 48 kHz, with the voice in the third."""
    with av.open(str(path), "w") as file:
        stream: Any = file.add_stream("pcm_s16le", rate=48_000, layout=layout)
        channels = np.zeros((len(voice), len(stream.layout.channels)), np.int16)
        channels[:, 2] = voice * 32767
        for begin in range(0, len(voice), 960):
            packed = channels[begin : begin + 960].reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(packed, "s16", layout)
            frame.sample_rate, frame.pts = 48_000, begin
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("layout", ["5.1", "7.1", "hexadecagonal", "22.2"])
def test_a_films_sound_of_many_channels_is_as_loud_as_its_voice(
    tmp_path: Path, layout: str
) -> None:
    film = film_of_channels(tmp_path / "film.mkv", tone(1.0, 48_000), layout)
    out = read_all(opened(film))
    assert np.abs(out[4000:12_000]).max() == pytest.approx(0.5, abs=0.05)


def damaged(path: Path, keep: float, hole: int = 0) -> Path:
    """Write two seconds of a voice, of which the share `keep` is whole, then zeros or nothing."""
    noise = np.random.default_rng(1).normal(0, 0.1, 32_000).astype(np.float32)
    soundfile.write(path, noise, 16_000)
    data = path.read_bytes()
    path.write_bytes(data[: round(len(data) * keep)] + bytes(hole))
    return path


@pytest.mark.parametrize(
    ("name", "keep", "hole"),
    [("cut.flac", 0.6, 0), ("hole.flac", 0.6, 9999), ("hole.mp3", 0.6, 9999)],
)
def test_a_damaged_file_is_played_to_the_damage_and_says_so(
    tmp_path: Path, name: str, keep: float, hole: int
) -> None:
    path = damaged(tmp_path / name, keep, hole)
    source, parts = opened(path), list[Samples]()

    def play() -> None:
        while sound := source.read(640, 0.1):
            parts.append(sound.samples)

    with pytest.raises(SoundBrokeOff, match=rf"{name} is damaged after 1\.\d seconds") as caught:
        play()
    source.close()
    assert sum(map(len, parts)) == pytest.approx(0.6 * 32_000, rel=0.2)
    assert parted(str(caught.value))[1] == "choose a whole copy of it"


@pytest.mark.parametrize(("name", "codec"), [("cut.mkv", "libopus"), ("cut.webm", "libopus")])
def test_a_film_that_breaks_off_says_so(tmp_path: Path, name: str, codec: str) -> None:
    path = mp4(tmp_path / name, tone(6.0, 48_000), codec)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 5])
    source = opened(path)
    with pytest.raises(SoundBrokeOff, match=rf"{name} is damaged after \d\.\d seconds"):
        read_on(source)
    source.close()


@pytest.mark.parametrize("rest", [0, 0xFFFFFFFF, 7])
def test_a_wave_file_whose_header_was_never_finished_is_played(tmp_path: Path, rest: int) -> None:
    path = tmp_path / "recorder died.wav"
    soundfile.write(path, tone(1.0), 16_000)
    data = bytearray(path.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = rest.to_bytes(4, "little")
    path.write_bytes(data)
    expected = 16_000 if rest != 7 else 640
    assert len(read_all(opened(path))) == expected


def test_a_looped_file_that_shrinks_ends(tmp_path: Path) -> None:
    path = tmp_path / "stick.wav"
    soundfile.write(path, tone(0.5), 16_000)
    source = opened(path, loop=True)
    soundfile.write(path, np.empty(0, np.float32), 16_000)
    with pytest.raises(SoundBrokeOff, match=r"stick.wav (is 0 seconds long|gives no sound)"):
        read_on(source)
    source.close()


def read_on(source: AudioSource) -> None:
    for _ in range(100):
        source.read(640, 0.1)


@pytest.mark.parametrize("gain", [math.inf, -math.inf, math.nan, 1e300])
def test_a_gain_without_sense_harms_nothing(tmp_path: Path, gain: float) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(0.5), 16_000)
    if gain < 0:
        with pytest.raises(BadSound, match="is silent"):
            opened(path, gain=gain)
    else:
        assert np.isfinite(read_all(opened(path, gain=gain))).all()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes here")
def test_a_pipe_is_told_for_what_it_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadSound, match="is a pipe or a device"):
        opened(tmp_path / "pipe")


def test_a_film_without_sound_and_a_list_of_others_files_are_told(tmp_path: Path) -> None:
    film = tmp_path / "mute.mp4"
    with av.open(str(film), "w") as file:
        stream: Any = file.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))
        file.mux(stream.encode(picture))
        file.mux(stream.encode(None))
    with pytest.raises(BadSound, match="there is no sound in it"):
        opened(film)
    soundfile.write(tmp_path / "whole.wav", tone(0.5), 16_000)
    for name, text in (
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nwhole.wav\n#EXT-X-ENDLIST\n"),
        ("list.mp3", "ffconcat version 1.0\nfile whole.wav\n"),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(BadSound, match="unknown kind"):
            opened(tmp_path / name)


def test_libraries_fail_in_no_words_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(2), 16_000)
    source = opened(path)
    source.read(640, 0.1)
    monkeypatch.setattr(soundfile.SoundFile, "read", lambda *_, **__: list[str]().index("secret"))
    with pytest.raises(SoundBrokeOff, match=r"tone.wav is damaged after") as caught:
        read_on(source)
    assert "secret" not in str(caught.value)
    source.close()


def test_mutated_files_play_or_are_told(tmp_path: Path) -> None:
    draw = np.random.default_rng(7)
    seeds = []
    for name in ("a.wav", "a.flac", "a.mp3", "a.ogg", "a.m4a"):
        path = tmp_path / name
        if name == "a.m4a":
            mp4(path, tone(0.2, 48_000))
        else:
            soundfile.write(path, tone(0.2), 16_000)
        seeds.append(path.read_bytes())
    path = tmp_path / "mutated"
    for number in range(200):
        data = bytearray(seeds[number % len(seeds)])
        for at in draw.integers(0, len(data), draw.integers(1, 20)):
            data[at] = draw.integers(256)
        path.write_bytes(data[: int(draw.integers(1, len(data) + 1))])
        try:
            out = read_all(opened(path), limit=10**6)
        except (BadSound, SoundBrokeOff) as error:
            assert parted(str(error))[1]  # noqa: PT017
        else:
            assert np.abs(out).max(initial=0) <= 1


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
        ("none", "no audio file is chosen"),
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
