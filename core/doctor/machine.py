"""Whether the graphics card can be used, and whether the engine keeps up."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

from core.doctor.finding import Finding, State
from core.doctor.packages import NVIDIA
from core.doctor.system import System
from core.process.child import Child, ChildLost, command
from core.process.priority import preferred
from core.sentence import parted, said
from core.video import FPS

GPU, ENGINE = said("Graphics card"), said("Engine speed")

PRIORITY = said("Priority")

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
        return {
            "failed": said(
                "no answer came within {0:.0f} seconds", PATIENCE, remedy="restart the computer"
            )
        }
    return message.head


def priority(system: System, preferred: Callable[[], bool] = preferred) -> Finding:
    """Ask for what sound and picture ask for while live."""
    if preferred():
        return Finding(PRIORITY, State.OK, said("sound and picture come before other work"))
    if not (system.linux or system.windows):
        return Finding(PRIORITY, State.SKIPPED, said("this system gives none"))
    return Finding(
        PRIORITY,
        State.WARNING,
        said("the system gives sound and picture no priority: on a busy computer they may stutter"),
        said("Install the package rtkit, then log out and in again.") if system.linux else "",
    )


def gpu(system: System, ask: Ask = ask) -> Finding:
    """Ask PyTorch for a card, and say what is between the two if it has none."""
    facts = ask("gpu")
    if "failed" in facts:
        sentence = said("PyTorch cannot be loaded: {0}", facts["failed"])
        return Finding(GPU, State.FAILED, sentence, said("Delete .venv and run `python start.py`."))
    if facts["torch"] is None:
        return Finding(GPU, State.SKIPPED, said("not used: only the neural engine needs PyTorch"))
    if facts["available"]:
        return _memory(facts)
    if not _card(system):
        return Finding(GPU, State.SKIPPED, said("no NVIDIA card; the puppet engine needs none"))
    if not _driver(system):
        return Finding(
            GPU, State.WARNING, said("an NVIDIA card without its driver"), _drive(system)
        )
    if facts["cuda"] is None:
        return Finding(
            GPU,
            State.WARNING,
            said(
                "an NVIDIA card, but PyTorch {0} is the build for processors only", facts["torch"]
            ),
            said(
                "The puppet engine needs no card. For others, choose CUDA at pytorch.org, Get "
                "Started, and run its command with .venv's pip."
            ),
        )
    lines = facts["told"].splitlines()
    sentence = lines[0][:300] if lines else said("PyTorch cannot use the NVIDIA card")
    return Finding(GPU, State.WARNING, sentence, _update(system))


def engine(ask: Ask = ask) -> Finding:
    """Have two seconds made as fast as they come."""
    facts = ask("engine")
    if "failed" in facts:
        sentence, remedy = parted(facts["failed"])
        again = said("Reinstall the program, or fetch its files again.")
        return Finding(ENGINE, State.FAILED, sentence, remedy or again)
    rate = facts["rate"]
    sentence = said("{0:.0f} fps at 1280x720, {1} are needed: {2}", rate, FPS, facts["note"])
    if rate >= MARGIN * FPS:
        return Finding(ENGINE, State.OK, sentence)
    state = State.WARNING if rate >= FPS else State.FAILED
    remedy = said(
        "Close other programs, plug the computer in, and choose the power mode for best "
        "performance; then run this check again while nothing is live."
    )
    return Finding(ENGINE, state, sentence, remedy)


def _memory(facts: dict[str, Any]) -> Finding:
    free, total = facts["free"] / GIB, facts["total"] / GIB
    sentence = said(
        "{0}, {1:.1f} of {2:.1f} GiB free, CUDA {3}", facts["name"], free, total, facts["cuda"]
    )
    if free >= ROOMY:
        return Finding(GPU, State.OK, sentence)
    return Finding(GPU, State.WARNING, sentence, said("Close programs that use the graphics card."))


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
        return said("Run `sudo ubuntu-drivers install`, then restart the computer.")
    return said("{0}, then restart the computer.", system.packages.installing(NVIDIA))


def _update(system: System) -> str:
    if system.windows:
        return said("Update the driver with NVIDIA's own program, then restart the computer.")
    return said("Update the driver: {0}", _drive(system))
