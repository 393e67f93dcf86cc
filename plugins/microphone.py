"""The microphone, through PortAudio."""

import threading
from dataclasses import dataclass
from typing import Any

from core.audio import LATE, SAMPLE_RATE, SampleRing, Sound
from core.clock import Clock
from core.options import Hint, option
from core.plugin import SourcePlugin
from core.sentence import said
from core.sound.player import SoundError
from core.two_ways import TwoWays
from plugins import portaudio
from plugins.portaudio import Microphones, lost

ROOM = 2.0
"""Seconds of sound that the ring holds while the reader is busy."""

SILENCE = 2.0
"""Seconds without any sound, not even silence, after which the microphone is taken for gone."""

FIRST = 5.0
"""The same before the first sound: wireless ones take their time to wake up."""


def choices() -> list[tuple[str, str]]:
    """Return (name, title) of the microphones there are, the system's choice first."""
    try:
        return portaudio.choices()
    except SoundError:  # told in full when one is to be opened
        return [("", said("System default"))]


@dataclass(frozen=True)
class MicrophoneOptions:
    """Which microphone."""

    device: str = option("", Hint(said("Device"), choices=choices))


class Microphone:
    """Satisfies `AudioSource`; one thread reads. `portaudio` stands in for sounddevice in tests."""

    def __init__(self, options: MicrophoneOptions, clock: Clock, portaudio: Any = None) -> None:
        self._clock = clock
        self._next = 0
        self._raw_next = 0
        self._anchor = (0.0, 0.0)
        self._arrived = clock.now() + FIRST - SILENCE
        self._closing = threading.Event()
        self.dropped = 0
        self._microphones = Microphones(portaudio)
        self._stream = self._microphones.open(options.device, self._hear, self._finished)
        self._rate = self._stream.rate
        room, channels = int(ROOM * self._rate), self._stream.channels
        self._ring = SampleRing(room, clock, self._rate, channels)
        self._chunk = self._rate // 100
        self._ready = TwoWays(self._rate)
        try:
            self._stream.start()
        except BaseException:
            self.close()
            raise

    def read(self, count: int, timeout: float) -> Sound | None:
        """See `AudioSource.read`.

        Raises:
            SoundError: it has been unplugged or taken away.
        """
        deadline = self._clock.now() + timeout
        self._ring.keep(max(LATE, count) * self._rate // SAMPLE_RATE + self._chunk)
        while len(self._ready) < count:
            raw = self._ring.read(self._chunk, max(0.0, deadline - self._clock.now()))
            if raw is None:
                self._check_alive()
                return None
            self._take_in(raw)
        return self._give_out(count)

    def close(self) -> None:
        """See `AudioSource.close`."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._ring.close()
        self._stream.close()

    def _hear(self, frames: Any, age: float) -> None:
        """Runs in PortAudio's callback: copies and returns. `age` is the last frame's, in s."""
        self._ring.push(frames, self._clock.now() - age)

    def _finished(self) -> None:
        """Runs in PortAudio's thread when the stream is over, whoever ended it."""
        if not self._closing.is_set():
            self._ring.end(lost(self._stream.name))

    def _take_in(self, raw: Sound) -> None:
        if raw.start != self._raw_next:  # sound was lost: begin anew after the gap
            self._ready.forget()
            start = raw.start * SAMPLE_RATE // self._rate
            self.dropped += start - self._next
            self._next = start
        self._ready.put(raw.samples)
        self._raw_next = raw.start + len(raw.samples)
        self._anchor = (raw.start / self._rate, raw.heard)
        self._arrived = self._clock.now()

    def _give_out(self, count: int) -> Sound:
        start, self._next = self._next, self._next + count
        at, heard = self._anchor
        samples, voice, _ = self._ready.take(count)
        return Sound(samples, start, heard + start / SAMPLE_RATE - at, voice)

    def _check_alive(self) -> None:
        if self._clock.now() - self._arrived > SILENCE:
            raise lost(self._stream.name)


plugin = SourcePlugin("microphone", said("Microphone"), MicrophoneOptions, Microphone)
