"""All checks, in the order in which people meet what they test."""

from functools import partial
from pathlib import Path

from core.doctor.app_control import NAME as APP_CONTROL
from core.doctor.app_control import app_control
from core.doctor.camera import NAME as CAMERA
from core.doctor.camera import camera
from core.doctor.environment import PACKAGES, WINDOW, packages, window
from core.doctor.finding import Check
from core.doctor.machine import ENGINE, GPU, PATIENCE, PRIORITY, engine, gpu, priority
from core.doctor.microphone import NAME as MICROPHONE
from core.doctor.microphone import microphone, plugged_in
from core.doctor.programs import NAME as PROGRAMS
from core.doctor.programs import programs
from core.doctor.sound import NAME as SOUND
from core.doctor.sound import virtual_microphone
from core.doctor.storage import folder, places
from core.doctor.system import System
from core.doctor.voices import NAME as VOICES
from core.doctor.voices import voices

QUICK, DEVICE = 10.0, 20.0
"""Seconds for what looks at files, and for what opens devices."""


def all_checks(
    system: System, microphone_name: str = "", recordings: Path | None = None
) -> tuple[Check, ...]:
    """Return the checks, for the microphone and the folder that people chose, if they did."""
    hear = partial(microphone, system, plugged_in(), microphone_name)
    trial = PATIENCE + DEVICE
    return (
        Check(PACKAGES, packages, QUICK),
        Check(WINDOW, partial(window, system), QUICK),
        *([Check(APP_CONTROL, partial(app_control, system), QUICK)] if system.windows else []),
        *(Check(place.name, partial(folder, system, place), QUICK) for place in places(recordings)),
        Check(MICROPHONE, hear, DEVICE),
        Check(VOICES, voices, trial),
        Check(CAMERA, partial(camera, system), DEVICE),
        Check(SOUND, partial(virtual_microphone, system), DEVICE),
        Check(PROGRAMS, partial(programs, system), DEVICE),
        Check(PRIORITY, partial(priority, system), QUICK),
        Check(GPU, partial(gpu, system), trial),
        Check(ENGINE, engine, trial),
    )
