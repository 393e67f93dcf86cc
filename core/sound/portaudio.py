"""Finding and opening devices with PortAudio, and what its errors mean to people."""

import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from core.audio import SAMPLE_RATE
from core.sentence import said
from core.sound.player import SoundError

log = logging.getLogger(__name__)

ALONE = threading.Lock()
"""PortAudio opens, closes and lists for one thread at a time."""

SERVERS = ("pipewire", "pulse", "default")
"""ALSA's doors to the sound server, best first: a raw device belongs to one program alone."""

HOSTS = ("Windows WASAPI", "Core Audio", "ALSA")
"""Where to look: on Windows every device is there once per host, under cut-off names."""

RATES = (48_000, 44_100, 16_000)
"""Tried where a device refuses its own."""

BAD_CHANNELS, BAD_RATE, REFUSED = -9998, -9997, -9999

REASONS = {
    REFUSED: said(
        "the system refused it",
        remedy=(
            "allow it in the system's privacy settings, close other programs that use it, "
            "or choose another"
        ),
    ),
    BAD_CHANNELS: said("it offers no channel that can be used", remedy="choose another"),
    BAD_RATE: said(
        "it refused every sample rate", remedy="set it to 48000 Hz in the system's sound settings"
    ),
    -9996: said("it is not there any more", remedy="plug it in again, or choose another"),
    -9994: said("its sound is of an unknown kind", remedy="choose another"),
    -9987: said("it did not answer in time", remedy="unplug it and plug it in again"),
    -9986: said(
        "the sound system has a problem", remedy="plug it in again, or restart the computer"
    ),
    -9985: said(
        "it is in use by another program, switched off, or blocked by the system's privacy "
        "settings",
        remedy="free it, or choose another",
    ),
}

STEREO = 2
"""Channels that are asked for first."""

LATENCY = 0.03
"""Seconds asked of the driver: shorter blocks cost more callbacks than they save time."""


@dataclass(frozen=True)
class Direction:
    """Whether sound comes in or goes out, in PortAudio's words and in people's."""

    noun: str
    missing: str
    """Why nothing can be opened where there is none, and what helps."""
    stream: str
    """The class of sounddevice that opens one."""
    channels: str
    """The key under which it lists how many channels there are."""
    side: int
    """Its place in the pair of standard devices."""
    slowest: int = 1
    """Samples per second that can be used."""


INPUT = Direction(
    said("microphone"),
    said("no microphone was found", remedy="connect one, or choose another voice"),
    "InputStream",
    "max_input_channels",
    0,
)
OUTPUT = Direction(
    said("output"),
    said("no sound output was found", remedy="connect one, or choose another"),
    "OutputStream",
    "max_output_channels",
    1,
    SAMPLE_RATE,
)


@dataclass(frozen=True)
class PortAudioDevice:
    """One microphone or output as PortAudio lists it now."""

    index: int
    name: str
    """As PortAudio spells it, without the number that changes with the order of plugging in."""
    host: str
    channels: int
    rate: int
    standard: bool
    """Whether it is PortAudio's own choice."""

    @property
    def title(self) -> str:
        return {"pipewire": "PipeWire", "pulse": "PulseAudio"}.get(self.name, self.name)


@dataclass(frozen=True)
class Settings:
    """One way to open a device."""

    rate: int
    channels: int
    convert: bool = False
    """Let Windows convert; last, because some microphones then stay silent."""


class Stream:
    """An open device."""

    def __init__(
        self,
        explain: Callable[[Exception], SoundError],
        device: PortAudioDevice,
        settings: Settings,
        stream: Any,
        release: Callable[[], None],
    ) -> None:
        self.name = device.title
        self.rate, self.channels = settings.rate, settings.channels
        self._explain = explain
        self._stream = stream
        self._release = release
        self._closed = False

    @property
    def latency(self) -> float:
        """Seconds that the driver takes, as far as it knows."""
        return float(self._stream.latency)

    def start(self) -> None:
        """Let sound flow.

        Raises:
            SoundError: it does not.
        """
        try:
            self._stream.start()
        except Exception as error:
            raise self._explain(error) from error

    def close(self) -> None:
        """Safe to call twice, from any thread."""
        with ALONE:
            if self._closed:
                return
            self._closed = True
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)
            self._release()


class PortAudio:
    """What PortAudio offers in one direction. `module` is sounddevice, or a stand-in."""

    def __init__(self, direction: Direction, module: Any = None) -> None:
        self._direction = direction
        self._module = module or load()

    def look(self) -> list[PortAudioDevice]:
        """Return the devices, best first; sees new ones only while none is open."""
        with ALONE:
            self._module._terminate()
            self._module._initialize()
            hosts = [host["name"] for host in self._module.query_hostapis()]
            listed = [dict(entry) for entry in self._module.query_devices()]
            standard = self._module.default.device[self._direction.side]
        found = [
            PortAudioDevice(
                index,
                re.sub(r"\s*\(hw:\d+,\d+\)$", "", entry["name"]),
                hosts[entry["hostapi"]],
                entry[self._direction.channels],
                round(entry["default_samplerate"]) or RATES[0],
                index == standard,
            )
            for index, entry in enumerate(listed)
            if entry[self._direction.channels] > 0
        ]
        wanted = next((host for host in HOSTS if any(d.host == host for d in found)), None)
        usable = [device for device in found if wanted in (None, device.host)]
        return sorted(usable, key=_rank)

    def open(
        self,
        name: str,
        callback: Callable[[Settings], Callable[..., None]],
        finished: Callable[[], None],
    ) -> Stream:
        """Open the device called `name`, or the system's choice if that is empty.

        `callback` makes what PortAudio calls with each block; `finished` hears of the end.

        Raises:
            SoundError: there is none, or none that can be opened.
        """
        errors: list[SoundError] = []
        for device in self._candidates(name):
            for settings in attempts(device, self._direction.slowest):
                try:
                    return self._try(device, settings, callback(settings), finished)
                except SoundError as error:
                    log.info("%s with %s: %s", device, settings, error.__cause__)
                    errors.append(error)
                    if code(error.__cause__) not in (BAD_RATE, BAD_CHANNELS, REFUSED):
                        break
        raise errors[0]

    def _candidates(self, name: str) -> list[PortAudioDevice]:
        devices, noun = self.look(), self._direction.noun
        if not devices:
            raise SoundError(self._direction.missing)
        if not name:
            return [d for d in devices if d.standard or d.name in SERVERS] or devices[:1]
        if chosen := [device for device in devices if device.name == name]:
            return chosen
        raise SoundError(
            said("the {0} {1!r} was not found", noun, name, remedy="plug it in, or choose another")
        )

    def _try(
        self,
        device: PortAudioDevice,
        settings: Settings,
        callback: Callable[..., None],
        finished: Callable[[], None],
    ) -> Stream:
        special = {}
        if settings.convert:
            special["extra_settings"] = self._module.WasapiSettings(auto_convert=True)

        def explained(error: Exception) -> SoundError:
            return explain(self._direction.noun, device.title, error)

        with ALONE:
            try:
                stream = getattr(self._module, self._direction.stream)(
                    samplerate=settings.rate,
                    channels=settings.channels,
                    device=device.index,
                    dtype="float32",
                    latency=LATENCY,
                    callback=callback,
                    finished_callback=finished,
                    **special,
                )
            except Exception as error:
                raise explained(error) from error
            # Holds PortAudio's list of devices as it is: making it anew would end the stream.
            self._module._initialize()
        return Stream(explained, device, settings, stream, self._module._terminate)


def load() -> Any:
    """Return sounddevice, which needs the PortAudio library.

    Raises:
        SoundError: it is missing.
    """
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        how = (
            said(
                "install it (sudo apt install libportaudio2 on Debian and Ubuntu, sudo dnf "
                "install portaudio on Fedora)"
            )
            if sys.platform == "linux"
            else said("reinstall the program")
        )
        raise SoundError(
            said("sound devices need the PortAudio library, which is missing:", remedy=how)
        ) from error
    return sounddevice


def attempts(device: PortAudioDevice, slowest: int) -> Iterator[Settings]:
    """Yield the ways to open a device, best first: its own rate, two channels if it has them."""
    rates = [device.rate, *(rate for rate in RATES if rate != device.rate)]
    channels = sorted(
        {min(STEREO, device.channels), 1, device.channels},
        key=lambda count: (abs(count - STEREO), count),
    )
    for rate in rates:
        if rate >= slowest:
            for count in channels:
                yield Settings(rate, count)
    if device.host == "Windows WASAPI":
        yield Settings(RATES[0], 1, convert=True)


def explain(noun: str, title: str, error: Exception) -> SoundError:
    """Say in a sentence why a device cannot be used."""
    reason = REASONS.get(code(error), said("{0}", error, remedy="choose another"))
    return SoundError(said("the {0} {1} cannot be used: {2}", noun, title, reason))


def code(error: BaseException | None) -> int:
    """Return PortAudio's number for an error, 0 if it has none."""
    args = error.args if error else ()
    return args[1] if len(args) > 1 and isinstance(args[1], int) else 0


def _rank(device: PortAudioDevice) -> tuple[int, bool]:
    server = SERVERS.index(device.name) if device.name in SERVERS else len(SERVERS)
    return server, not device.standard
