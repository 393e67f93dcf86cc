"""A device that pulls when its own clock says so."""

import numpy as np

from core.audio import SAMPLE_RATE, VOICE_RATE, WIDER, Samples, Sound
from core.sound.player import CHANNELS, Fill, lost
from core.sound.speaker import Speaker
from tests.fakes import HandClock


class HandPlayer:
    """Satisfies `Player`; its clock is faster than the world's by `difference`."""

    title = "ears"
    latency = 0.01

    def __init__(self, rate: int = 48_000, difference: float = 0.0, block: int = 480) -> None:
        self.rate = rate
        self.gone = False
        self.asleep = False
        self.closed = 0
        self._period = block / rate / (1 + difference)
        self._block = block
        self._pulls = 0
        self._heard: list[Samples] = []

    def start(self, fill: Fill) -> None:
        self._fill = fill

    def check(self) -> None:
        if self.gone:
            raise lost(self.title)

    def close(self) -> None:
        self.closed += 1

    def run(self, clock: HandClock, until: float) -> None:
        """Pull what is due by `until`."""
        while (due := (self._pulls + 1) * self._period) <= until:
            clock.time = max(clock.time, due)
            self._pulls += 1
            if not self.asleep:
                block = np.full((self._block, CHANNELS), np.nan, np.float32)
                self._fill(block)
                assert (block[:, 0] == block[:, 1]).all()  # all that is played here is mono
                self._heard.append(block[:, 0])
        clock.time = max(clock.time, until)

    @property
    def heard(self) -> Samples:
        return np.concatenate(self._heard)


class Stage:
    """A speaker, a device and the frames whose sound it plays: a sine, or what is given."""

    def __init__(self, player: HandPlayer, hop: int = 640, hertz: float = 440.0) -> None:
        self.clock = HandClock()
        self.player = player
        self.speaker = Speaker(lambda: player, self.clock)
        self._hop = hop
        self._hertz = hertz
        self.at = 0
        """Stream time of the next piece."""

    def play(self, seconds: float, late: float = 0.0, jitter: float = 0.004) -> None:
        """Play on for `seconds`, each piece `late` s after its time and up to `jitter` more."""
        random = np.random.default_rng(self.at)
        for _ in range(int(seconds * SAMPLE_RATE / self._hop)):
            due = self.at / SAMPLE_RATE + late + random.uniform(0, jitter)
            self.player.run(self.clock, due)
            self.give()

    def give(self) -> None:
        """Play the next piece now."""
        frames = np.arange(WIDER * self.at, WIDER * (self.at + self._hop))
        wave = 0.5 * np.sin(2 * np.pi * self._hertz / VOICE_RATE * frames).astype(np.float32)
        sound = Sound(wave[::WIDER], self.at, self.clock.time, wave[:, None])
        self.at += self._hop
        self.speaker.play(sound)

    def bend(self) -> float:
        """Return the largest second difference heard, as a share of the sine's own."""
        own = 0.5 * (2 * np.pi * self._hertz / self.player.rate) ** 2
        return float(np.abs(np.diff(self.player.heard, 2)).max()) / own
