"""Whether there is a virtual microphone for others to choose."""

from collections.abc import Callable
from contextlib import closing

from core.doctor.finding import Finding, State
from core.doctor.packages import LIBPULSE, SOUND_SERVER
from core.doctor.system import System
from core.sentence import parted, said
from core.sound.outputs import MICROPHONE, Kind, Output, SoundOutputs, choose
from core.sound.player import SoundError
from core.sound.virtual_microphone import TITLE

NAME = said("Virtual microphone")


def make(system: System) -> str:
    """Make a virtual microphone and take it away again, or find a cable; return its title.

    Raises:
        SoundError: there can be none; says why and what helps.
    """
    output = Output(MICROPHONE, TITLE, Kind.MICROPHONE) if system.linux else choose("")
    with closing(SoundOutputs()) as places:
        places.prepare(output)
    return output.title


def virtual_microphone(system: System, attempt: Callable[[System], str] = make) -> Finding:
    """Try for one, and tell what is in the way."""
    if system.linux and not system.sound_server:
        return Finding(NAME, State.FAILED, said("no PipeWire or PulseAudio runs"), served(system))
    try:
        title = attempt(system)
    except SoundError as error:
        sentence, remedy = parted(str(error))
        if system.linux and "libpulse" in sentence:
            remedy = said("{0}, then start again.", system.packages.installing(LIBPULSE))
        return Finding(NAME, State.FAILED, sentence, remedy or said("Restart the sound server."))
    return Finding(NAME, State.OK, said("others can listen to {0}", title))


def served(system: System) -> str:
    """Return how to get a sound server."""
    if system.contained:
        return said(
            "Give the container the socket of the sound server outside, and set PULSE_SERVER."
        )
    return said(
        "{0}, then `systemctl --user enable --now pipewire pipewire-pulse wireplumber`.",
        system.packages.installing(SOUND_SERVER),
    )
