"""Finding and opening microphones with PortAudio, and what its errors mean to people."""

import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

log = logging.getLogger(__name__)

ALONE = threading.Lock()
"""PortAudio opens, closes and lists for one thread at a time."""

SERVERS = ("pipewire", "pulse", "default")
"""ALSA's doors to the sound server, best first: a raw device belongs to one program alone."""

HOSTS = ("Windows WASAPI", "Core Audio", "ALSA")
"""Where to look: on Windows every microphone is there once per host, under cut-off names."""

RATES = (48_000, 44_100, 16_000)
"""Tried where a device refuses its own."""

BAD_CHANNELS, BAD_RATE = -9998, -9997

REASONS = {
    -9999: "the system refused it; allow microphones in the system's privacy settings, close other "
    "programs that use it, or choose another",
    BAD_CHANNELS: "it offers no channel that can be used; choose another",
    BAD_RATE: "it refused every sample rate; set it to 48000 Hz in the system's sound settings",
    -9996: "it is not there any more; plug it in again, or choose another",
    -9994: "it gives sound of an unknown kind; choose another",
    -9987: "it did not answer in time; unplug it and plug it in again",
    -9986: "the sound system has a problem; plug it in again, or restart the computer",
    -9985: "it is in use by another program, switched off, or blocked by the system's privacy "
    "settings; free it, or choose another",
}

LATENCY = 0.03
"""Seconds asked of the driver: shorter blocks cost more callbacks than they save time."""

PLAUSIBLE = 0.1
"""Seconds; what drivers say beyond this about the age of sound is wrong (seen with PulseAudio)."""

Heard = Callable[[Any, float], None]
"""Takes mono samples, and the age in seconds of the last of them."""


class MicrophoneError(RuntimeError):
    """No sound can be had from the microphone; says why and what helps."""


def lost(name: str) -> MicrophoneError:
    """Return the error for a microphone that fell silent while it was in use."""
    return MicrophoneError(
        f"no more sound comes from {name}: it was unplugged, switched off or taken by another "
        "program; plug it in or choose another, and start again"
    )


@dataclass(frozen=True)
class Device:
    """One microphone as PortAudio lists it now."""

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
    """An open microphone."""

    def __init__(self, device: Device, settings: Settings, stream: Any, release: Any) -> None:
        self.name = device.title
        self.rate = settings.rate
        self._stream = stream
        self._release = release
        self._closed = False

    def start(self) -> None:
        """Let sound come.

        Raises:
            MicrophoneError: it does not.
        """
        try:
            self._stream.start()
        except Exception as error:
            raise explain(self.name, error) from error

    def close(self) -> None:
        """Safe to call twice, from any thread."""
        with ALONE:
            if self._closed:
                return
            self._closed = True
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)
            self._release()


class Microphones:
    """What PortAudio offers. `portaudio` is the module sounddevice, or a stand-in."""

    def __init__(self, portaudio: Any = None) -> None:
        self._portaudio = portaudio or load()

    def choices(self) -> list[tuple[str, str]]:
        """Return (name, title) of each, the system's choice first."""
        found = {device.name: device.title for device in self._look()}
        return [("", "System default"), *found.items()]

    def open(self, name: str, heard: Heard, finished: Callable[[], None]) -> Stream:
        """Open the microphone called `name`, or the system's choice if that is empty.

        Raises:
            MicrophoneError: there is none, or none that can be opened.
        """
        errors: list[MicrophoneError] = []
        for device in self._candidates(name):
            for settings in attempts(device):
                try:
                    return self._try(device, settings, heard, finished)
                except MicrophoneError as error:
                    log.info("%s with %s: %s", device, settings, error.__cause__)
                    errors.append(error)
                    if code(error.__cause__) not in (BAD_RATE, BAD_CHANNELS, -9999):
                        break
        raise errors[0]

    def _candidates(self, name: str) -> list[Device]:
        devices = self._look()
        if not devices:
            raise MicrophoneError("no microphone was found; connect one, or choose another source")
        if not name:
            return [d for d in devices if d.standard or d.name in SERVERS] or devices[:1]
        if chosen := [device for device in devices if device.name == name]:
            return chosen
        raise MicrophoneError(
            f"the microphone {name!r} was not found; plug it in, or choose another"
        )

    def _look(self) -> list[Device]:
        """Return the microphones, best first; sees new ones only while none is open."""
        with ALONE:
            self._portaudio._terminate()
            self._portaudio._initialize()
            hosts = [host["name"] for host in self._portaudio.query_hostapis()]
            listed = [dict(entry) for entry in self._portaudio.query_devices()]
            standard = self._portaudio.default.device[0]
        found = [
            Device(
                index,
                re.sub(r"\s*\(hw:\d+,\d+\)$", "", entry["name"]),
                hosts[entry["hostapi"]],
                entry["max_input_channels"],
                round(entry["default_samplerate"]) or RATES[0],
                index == standard,
            )
            for index, entry in enumerate(listed)
            if entry["max_input_channels"] > 0
        ]
        wanted = next((host for host in HOSTS if any(d.host == host for d in found)), None)
        usable = [device for device in found if wanted in (None, device.host)]
        return sorted(usable, key=_rank)

    def _try(
        self, device: Device, settings: Settings, heard: Heard, finished: Callable[[], None]
    ) -> Stream:
        special = {}
        if settings.convert:
            special["extra_settings"] = self._portaudio.WasapiSettings(auto_convert=True)
        with ALONE:
            try:
                stream = self._portaudio.InputStream(
                    samplerate=settings.rate,
                    channels=settings.channels,
                    device=device.index,
                    dtype="float32",
                    latency=LATENCY,
                    callback=_callback(settings, heard),
                    finished_callback=finished,
                    **special,
                )
            except Exception as error:
                raise explain(device.title, error) from error
            # Holds PortAudio's list of devices as it is: making it anew would end the stream.
            self._portaudio._initialize()
        return Stream(device, settings, stream, self._portaudio._terminate)


def load() -> Any:
    """Return sounddevice, which needs the PortAudio library.

    Raises:
        MicrophoneError: it is missing.
    """
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        how = (
            "install it (Debian, Ubuntu: sudo apt install libportaudio2; Fedora: sudo dnf install "
            "portaudio)"
            if sys.platform == "linux"
            else "reinstall the program"
        )
        raise MicrophoneError(
            f"microphones need the PortAudio library, which is missing: {how}"
        ) from error
    return sounddevice


def attempts(device: Device) -> Iterator[Settings]:
    """Yield the ways to open a device, best first: its own rate, one channel."""
    rates = [device.rate, *(rate for rate in RATES if rate != device.rate)]
    for rate in rates:
        yield Settings(rate, 1)
        if device.channels > 1:
            yield Settings(rate, device.channels)
    if device.host == "Windows WASAPI":
        yield Settings(RATES[0], 1, convert=True)


def explain(name: str, error: Exception) -> MicrophoneError:
    """Say in a sentence why `name` cannot be used."""
    reason = REASONS.get(code(error), f"{error}; choose another")
    return MicrophoneError(f"the microphone {name} cannot be used: {reason}")


def code(error: BaseException | None) -> int:
    """Return PortAudio's number for an error, 0 if it has none."""
    args = error.args if error else ()
    return args[1] if len(args) > 1 and isinstance(args[1], int) else 0


def _rank(device: Device) -> tuple[int, bool]:
    server = SERVERS.index(device.name) if device.name in SERVERS else len(SERVERS)
    return server, not device.standard


def _callback(settings: Settings, heard: Heard) -> Callable[..., None]:
    """Return what PortAudio calls with each block; it copies and returns, without allocating."""
    mono = np.empty(settings.rate, np.float32)
    period = 1 / settings.rate

    def callback(block: Any, frames: int, time: Any, status: Any) -> None:  # noqa: ARG001
        age = time.currentTime - time.inputBufferAdcTime - frames * period
        if not 0 <= age < PLAUSIBLE:
            age = 0.0
        if settings.channels == 1:
            heard(block[:, 0], age)
        else:
            np.mean(block, axis=1, out=mono[:frames])
            heard(mono[:frames], age)

    return callback
