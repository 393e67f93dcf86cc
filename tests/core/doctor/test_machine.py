"""Card and engine are judged by what the trial tells, and the trial never hangs the program."""

import sys
from pathlib import Path
from typing import Any

import pytest

from core.doctor import machine
from core.doctor.finding import State
from core.doctor.machine import GIB, ask, engine, gpu, priority
from tests.core.doctor.computers import computer, put

CARD = "sys/bus/pci/devices/0000:01:00.0"
NO_CUDA: dict[str, Any] = {"torch": "2.13.0+cpu", "cuda": None, "available": False, "told": ""}
CUDA: dict[str, Any] = {"torch": "2.13.0", "cuda": "13.0", "available": True, "told": ""}


def test_whether_sound_and_picture_come_first_is_told_with_the_next_step(tmp_path: Path) -> None:
    system = computer(tmp_path)
    assert priority(system, lambda: True).state is State.OK
    found = priority(system, lambda: False)
    assert found.state is State.WARNING
    assert "rtkit" in found.remedy


def plug_in(root: Path, driver: bool) -> None:
    put(root, f"{CARD}/vendor", "0x10de\n")
    put(root, f"{CARD}/class", "0x030000\n")
    if driver:
        put(root, "proc/driver/nvidia/version", "NVRM version: 580\n")


def test_a_card_that_torch_can_use_is_told_with_its_memory(tmp_path: Path) -> None:
    facts = {**CUDA, "name": "Some Card", "free": 20 * GIB, "total": 24 * GIB}
    found = gpu(computer(tmp_path), lambda what: facts)
    assert (found.state, found.sentence) == (
        State.OK,
        "Some Card, 20.0 of 24.0 GiB free, CUDA 13.0",
    )
    full = gpu(computer(tmp_path), lambda what: {**facts, "free": GIB})
    assert (full.state, "Close programs" in full.remedy) == (State.WARNING, True)


def test_without_a_card_there_is_nothing_to_test(tmp_path: Path) -> None:
    put(tmp_path, f"{CARD}/vendor", "0x8086\n")
    put(tmp_path, f"{CARD}/class", "0x030000\n")
    assert gpu(computer(tmp_path), lambda what: NO_CUDA).state is State.SKIPPED


@pytest.mark.parametrize(
    ("release", "step"),
    [
        ("debian", "sudo apt install nvidia-driver"),
        ("ubuntu", "sudo ubuntu-drivers install"),
        ("fedora", "akmod-nvidia xorg-x11-drv-nvidia-cuda` (from RPM Fusion"),
        ("arch", "sudo pacman -S nvidia-open"),
        ("suse", "Install NVIDIA's driver as your system's handbook says"),
    ],
)
def test_a_card_without_its_driver_is_told(tmp_path: Path, release: str, step: str) -> None:
    plug_in(tmp_path, driver=False)
    found = gpu(computer(tmp_path, release), lambda what: CUDA | {"available": False})
    assert found.state is State.WARNING
    assert step in found.remedy
    assert "restart" in found.remedy


def test_a_driver_without_cuda_in_torch_is_told(tmp_path: Path) -> None:
    plug_in(tmp_path, driver=True)
    found = gpu(computer(tmp_path), lambda what: NO_CUDA)
    assert "2.13.0+cpu is the build for processors only" in found.sentence
    assert "pytorch.org" in found.remedy


def test_a_driver_that_is_too_old_is_told(tmp_path: Path) -> None:
    plug_in(tmp_path, driver=True)
    old = {**CUDA, "available": False, "told": "The NVIDIA driver on your system is too old"}
    found = gpu(computer(tmp_path), lambda what: old)
    assert "too old" in found.sentence
    assert found.remedy.startswith("Update the driver: ")
    windows = computer(tmp_path, kind="win32", run=lambda command: "GPU 0: Some Card")
    assert "NVIDIA's own program" in gpu(windows, lambda what: old).remedy


def test_without_torch_a_card_is_not_used_and_nothing_is_wrong(tmp_path: Path) -> None:
    plug_in(tmp_path, driver=True)
    found = gpu(computer(tmp_path), lambda what: {"torch": None})
    assert (found.state, found.remedy) == (State.SKIPPED, "")
    assert "only the neural engine needs PyTorch" in found.sentence


def test_a_torch_that_does_not_load_is_told(tmp_path: Path) -> None:
    found = gpu(computer(tmp_path), lambda what: {"failed": "libtorch.so is missing"})
    assert found.state is State.FAILED
    assert "libtorch.so is missing" in found.sentence
    assert "python start.py" in found.remedy


@pytest.mark.parametrize(
    ("rate", "state"), [(60.0, State.OK), (27.0, State.WARNING), (12.0, State.FAILED)]
)
def test_the_engine_has_to_keep_up(rate: float, state: State) -> None:
    found = engine(lambda what: {"rate": rate, "note": "puppet engine on the CPU"})
    assert found.state is state
    assert found.sentence.startswith(f"{rate:.0f} fps at 1280x720, 25 are needed")
    assert ("power mode" in found.remedy) is (state is not State.OK)


@pytest.mark.parametrize(
    "said",
    [
        "face.safetensors is missing or damaged (No such file); reinstall the program or fetch it",
        "face.safetensors: format None, expected 'understudy/1'",
    ],
)
def test_damaged_weights_are_to_be_installed_again(said: str) -> None:
    found = engine(lambda what: {"failed": said})
    assert found.state is State.FAILED
    assert "face.safetensors" in found.sentence
    assert found.remedy.startswith("Reinstall the program")


class TestTrial:
    def test_it_says_what_torch_knows(self) -> None:
        facts = ask("gpu")
        assert facts["torch"].startswith("2.")
        assert facts["available"] in (True, False)

    def test_what_breaks_in_it_is_told(self) -> None:
        assert ask("the impossible")["failed"] == "'the impossible'"

    @pytest.mark.parametrize(
        ("program", "patience", "told"),
        [
            ("import time; time.sleep(60)", 0.5, "no answer came within"),
            ("raise SystemExit('no memory left')", 30, "no memory left"),
        ],
    )
    def test_one_that_hangs_or_crashes_is_ended_and_told(
        self, program: str, patience: float, told: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(machine, "PATIENCE", patience)
        monkeypatch.setattr(machine, "command", lambda module: [sys.executable, "-c", program])
        assert told in ask("gpu")["failed"]


def test_speed_is_measured_on_any_stream() -> None:
    from core.doctor.probe import speed
    from core.engine.testcard import TestCard
    from tests.fakes import TINY

    assert speed(TestCard(TINY), 0.02) > 0
