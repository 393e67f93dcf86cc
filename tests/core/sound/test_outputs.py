"""Where sound can go, as told by a PortAudio and a sound server that are not there."""

import sys

import numpy as np
import pytest

from core.audio import Sound
from core.sound.outputs import Kind, Output, SoundOutputs, choose, outputs
from core.sound.player import SoundError
from core.sound.virtual_microphone import missing
from tests.fakes import HandClock, voiced
from tests.portaudio import PortAudio, device

CABLE = "CABLE Input (VB-Audio Virtual Cable)"


def speakers(
    name: str, channels: int = 2, rate: float = 48_000.0, host: int = 0
) -> dict[str, object]:
    return device(name, 0, rate, host, outputs=channels)


def windows() -> PortAudio:
    """Every device once per host, names cut off in the first; VB-Cable installed."""
    return PortAudio(
        [
            speakers("Lautsprecher (Realtek(R) Audi"),
            device("Mikrofon (USB)", host=1),
            speakers("Lautsprecher (Realtek(R) Audio)", host=1),
            speakers("Kopfhörer (USB)", rate=44_100.0, host=1),
            speakers(CABLE, host=1),
        ],
        hosts=("MME", "Windows WASAPI"),
        standard=3,
    )


def test_on_windows_a_cable_comes_first_then_the_standard_output() -> None:
    found = outputs(windows())
    assert [output.kind for output in found] == [Kind.CABLE, Kind.DEVICE, Kind.DEVICE]
    assert [output.title for output in found] == [
        CABLE, "Kopfhörer (USB)", "Lautsprecher (Realtek(R) Audio)"
    ]  # fmt: skip
    assert [output.microphone for output in found] == ["CABLE Output", "", ""]
    assert choose("", windows()).title == CABLE
    assert choose("Kopfhörer (USB)", windows()).kind is Kind.DEVICE


@pytest.mark.parametrize(
    ("title", "microphone"),
    [
        ("CABLE-A Input (VB-Audio Cable A)", "CABLE-A Output"),
        ("CABLE In 16ch (VB-Audio Virtual Cable)", "CABLE Output"),
        ("VB-Cable", "VB-Cable"),
        ("BlackHole 2ch", "BlackHole 2ch"),
        ("Lautsprecher (USB Cable Adapter)", ""),
        ("HDMI cable", ""),
    ],
)
def test_cables_are_known_by_their_names(title: str, microphone: str) -> None:
    (output,) = outputs(PortAudio([speakers(title)]))
    assert (output.kind is Kind.CABLE) == bool(microphone)
    assert output.microphone == microphone


def test_new_devices_are_seen_when_asked_again() -> None:
    portaudio = windows()
    assert len(outputs(portaudio)) == 3
    portaudio.devices.append(speakers("Bluetooth", host=1))
    assert "Bluetooth" in [output.title for output in outputs(portaudio)]
    portaudio.devices.clear()
    assert outputs(portaudio) == []


def test_what_is_not_there_is_told_with_what_is() -> None:
    with pytest.raises(SoundError, match=r"no sound output 'Bose'; choose one of: CABLE Input"):
        choose("Bose", windows())
    with pytest.raises(SoundError) as caught:
        choose("", PortAudio([speakers("Speakers")]))
    assert str(caught.value) == missing()


@pytest.mark.parametrize(
    ("platform", "remedy"),
    [("win32", "vb-audio.com/Cable"), ("darwin", "brew install"), ("linux", "pipewire-pulse")],
)
def test_each_system_has_its_remedy(
    platform: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert remedy in missing()


def test_the_missing_library_is_named() -> None:
    assert "libpulse0" in missing("libpulse.so.0: cannot open shared object file")


def play(places: SoundOutputs, output: Output, portaudio: PortAudio) -> np.ndarray:
    """Play a piece and return the first tenth of a second."""
    with_speaker = places.open(output)
    with_speaker.play(voiced(Sound(np.full(1600, 0.5, np.float32), 0, 0.0)))
    block = portaudio.stream.pull(4800)
    with_speaker.close()
    return block


def test_a_device_plays_at_its_own_rate_on_every_channel() -> None:
    portaudio = windows()
    portaudio.refuse = lambda s: -9998 * (s["channels"] == 1)
    places = SoundOutputs(HandClock(), portaudio)
    block = play(places, choose("Kopfhörer (USB)", portaudio), portaudio)
    assert portaudio.tried[-1]["samplerate"] == 44_100
    assert block.shape == (4800, 2)
    np.testing.assert_array_equal(block[:, 0], block[:, 1])
    assert block[:1000].max() == 0
    assert block[2000:4000].mean() == pytest.approx(0.5, abs=0.01)
    assert portaudio.counter.opened == portaudio.counter.closed == 1
    assert portaudio.users == 1


def test_a_headset_for_calls_is_not_played_at_eight_kilohertz() -> None:
    portaudio = PortAudio([speakers("Headset", 1, 8000.0)])
    play(SoundOutputs(HandClock(), portaudio), choose("Headset", portaudio), portaudio)
    assert portaudio.tried[0]["samplerate"] == 48_000


def test_outputs_are_opened_by_name_when_it_is_time() -> None:
    portaudio = windows()
    places = SoundOutputs(HandClock(), portaudio)
    first, second = places.openers(["", CABLE, "Bose"])
    assert not portaudio.tried
    first().close()
    assert portaudio.tried[0]["device"] == 4
    with pytest.raises(SoundError, match="'Bose'"):
        second()


def test_errors_speak_of_an_output() -> None:
    portaudio = windows()
    portaudio.refuse = lambda s: -9985
    with pytest.raises(SoundError, match=r"the output CABLE .* cannot be used: it is in"):
        SoundOutputs(HandClock(), portaudio).open(choose("", portaudio))


def test_a_device_that_ends_by_itself_is_a_loss() -> None:
    portaudio = windows()
    places = SoundOutputs(HandClock(), portaudio)
    speaker = places.open(choose("", portaudio))
    assert [figures.title for figures in places.figures()] == [CABLE]
    portaudio.stream.settings["finished_callback"]()
    with pytest.raises(SoundError, match="takes no more sound"):
        speaker.play(voiced(Sound(np.zeros(640, np.float32), 0, 0.0)))
    speaker.close()
    assert places.figures() == []
    places.close()
