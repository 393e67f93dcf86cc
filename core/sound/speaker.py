"""A sound sink that plays: what comes with the frames leaves at the pace of a device's clock."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.audio import VOICE_RATE, Sound, Voice, voice_of
from core.clock import Clock
from core.resampling import SincResampler, SincState
from core.sentence import said
from core.sound.player import SILENT as NO_PULLS
from core.sound.player import Player, lost
from core.sound.queue import PlayQueue
from core.sound.splice import ALIKE, bridged, risen, shortened
from core.sound.steering import Steering, SteeringState

TARGET = 0.03
"""Seconds that wait when a piece comes: frames come unevenly, and late sound is the lesser evil."""

FAR = 0.3
"""Seconds behind from which sound is skipped rather than shortened bit by bit."""

HASTE = 0.1
"""Seconds behind from which sound is shortened wherever; less, where it is not heard."""

APART = VOICE_RATE // 25
"""Frames from one place where sound is shortened to the next, at least."""

SILENT = 2.0
"""Seconds of sound given without a pull after which the device is taken for gone."""

FIRST = 5.0
"""The same before the first pull: wireless ones take their time to wake up."""

HICCUP = 0.2
"""Seconds that a pause between two pieces counts at most: it may be we who stood still."""


@dataclass(frozen=True)
class SpeakerFigures:
    """How a speaker is doing; times in seconds."""

    title: str
    delay: float
    """From a sound being given to its being heard."""
    underruns: int
    """How often there was no sound to play."""
    skipped: float
    """Sound left out in order to keep up."""
    pace: float
    """How much faster than given the sound is played: the clocks' difference, once settled."""

    def __str__(self) -> str:
        return said(
            "{0}: {1:.0f} ms behind the picture · {2} dropouts · {3:.2f} s left out",
            self.title,
            self.delay * 1000.0,
            self.underruns,
            self.skipped,
        )


class Speaker:
    """Satisfies `SoundSink`. One thread opens, plays and closes it; any may read the figures.

    The first sample of a piece is pulled `TARGET` seconds after the piece came, give or take what
    `Steering` leaves. Where sound is missing there is silence, where there is too much it is
    shortened; nothing clicks.
    """

    def __init__(self, open_player: Callable[[], Player], clock: Clock) -> None:
        self._clock = clock
        self._player = open_player()
        self._queue = PlayQueue(self._player.rate, clock)
        self._resampler = SincResampler(VOICE_RATE, self._player.rate)
        self._steering = Steering(TARGET)
        self._steered = SteeringState()
        self._resampled: SincState | None = None
        self._next: int | None = None
        self._last: Voice = np.zeros((1, 1), np.float32)
        self._skipped = 0
        self._pace = 0.0
        self._latency = 0.0
        self._given, self._pulled = clock.now(), self._queue.pulled_at
        self._unheard = SILENT - FIRST
        self.closed = False
        try:
            self._player.start(self._queue.fill)
        except BaseException:
            self.close()
            raise

    def play(self, sound: Sound) -> None:
        """See `SoundSink.play`.

        Raises:
            SoundError: the device was taken away.
        """
        self._check()
        voice, level = self._begun(sound), self._queue.level()
        if self._queue.dry:
            voice, level = self._restarted(voice), TARGET
        elif level > FAR:
            self._queue.leap(TARGET)
            self._skipped += round((level - TARGET) * VOICE_RATE)
            self._steered, level = self._steering.restarted(self._steered), TARGET
        self._queue.put(self._corrected(voice, level))

    def figures(self) -> SpeakerFigures:
        """Return delay and losses so far."""
        delay = TARGET + self._steered.error + self._latency
        skipped = self._skipped / VOICE_RATE
        return SpeakerFigures(self._player.title, delay, self._queue.underruns, skipped, self._pace)

    def close(self) -> None:
        """Safe to call twice."""
        if not self.closed:
            self.closed = True
            self._player.close()

    def _check(self) -> None:
        self._player.check()
        self._latency = self._player.latency
        given, self._given = self._given, self._clock.now()
        self._unheard += min(self._given - given, HICCUP)
        pulled, self._pulled = self._pulled, self._queue.pulled_at
        if pulled != self._pulled:
            self._unheard = 0.0
        if self._unheard > SILENT:
            raise lost(self._player.title, NO_PULLS)

    def _begun(self, sound: Sound) -> Voice:
        """Return the voice, without a step where sound was lost before it."""
        voice = voice_of(sound)
        if self._last.shape[1] != voice.shape[1]:
            self._rewire(voice.shape[1])
        if self._next is not None and sound.start != self._next:
            voice = bridged(voice, self._last)
        self._next = sound.start + len(sound.samples)
        self._last = voice[-1:]
        return voice

    def _rewire(self, channels: int) -> None:
        """Go on with another number of channels."""

        def fit(frames: Voice) -> Voice:
            mono = frames.mean(axis=1, keepdims=True)
            return np.repeat(mono, channels, axis=1) if channels > 1 else mono

        self._last = fit(self._last)
        if self._resampled:
            self._resampled = self._resampled._replace(tail=fit(self._resampled.tail))

    def _restarted(self, voice: Voice) -> Voice:
        """Put the silence that keeps the target, and let `voice` rise out of it."""
        self._steered = self._steering.restarted(self._steered)
        self._resampled = None
        self._queue.put(np.zeros((int(TARGET * self._player.rate), 1), np.float32))
        return risen(voice)

    def _corrected(self, voice: Voice, level: float) -> Voice:
        """Return the voice at the device's rate, as long as the steering wants it."""
        seconds = len(voice) / VOICE_RATE
        correction, self._steered = self._steering.step(level, seconds, self._steered)
        if correction.surplus:
            voice = self._shortened(voice, correction.surplus)
        self._pace = correction.pace
        state = self._resampled or self._resampler.start_at_once(voice.shape[1])
        out, self._resampled = self._resampler(voice, state, correction.pace)
        return out

    def _shortened(self, voice: Voice, surplus: float) -> Voice:
        alike, most = ALIKE * (1 - surplus / HASTE), round(surplus * VOICE_RATE)
        parts = []
        for part in np.array_split(voice, max(1, len(voice) // APART)):
            parts.append(shortened(part, most, alike))
            most -= len(part) - len(parts[-1])
        short = np.concatenate(parts)
        count = len(voice) - len(short)
        self._skipped += count
        self._steered = self._steering.shortened(count / VOICE_RATE, self._steered)
        return short
