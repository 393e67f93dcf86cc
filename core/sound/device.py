"""Playing through PortAudio, where there is no sound server to ask."""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from core.sound.device_list import open_portaudio
from core.sound.player import CHANNELS, Fill, lost
from core.sound.portaudio import OUTPUT, Settings


class DevicePlayer:
    """Satisfies `Player`: the output that PortAudio calls `name`, its first two channels."""

    def __init__(self, name: str, portaudio: Any = None) -> None:
        self._fill: Fill | None = None
        self._ended = threading.Event()
        devices = open_portaudio(OUTPUT, portaudio)
        self._stream = devices.open(name, self._callback, self._ended.set)
        self.title = self._stream.name
        self.rate = self._stream.rate

    @property
    def latency(self) -> float:
        return self._stream.latency

    def start(self, fill: Fill) -> None:
        self._fill = fill
        self._stream.start()

    def check(self) -> None:
        if self._ended.is_set():
            raise lost(self.title)

    def close(self) -> None:
        self._stream.close()

    def _callback(self, settings: Settings) -> Callable[..., None]:
        """Return what PortAudio calls for each block; it copies and returns."""

        def callback(block: Any, frames: int, time: Any, status: Any) -> None:  # noqa: ARG001
            assert self._fill
            if settings.channels < CHANNELS:
                both = np.empty((frames, CHANNELS), np.float32)
                self._fill(both)
                block[:] = both.mean(axis=1, keepdims=True)
                return
            self._fill(block[:, :CHANNELS])
            block[:, CHANNELS:] = 0

        return callback
