"""The microphone, with a PortAudio that does what it is told."""

import os
import time

import numpy as np
import pytest

from core.audio import EndOfAudio, Sound, voice_of
from core.clock import WallClock
from core.sound.player import SoundError
from core.sound.virtual_microphone import Sink
from plugins.microphone import FIRST, SILENCE, Microphone, MicrophoneOptions
from plugins.portaudio import Microphones
from tests.fakes import HandClock, tone
from tests.portaudio import PortAudio, PortAudioError, Stream, device


def opened(portaudio: PortAudio, name: str = "", clock: HandClock | None = None) -> Microphone:
    return Microphone(MicrophoneOptions(name), clock or HandClock(50.0), portaudio)


def read(microphone: Microphone, count: int = 640) -> Sound:
    sound = microphone.read(count, 0.0)
    assert sound is not None
    return sound


def test_what_is_heard_is_read_with_its_stamps() -> None:
    portaudio, clock = PortAudio(), HandClock(50.0)
    microphone = opened(portaudio, clock=clock)
    sound = tone(1.0)
    for at in range(0, 16_000, 160):
        clock.time = 50.0 + (at + 160) / 16_000 + 0.02  # comes 20 ms after it was said
        portaudio.stream.hear(sound[at : at + 160], age=0.03)
    got = [read(microphone) for _ in range(5)]
    assert [s.start for s in got] == [640 * i for i in range(5)]
    for piece in got:
        assert piece.heard == pytest.approx(50.0 + piece.start / 16_000, abs=1e-6)
        np.testing.assert_allclose(piece.samples, sound[piece.start :][:640])
    microphone.close()


@pytest.mark.parametrize(("rate", "channels"), [(48_000, 1), (44_100, 2), (96_000, 6), (8_000, 1)])
def test_any_rate_and_channels_become_16_khz_mono(rate: int, channels: int) -> None:
    portaudio = PortAudio(
        [device("default", channels, rate)],
        refuse=lambda s: -9998 if s["channels"] != channels else 0,
    )
    microphone, clock = opened(portaudio), HandClock()
    parts, voices, begin = [], [], 0
    for block in np.array_split(tone(2.0, rate), 200):
        portaudio.stream.hear(block)
        while sound := microphone.read(640, 0.0):
            assert sound.start == begin
            begin += 640
            parts.append(sound.samples)
            voices.append(voice_of(sound))
    out = np.concatenate(parts)
    assert len(out) > 30_000
    np.testing.assert_allclose(out[200:28_000], tone(2.0)[200:28_000], atol=0.01)
    voice = np.concatenate(voices)
    assert voice.shape == (3 * len(out), 1 + (channels == 2))
    np.testing.assert_allclose(voice[600:84_000, 0], tone(2.0, 48_000)[600:84_000], atol=0.01)
    assert clock.time == 0
    microphone.close()


def test_the_age_of_sound_is_taken_from_the_driver_unless_it_is_absurd() -> None:
    clock = HandClock(10.0)
    portaudio = PortAudio()
    microphone = opened(portaudio, clock=clock)
    portaudio.stream.hear(tone(0.01))  # some of it is held back until more is there
    for age, expected in ((0.05, 9.95), (0.7, 9.96), (-3.0, 9.96), (0.0, 9.96)):
        portaudio.stream.hear(tone(0.04), age)
        assert read(microphone).heard == pytest.approx(expected - 0.01)
    microphone.close()


def test_a_late_reader_loses_the_oldest_and_the_stamps_stay_right() -> None:
    clock = HandClock()
    portaudio = PortAudio([device("default", 1, 48_000)])
    microphone = opened(portaudio, clock=clock)
    sound = np.arange(3 * 48_000, dtype=np.float32)
    sound /= np.float32(len(sound))  # each sample tells its time
    for at in range(0, len(sound), 480):
        clock.time = (at + 480) / 48_000
        portaudio.stream.hear(sound[at : at + 480])
        if at == 24_000:
            before = read(microphone)
    after = read(microphone)
    assert before.start + 640 < after.start
    assert microphone.dropped == after.start - (before.start + 640) + before.start
    assert after.start / 16_000 > 1.9
    assert after.heard == pytest.approx(after.start / 16_000, abs=1e-4)
    assert after.samples[320] * 3 == pytest.approx((after.start + 320) / 16_000, abs=1e-3)
    microphone.close()


def test_silence_is_sound_but_nothing_at_all_is_a_loss() -> None:
    clock = HandClock()
    portaudio = PortAudio()
    microphone = opened(portaudio, clock=clock)
    assert microphone.read(640, FIRST - 0.5) is None  # wireless ones wake up slowly
    portaudio.stream.hear(np.zeros(800, np.float32))
    read(microphone)
    assert microphone.read(640, SILENCE - 0.1) is None
    with pytest.raises(SoundError, match="no more sound comes from default: it was unplugged"):
        microphone.read(640, 0.3)
    microphone.close()


def test_a_stream_that_ends_by_itself_is_a_loss_once_the_rest_is_read() -> None:
    portaudio = PortAudio()
    microphone = opened(portaudio)
    portaudio.stream.hear(tone(0.05))
    portaudio.stream.settings["finished_callback"]()
    read(microphone)
    with pytest.raises(SoundError, match="no more sound"):
        microphone.read(640, 1.0)
    microphone.close()


def test_closing_is_no_loss_and_frees_everything_once() -> None:
    portaudio = PortAudio()
    microphone = opened(portaudio)
    assert portaudio.users == 2
    microphone.close()
    microphone.close()
    with pytest.raises(EndOfAudio):
        microphone.read(640, 1.0)
    assert (portaudio.counter.opened, portaudio.counter.closed) == (1, 1)
    assert portaudio.users == 1


def test_a_stream_that_does_not_start_is_closed() -> None:
    portaudio = PortAudio()

    class Stubborn(Stream):
        def start(self) -> None:
            raise PortAudioError("Error starting stream", -9999)

    portaudio.InputStream = lambda **s: Stubborn(portaudio.counter, s)  # type: ignore[method-assign]
    with pytest.raises(SoundError, match="privacy"):
        opened(portaudio)
    assert portaudio.counter.closed == 1
    assert portaudio.users == 1


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (-9999, "privacy settings, close other programs"),
        (-9985, "in use by another program"),
        (-9996, "plug it in again"),
        (-9997, "48000 Hz"),
        (-9998, "choose another"),
        (-9986, "restart the computer"),
        (-1234, "Error opening InputStream"),
    ],
)
def test_portaudios_errors_become_sentences(number: int, remedy: str) -> None:
    portaudio = PortAudio(refuse=lambda settings: number)
    with pytest.raises(SoundError, match=remedy) as caught:
        opened(portaudio)
    assert "the microphone default cannot be used: " in str(caught.value)
    assert portaudio.users == 1


def test_without_a_microphone_one_sentence_says_so() -> None:
    portaudio = PortAudio([device("speaker", channels=0)])
    with pytest.raises(SoundError, match="no microphone was found; connect one"):
        opened(portaudio)
    with pytest.raises(SoundError, match="'USB mic' was not found; plug it in"):
        opened(PortAudio(), "USB mic")


def test_without_the_portaudio_library_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sounddevice", None)
    with pytest.raises(SoundError, match=r"PortAudio library, which is missing: .*install"):
        Microphones()


def test_a_refused_rate_is_tried_again_with_common_ones() -> None:
    portaudio = PortAudio(
        [device("default", 2, 192_000)], refuse=lambda s: -9997 * (s["samplerate"] != 44_100)
    )
    opened(portaudio).close()
    assert [s["samplerate"] for s in portaudio.tried[::2]] == [192_000, 48_000, 44_100]


def test_windows_converts_only_when_nothing_else_helps() -> None:
    portaudio = PortAudio(
        [device("mic", 1, 48_000)],
        refuse=lambda s: 0 if "extra_settings" in s else -9997,
        hosts=("Windows WASAPI",),
    )
    opened(portaudio).close()
    assert portaudio.tried[-1]["extra_settings"] == "convert=True"
    assert all("extra_settings" not in s for s in portaudio.tried[:-1])


def test_on_linux_the_sound_server_comes_before_raw_devices() -> None:
    portaudio = PortAudio(
        [device("HDA Intel: ALC (hw:0,0)", 2), device("default", 32), device("pulse", 32)]
    )
    names = [value for value, _ in Microphones(portaudio).choices()]
    assert names == ["", "pulse", "default", "HDA Intel: ALC"]
    opened(portaudio).close()
    assert portaudio.tried[0]["device"] == 2


def test_when_the_sound_server_is_away_the_next_door_is_tried() -> None:
    portaudio = PortAudio(
        [device("pulse"), device("default"), device("USB (hw:1,0)")],
        refuse=lambda s: -9985 * (s["device"] < 2),
        standard=2,
    )
    opened(portaudio).close()
    assert [s["device"] for s in portaudio.tried] == [0, 1, 2]


def test_a_device_is_chosen_by_name_whatever_its_number() -> None:
    portaudio = PortAudio([device("default"), device("USB mic: Audio (hw:3,0)")])
    opened(portaudio, "USB mic: Audio").close()
    assert portaudio.tried[-1]["device"] == 1


def test_on_windows_each_microphone_is_listed_once() -> None:
    portaudio = PortAudio(
        [device("Mikrofon (Realte", host=0), device("Mikrofon (Realtek HD)", host=1)],
        hosts=("MME", "Windows WASAPI"),
    )
    assert Microphones(portaudio).choices()[1:] == [("Mikrofon (Realtek HD)",) * 2]


def test_listing_sees_new_devices_but_never_ends_a_running_stream() -> None:
    portaudio = PortAudio()
    Microphones(portaudio).choices()
    assert portaudio.scans == 1
    microphone = opened(portaudio)
    scans = portaudio.scans
    Microphones(portaudio).choices()
    assert portaudio.scans == scans
    microphone.close()


def test_the_callback_copies_and_returns() -> None:
    """A block of 10 ms must not cost a noticeable part of 10 ms, nor keep the block alive."""
    portaudio = PortAudio([device("default", 2, 48_000)])
    microphone = Microphone(MicrophoneOptions(), WallClock(), portaudio)
    block = np.ones(480, np.float32)
    begin = time.thread_time()  # whatever else the machine does
    for _ in range(100):
        portaudio.stream.hear(block)
    assert time.thread_time() - begin < 0.5
    block[:] = 7
    assert read(microphone).samples.max() < 2
    microphone.close()


SERVER = [Sink("alsa_input.usb", "USB Microphone"), Sink("bluez.headset", "Headset")]


def test_the_sound_servers_microphones_are_listed_by_name_with_which_is_the_systems_choice() -> (
    None
):
    listed = Microphones(PortAudio(), lambda: SERVER).choices()
    assert listed == [
        ("", "System default: USB Microphone"),
        ("server:alsa_input.usb", "USB Microphone"),
        ("server:bluez.headset", "Headset"),
    ]


def test_without_a_sound_server_portaudios_own_are_listed() -> None:
    def none() -> list[Sink]:
        raise SoundError("no sound server answers")

    listed = Microphones(PortAudio([device("USB", 1, 48_000)]), none).choices()
    assert [name for name, _ in listed] == ["", "USB"]


def test_a_microphone_of_the_server_is_asked_for_while_it_is_opened_and_only_then() -> None:
    asked: list[str | None] = []

    def look(_: dict[str, object]) -> int:
        asked.append(os.environ.get("PULSE_SOURCE"))
        return 0

    before = os.environ.get("PULSE_SOURCE")
    portaudio = PortAudio([device("pulse", 2, 48_000)], refuse=look)
    microphones = Microphones(portaudio, lambda: SERVER)
    stream = microphones.open("server:bluez.headset", lambda *_: None, lambda: None)
    stream.close()
    assert asked == ["bluez.headset"]
    assert os.environ.get("PULSE_SOURCE") == before


def test_a_microphone_that_the_server_does_not_know_any_more_is_told() -> None:
    microphones = Microphones(PortAudio(), lambda: SERVER)
    with pytest.raises(SoundError, match="'gone' was not found; plug it in"):
        microphones.open("server:gone", lambda *_: None, lambda: None)
