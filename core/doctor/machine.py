"""Whether the graphics card can be used, and whether the engine keeps up."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

from core.doctor.finding import Finding, State, cut
from core.doctor.packages import NVIDIA
from core.doctor.system import System
from core.process.child import Child, ChildLost, command
from core.video import FPS

GPU, ENGINE = "Graphics card", "Engine speed"

PATIENCE = 90.0
"""Seconds that a trial may take; loading PyTorch from a slow disk is most of it."""

MARGIN = 1.3
"""Times real time from which the engine keeps up while other programs work."""

ROOMY = 4.0
"""GiB of the card's memory under which there is little to work with."""

GIB = 2**30

Ask = Callable[[str], dict[str, Any]]
"""Has a trial made, by name, and returns what came of it."""


def ask(what: str) -> dict[str, Any]:
    """Have a process of its own make the trial; `failed` says what became of one that did not."""
    try:
        with closing(Child(command("core.doctor.probe"), "trial")) as child:
            child.send({"do": what})
            message = child.receive(PATIENCE)
    except ChildLost as error:
        return {"failed": str(error)}
    if message is None:
        return {"failed": f"no answer came within {PATIENCE:.0f} seconds; restart the computer"}
    return message.head


def gpu(system: System, ask: Ask = ask) -> Finding:
    """Ask PyTorch for a card, and say what is between the two if it has none."""
    facts = ask("gpu")
    if "failed" in facts:
        sentence = f"PyTorch cannot be loaded: {facts['failed']}"
        return Finding(GPU, State.FAILED, sentence, "Delete .venv and run `python start.py`.")
    if facts["available"]:
        return _memory(facts)
    if not _card(system):
        return Finding(GPU, State.SKIPPED, "no NVIDIA card; the puppet engine needs none")
    if not _driver(system):
        return Finding(GPU, State.WARNING, "an NVIDIA card without its driver", _drive(system))
    if facts["cuda"] is None:
        return Finding(
            GPU,
            State.WARNING,
            f"an NVIDIA card, but PyTorch {facts['torch']} is the build for processors only",
            "The puppet engine needs no card. For others, choose CUDA at pytorch.org, Get Started, "
            "and run its command with .venv's pip.",
        )
    sentence = facts["told"] or "PyTorch cannot use the NVIDIA card"
    return Finding(GPU, State.WARNING, sentence.splitlines()[0][:300], _update(system))


def engine(ask: Ask = ask) -> Finding:
    """Have two seconds made as fast as they come."""
    facts = ask("engine")
    if "failed" in facts:
        sentence, remedy = cut(RuntimeError(facts["failed"]))
        again = "Reinstall the program, or fetch its files again."
        return Finding(ENGINE, State.FAILED, sentence, remedy or again)
    rate = facts["rate"]
    sentence = f"{rate:.0f} frames a second at 1280x720, {FPS} are needed: {facts['note']}"
    if rate >= MARGIN * FPS:
        return Finding(ENGINE, State.OK, sentence)
    state = State.WARNING if rate >= FPS else State.FAILED
    remedy = (
        "Close other programs, plug the computer in, and choose the power mode for best "
        "performance; then run the doctor again while nothing is live."
    )
    return Finding(ENGINE, state, sentence, remedy)


def _memory(facts: dict[str, Any]) -> Finding:
    free, total = facts["free"] / GIB, facts["total"] / GIB
    sentence = f"{facts['name']}, {free:.1f} of {total:.1f} GiB free, CUDA {facts['cuda']}"
    if free >= ROOMY:
        return Finding(GPU, State.OK, sentence)
    return Finding(GPU, State.WARNING, sentence, "Close programs that use the graphics card.")


def _card(system: System) -> bool:
    """Whether there is an NVIDIA card in the computer."""
    for device in system.path("/sys/bus/pci/devices").glob("*"):
        place = f"/sys/bus/pci/devices/{device.name}"
        display = system.text(f"{place}/class").startswith("0x03")
        if display and system.text(f"{place}/vendor").strip() == "0x10de":
            return True
    return system.windows and _driver(system)


def _driver(system: System) -> bool:
    return bool(system.text("/proc/driver/nvidia/version") or system.run(["nvidia-smi", "-L"]))


def _drive(system: System) -> str:
    if system.os_release("ID") == "ubuntu":
        return "Run `sudo ubuntu-drivers install`, then restart the computer."
    return f"{system.packages.installing(NVIDIA)}, then restart the computer."


def _update(system: System) -> str:
    if system.windows:
        return "Update the driver with NVIDIA's own program, then restart the computer."
    return f"Update the driver: {_drive(system)}"
