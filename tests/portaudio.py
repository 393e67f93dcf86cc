"""A PortAudio that does what it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from core.audio import Samples
from tests.fakes import Opened


class PortAudioError(Exception):
    """Like sounddevice's: a message and a number."""


@dataclass
class Stream:
    """Counts its openings and hands blocks to the callback."""

    counter: Opened
    settings: dict[str, Any]
    latency: float = 0.04

    def __post_init__(self) -> None:
        self.counter.opened += 1
        self.started = False

    def start(self) -> None:
        self.started = True

    def abort(self, ignore_errors: bool) -> None:
        self.settings["finished_callback"]()

    def close(self, ignore_errors: bool) -> None:
        self.counter.closed += 1

    def hear(self, samples: Samples, age: float = 0.0) -> None:
        """Deliver a block whose first sample is `age` seconds old."""
        block = np.tile(samples[:, None], (1, self.settings["channels"]))
        times = SimpleNamespace(currentTime=100.0, inputBufferAdcTime=100.0 - age)
        self.settings["callback"](block, len(block), times, None)

    def pull(self, count: int) -> Samples:
        """Ask for a block, shape (count, channels)."""
        block = np.full((count, self.settings["channels"]), np.nan, np.float32)
        self.settings["callback"](block, count, None, None)
        return block


def device(
    name: str, channels: int = 1, rate: float = 16_000.0, host: int = 0, outputs: int = 0
) -> dict[str, Any]:
    return {
        "name": name,
        "hostapi": host,
        "max_input_channels": channels,
        "max_output_channels": outputs,
        "default_samplerate": rate,
    }


@dataclass
class PortAudio:
    """Stands in for the module sounddevice."""

    devices: list[dict[str, Any]] = field(default_factory=lambda: [device("default")])
    refuse: Callable[[dict[str, Any]], int] = lambda settings: 0
    hosts: tuple[str, ...] = ("ALSA",)
    standard: int = 0
    """Number of the standard device, in both directions."""

    def __post_init__(self) -> None:
        self.counter = Opened()
        self.tried: list[dict[str, Any]] = []
        self.users = 1
        self.scans = 0
        self.default = SimpleNamespace(device=(self.standard, self.standard))

    def _initialize(self) -> None:
        self.scans += self.users == 0
        self.users += 1

    def _terminate(self) -> None:
        self.users -= 1

    def query_hostapis(self) -> list[dict[str, str]]:
        return [{"name": host} for host in self.hosts]

    def query_devices(self) -> list[dict[str, Any]]:
        return self.devices

    def WasapiSettings(self, auto_convert: bool) -> str:
        return f"convert={auto_convert}"

    def InputStream(self, **settings: Any) -> Stream:
        return self._open("InputStream", settings)

    def OutputStream(self, **settings: Any) -> Stream:
        return self._open("OutputStream", settings)

    def _open(self, kind: str, settings: dict[str, Any]) -> Stream:
        self.tried.append(settings)
        if number := self.refuse(settings):
            raise PortAudioError(f"Error opening {kind}", number)
        self.stream = Stream(self.counter, settings)
        return self.stream
