"""What is wrong with the microphone is told, with the next step for this system."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.audio import SAMPLE_RATE, Samples, Sound
from core.clock import Clock
from core.doctor.finding import Finding, State
from core.doctor.microphone import Ears, microphone, plugged_in
from core.plugin import Found, SourcePlugin
from core.sentence import said
from plugins.microphone import MicrophoneOptions
from tests.core.doctor.computers import computer, put, serve_sound
from tests.fakes import tone

NOBODY = said("no microphone was found", remedy="connect one, or choose another source")


def ears(hear: Callable[[str], Samples]) -> Ears:
    return Ears(hear, lambda: ["Anna's headset"])


def deaf(text: str, cause: Exception | None = None) -> Ears:
    def hear(device: str) -> Samples:
        raise RuntimeError(text) from cause

    return ears(hear)


def failed(found: Finding, sentence: str, remedy: str) -> None:
    assert found.state is State.FAILED
    assert sentence in found.sentence
    assert remedy in found.step


def test_one_that_hears_is_fine(tmp_path: Path) -> None:
    asked: list[str] = []

    def hear(device: str) -> Samples:
        asked.append(device)
        return tone(1.0)

    found = microphone(computer(tmp_path), ears(hear), "Yeti")
    assert (found.state, asked) == (State.OK, ["Yeti"])
    assert "6 dB under full scale" in found.sentence


@pytest.mark.parametrize(
    ("program", "step"),
    [
        ("wpctl", "wpctl set-mute @DEFAULT_AUDIO_SOURCE@ 0"),
        ("pactl", "pactl set-source-mute @DEFAULT_SOURCE@ 0"),
        ("none", "Unmute it"),
    ],
)
def test_digital_silence_is_a_warning(tmp_path: Path, program: str, step: str) -> None:
    silence = np.zeros(SAMPLE_RATE, np.float32)
    here = computer(tmp_path, run=lambda command: "1.0" if command[0] == program else "")
    found = microphone(here, ears(lambda device: silence))
    assert found.state is State.WARNING
    assert "digital silence" in found.sentence
    assert step in found.remedy


def test_without_portaudio_its_package_is_named(tmp_path: Path) -> None:
    missing = deaf("microphones need PortAudio; install it", OSError("PortAudio library not found"))
    failed(microphone(computer(tmp_path), missing), "PortAudio", "apt install libportaudio2")
    failed(microphone(computer(tmp_path, "arch"), missing), "PortAudio", "pacman -S portaudio")


def test_without_a_sound_card_that_is_said(tmp_path: Path) -> None:
    put(tmp_path, "proc/asound/cards", "--- no soundcards ---\n")
    failed(microphone(computer(tmp_path), deaf(NOBODY)), "no microphone", "sees no sound card")


def test_without_a_sound_server_one_is_to_be_installed(tmp_path: Path) -> None:
    put(tmp_path, "proc/asound/cards", " 0 [PCH]: HDA-Intel\n")
    found = microphone(computer(tmp_path, "fedora"), deaf(NOBODY))
    failed(found, "no microphone was found", "dnf install pipewire-pulseaudio")
    assert "systemctl --user enable --now pipewire" in found.remedy


def test_who_may_not_listen_is_told_the_group(tmp_path: Path) -> None:
    put(tmp_path, "proc/asound/cards", " 0 [PCH]: HDA-Intel\n")
    put(tmp_path, "dev/snd/pcmC0D0c")
    here = computer(tmp_path, may_write=lambda path: False)
    failed(microphone(here, deaf(NOBODY)), "no microphone", "usermod -aG audio $USER")


def test_a_sound_server_that_portaudio_cannot_reach_is_told(tmp_path: Path) -> None:
    serve_sound(tmp_path)
    failed(microphone(computer(tmp_path), deaf(NOBODY)), "no mic", "apt install libasound2-plugins")


def test_otherwise_the_errors_own_advice_is_given(tmp_path: Path) -> None:
    serve_sound(tmp_path)
    put(tmp_path, "usr/lib/x86_64-linux-gnu/alsa-lib/libasound_module_pcm_pulse.so")
    found = microphone(
        computer(tmp_path), deaf(said("the microphone X is taken", remedy="free it"))
    )
    failed(found, "the microphone X is taken", "Free it")
    assert found.private == ("Anna's headset",)


@pytest.mark.parametrize("key", [r"\microphone", r"\microphone\NonPackaged"])
def test_windows_privacy_settings_are_read(tmp_path: Path, key: str) -> None:
    def registry(place: str, value: str) -> str:
        return "Deny" if place.endswith(f"ConsentStore{key}") and value == "Value" else "Allow"

    here = computer(tmp_path, kind="win32", registry=registry)
    found = microphone(here, deaf("never asked"))
    failed(found, "Windows does not let programs listen", "Privacy & security, Microphone")


def test_windows_gets_no_advice_for_linux(tmp_path: Path) -> None:
    here = computer(tmp_path, kind="win32")
    failed(microphone(here, deaf(NOBODY)), "no microphone was found", "Connect one")


class Silent:
    """Satisfies `AudioSource`: opens, and gives nothing."""

    def __init__(self) -> None:
        self.dropped = 0
        self.closed = False

    def read(self, count: int, timeout: float) -> Sound | None:
        return None

    def close(self) -> None:
        self.closed = True


def test_the_programs_own_microphone_is_the_one_that_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, devices = Silent(), list[str]()

    def open_source(options: MicrophoneOptions, clock: Clock) -> Silent:
        devices.append(options.device)
        return source

    plugin = SourcePlugin("microphone", "Microphone", MicrophoneOptions, open_source)
    found = Found({"microphone": plugin}, ())
    monkeypatch.setattr("core.doctor.microphone.source_plugins", lambda: found)
    with pytest.raises(RuntimeError, match="gives no sound within 8 seconds; unplug"):
        plugged_in().hear("Yeti")
    assert (devices, source.closed) == (["Yeti"], True)


def test_a_missing_plugin_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.doctor.microphone.source_plugins", lambda: Found({}, ()))
    found = microphone(computer(tmp_path, kind="win32"), plugged_in())
    failed(found, "plugin for microphones cannot be loaded", "Reinstall")
    assert found.private == ()
