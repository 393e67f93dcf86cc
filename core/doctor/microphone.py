"""Whether the microphone is there, opens, and hears anything but digital silence."""

from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any, NamedTuple

import numpy as np

from core.audio import SAMPLE_RATE, Samples
from core.clock import WallClock
from core.doctor.finding import Finding, State
from core.doctor.packages import BRIDGE, PORTAUDIO
from core.doctor.sound import served
from core.doctor.system import System
from core.options import hints
from core.plugin import SourcePlugin, source_plugins
from core.sentence import parted, said

KEY = "microphone"

NAME = said("Microphone")

LISTEN = 1.0
"""Seconds to listen for."""

PATIENCE = 8.0
"""Seconds that the microphone may take to give them; wireless ones wake up slowly."""

PRIVACY = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
ALLOW = said(
    "Open Settings, Privacy & security, Microphone, and switch on Microphone access and "
    "Let desktop apps access your microphone."
)


class Ears(NamedTuple):
    """The ways to a microphone."""

    hear: Callable[[str], Samples]
    """Takes a device's name, empty for the system's choice."""
    names: Callable[[], list[str]]
    """What devices are called, which may tell whose they are."""


def microphone(system: System, ears: Ears, device: str = "") -> Finding:
    """Listen for a second."""
    if _forbidden(system):
        return Finding(NAME, State.FAILED, said("Windows does not let programs listen"), ALLOW)
    try:
        sound = ears.hear(device)
    except (RuntimeError, OSError, LookupError) as error:
        return _deaf(system, error, tuple(ears.names()))
    if not sound.any():
        return _mute(system)
    loudest = 20 * np.log10(float(np.abs(sound).max()))
    return Finding(
        NAME, State.OK, said("it hears: {0:.0f} dB under full scale at the loudest", -loudest)
    )


def plugged_in() -> Ears:
    """Return the ways to the microphone that the program itself uses."""
    return Ears(_hear, _names)


def _hear(device: str) -> Samples:
    plugin, clock = _plugin(), WallClock()
    with closing(plugin.open(plugin.options(device=device), clock)) as source:
        sound = source.read(int(LISTEN * SAMPLE_RATE), PATIENCE)
    if sound is None:
        raise RuntimeError(
            said(
                "it opens, but gives no sound within {0:.0f} seconds",
                PATIENCE,
                remedy="unplug it and plug it in again, or choose another",
            )
        )
    return sound.samples


def _names() -> list[str]:
    with suppress(RuntimeError, OSError, LookupError):
        choices = hints(_plugin().options)["device"].choices
        return [title for name, title in choices() if name] if choices else []
    return []


def _plugin() -> SourcePlugin[Any]:
    found = source_plugins()
    if KEY in found.plugins:
        return found.plugins[KEY]
    why = next((str(b.error) for b in found.broken if b.name == KEY), said("it is missing"))
    raise LookupError(
        said(
            "the plugin for microphones cannot be loaded ({0})", why, remedy="reinstall the program"
        )
    )


def _forbidden(system: System) -> bool:
    keys = (rf"{PRIVACY}\microphone", rf"{PRIVACY}\microphone\NonPackaged")
    return system.windows and any(system.registry(key, "Value") == "Deny" for key in keys)


def _deaf(system: System, error: Exception, names: tuple[str, ...]) -> Finding:
    sentence, advice = parted(str(error))
    remedy = _remedy(system, error) or advice or said("Choose another microphone.")
    return Finding(NAME, State.FAILED, sentence, remedy, names)


def _remedy(system: System, error: Exception) -> str:
    """Return what helps on Linux, where the error itself cannot know; empty elsewhere."""
    if not system.linux:
        return ""
    if isinstance(error.__cause__, (ImportError, OSError)):
        return said("{0}, then start again.", system.packages.installing(PORTAUDIO))
    if system.sound_server:
        step = said("{0}, then start again.", system.packages.installing(BRIDGE))
        return "" if _bridged(system) else step
    if _cards(system) or system.contained:
        return _without_server(system)
    return said(
        "Linux sees no sound card: connect a microphone. If this is a virtual machine, "
        "give it a sound card."
    )


def _bridged(system: System) -> bool:
    """Whether PortAudio, which asks ALSA, can reach the sound server."""
    folders = ("lib/alsa-lib", "lib64/alsa-lib", "lib/*/alsa-lib")
    modules = (f"{folder}/libasound_module_pcm_p[iu]*.so" for folder in folders)
    return any(any(system.path("/usr").glob(module)) for module in modules)


def _without_server(system: System) -> str:
    blocked = [
        node for node in system.path("/dev/snd").glob("pcmC*c") if not system.may_write(node)
    ]
    if blocked:
        return said("Run `sudo usermod -aG audio $USER`, then log out and in again.")
    return said("No sound server answers. {0}", served(system))


def _cards(system: System) -> bool:
    cards = system.text("/proc/asound/cards")
    return bool(cards.strip()) and "no soundcards" not in cards


def _mute(system: System) -> Finding:
    if system.windows:
        remedy = said("{0} Then look whether it is muted: Settings, System, Sound, Input.", ALLOW)
    elif system.linux and system.run(["wpctl", "--version"]):
        remedy = said("Run `wpctl set-mute @DEFAULT_AUDIO_SOURCE@ 0`.")
    elif system.linux and system.run(["pactl", "--version"]):
        remedy = said("Run `pactl set-source-mute @DEFAULT_SOURCE@ 0`.")
    else:
        remedy = said("Unmute it in the system's sound settings, or at its own switch.")
    return Finding(
        NAME,
        State.WARNING,
        said(
            "it opens, but gives digital silence: it is muted, or cuts out all that is not speech"
        ),
        said("{0} If it only waits for speech, speak during the check.", remedy),
    )
