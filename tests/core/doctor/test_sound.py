"""Why others cannot hear us is told, with the next step for this system."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.doctor.finding import State
from core.doctor.sound import make, virtual_microphone
from core.doctor.system import System
from core.sentence import said
from core.sound.player import SoundError
from tests.core.doctor.computers import computer, put, serve_sound


def refusing(text: str) -> Callable[[System], str]:
    def attempt(system: System) -> str:
        raise SoundError(text)

    return attempt


@pytest.mark.parametrize(
    ("release", "step"),
    [
        ("debian", "sudo apt install pipewire-pulse pipewire-alsa wireplumber`, then `sys"),
        ("arch", "sudo pacman -S pipewire-pulse pipewire-alsa wireplumber`, then `systemctl"),
        ("other", "Install PipeWire with its PulseAudio service as your system's handbook says"),
    ],
)
def test_without_a_sound_server_one_is_to_be_installed(
    tmp_path: Path, release: str, step: str
) -> None:
    found = virtual_microphone(computer(tmp_path, release), refusing("never asked"))
    assert (found.state, found.sentence) == (State.FAILED, "no PipeWire or PulseAudio runs")
    assert step in found.remedy


def test_a_container_gets_the_sound_of_its_host(tmp_path: Path) -> None:
    put(tmp_path, ".dockerenv")
    found = virtual_microphone(computer(tmp_path), refusing("never asked"))
    assert "socket of the sound server outside" in found.remedy


def test_with_one_the_microphone_is_tried(tmp_path: Path) -> None:
    serve_sound(tmp_path)
    found = virtual_microphone(computer(tmp_path), lambda system: "Some Microphone")
    assert (found.state, found.sentence) == (State.OK, "others can listen to Some Microphone")
    elsewhere = computer(tmp_path / "other", environ={"PULSE_SERVER": "tcp:host"})
    assert virtual_microphone(elsewhere, lambda system: "M").state is State.OK


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (
            said("it needs libpulse, which is missing:", remedy="install it"),
            "apt install libpulse0",
        ),
        (said("the sound server refused: why", remedy="restart it"), "Restart it"),
        (said("the sound server is odd"), "Restart the sound server."),
    ],
)
def test_what_is_in_the_way_is_told(tmp_path: Path, words: str, remedy: str) -> None:
    serve_sound(tmp_path)
    found = virtual_microphone(computer(tmp_path), refusing(words))
    assert found.state is State.FAILED
    assert remedy in found.step


def test_windows_needs_a_cable(tmp_path: Path) -> None:
    remedy = "install it from vb-audio.com/Cable"
    missing = said("a virtual microphone needs VB-Cable:", remedy=remedy)
    found = virtual_microphone(computer(tmp_path, kind="win32"), refusing(missing))
    assert found.sentence == "a virtual microphone needs VB-Cable"
    assert found.step == "Install it from vb-audio.com/Cable"


def test_elsewhere_a_cable_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.doctor.sound.choose", refusing("no cable"))
    with pytest.raises(SoundError, match="no cable"):
        make(computer(tmp_path, kind="win32"))
