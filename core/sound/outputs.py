"""The places that sound can go to, and what opens them."""

import logging
import re
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

from core.audio import SoundSink
from core.clock import Clock, WallClock
from core.sentence import said
from core.sound.device import DevicePlayer
from core.sound.device_list import list_devices
from core.sound.player import Player, SoundError
from core.sound.portaudio import OUTPUT
from core.sound.pulse import PulsePlayer
from core.sound.speaker import Speaker, SpeakerFigures
from core.sound.virtual_microphone import RATE, TITLE, VirtualMicrophone, missing, sinks

log = logging.getLogger(__name__)

CABLE = re.compile(r"\bCABLE(-\w)? In(put)?\b|(?i:VB-Cable|BlackHole)")
"""What the inputs of virtual cables are called: VB-Cable and its kin, BlackHole on macOS."""

MICROPHONE = "microphone"
"""Name of the virtual microphone among the outputs."""


class Kind(Enum):
    MICROPHONE = "microphone"
    """A microphone that is made when it is opened; others choose it by its title."""
    CABLE = "cable"
    """A driver's virtual cable: what is played into one end is a microphone at the other."""
    SINK = "sink"
    """An output of the sound server."""
    DEVICE = "device"
    """An output that PortAudio opens."""


@dataclass(frozen=True)
class Output:
    """One place that sound can go to."""

    name: str
    """The same in every run, while the place is there."""
    title: str
    kind: Kind

    @property
    def microphone(self) -> str:
        """What other programs list as a microphone for it; empty if it leads to somebody's ears."""
        if self.kind is Kind.CABLE:  # CABLE Input (VB-Audio ...) is heard from CABLE Output
            return re.sub(r"^(CABLE(-\w)?) In(put)?\b.*", r"\1 Output", self.title)
        return self.title if self.kind is Kind.MICROPHONE else ""


def outputs(portaudio: Any = None) -> list[Output]:
    """Return where sound can go now: microphones first, then the system's own choice.

    `portaudio` stands in for the module sounddevice. What cannot be looked at is left out.
    """
    if sys.platform == "linux" and portaudio is None:
        with suppress(SoundError):
            found = [Output(sink.name, sink.title, Kind.SINK) for sink in sinks()]
            return [Output(MICROPHONE, TITLE, Kind.MICROPHONE), *found]
    try:
        devices = list_devices(OUTPUT, portaudio)
    except SoundError:  # told in full when one is to be opened
        log.info("no sound outputs", exc_info=True)
        return []
    titles = {device.name: device.title for device in devices}
    found = [Output(name, title, _kind(title)) for name, title in titles.items()]
    return sorted(found, key=lambda output: output.kind is not Kind.CABLE)


def choose(name: str, portaudio: Any = None) -> Output:
    """Return the output called `name`, or titled so; if that is empty, the best microphone.

    Raises:
        SoundError: it is not there; says what is, or how to get one.
    """
    found = outputs(portaudio)
    for output in found:
        if name in (output.name, output.title) or (not name and output.microphone):
            return output
    if not name or name == MICROPHONE:
        raise SoundError(missing())
    known = ", ".join(output.name for output in found) or said("none is there")
    raise SoundError(
        said("there is no sound output {0!r}", name, remedy=said("choose one of: {0}", known))
    )


class SoundOutputs:
    """Opens outputs, and keeps the virtual microphone once made: meetings go on between sessions.

    Any thread may use it. `portaudio` stands in for the module sounddevice.
    """

    def __init__(self, clock: Clock | None = None, portaudio: Any = None) -> None:
        self._clock = clock or WallClock()
        self._portaudio = portaudio
        self._making, self._listing = threading.Lock(), threading.Lock()
        self._microphone: VirtualMicrophone | None = None
        self._speakers: list[Speaker] = []

    def open(self, output: Output) -> Speaker:
        """Open `output`; whoever gets it closes it.

        Raises:
            SoundError: it is not there any more, or cannot be used.
        """
        speaker = Speaker(lambda: self._player(output), self._clock)
        with self._listing:
            self._speakers = [*(other for other in self._speakers if not other.closed), speaker]
        return speaker

    def openers(self, names: Sequence[str]) -> list[Callable[[], SoundSink]]:
        """Return what opens each output of `names` that is not empty: what a `Fanout` takes."""
        return [partial(self._open_named, name) for name in names if name]

    def figures(self) -> list[SpeakerFigures]:
        """Return how each open output is doing; any thread may ask."""
        return [speaker.figures() for speaker in self._speakers if not speaker.closed]

    def prepare(self, output: Output) -> None:
        """Let others see the microphone already, if `output` is one that we make.

        Raises:
            SoundError: it cannot be made.
        """
        if output.kind is Kind.MICROPHONE:
            self._made()

    def warning(self) -> str:
        """Return what is wrong with the microphone that others would notice; empty if nothing."""
        with suppress(SoundError):
            if self._microphone and (names := self._microphone.strangers()):
                return said(
                    "other programs play into the {0}: {1}",
                    TITLE,
                    ", ".join(names),
                    remedy="choose another output for them in the system's sound settings",
                )
        return ""

    def close(self) -> None:
        """Take the microphone away. Safe to call twice."""
        with self._making:
            self._dismiss()

    def _open_named(self, name: str) -> Speaker:
        return self.open(choose(name, self._portaudio))

    def _player(self, output: Output) -> Player:
        if output.kind is Kind.MICROPHONE:
            return PulsePlayer(self._made().sink, output.title, RATE)
        if output.kind is Kind.SINK:
            return PulsePlayer(output.name, output.title, RATE)
        return DevicePlayer(output.name, self._portaudio)

    def _made(self) -> VirtualMicrophone:
        """Return the microphone, made anew if the sound server has forgotten it."""
        with self._making:
            if not self._microphone or not self._microphone.alive:
                self._dismiss()
                self._microphone = VirtualMicrophone()
            return self._microphone

    def _dismiss(self) -> None:
        if self._microphone:
            self._microphone.close()
            self._microphone = None


def _kind(title: str) -> Kind:
    return Kind.CABLE if CABLE.search(title) else Kind.DEVICE
