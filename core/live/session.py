"""One live broadcast: two threads, two bounded queues, one way to stop."""

import logging
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from typing import Self

from core.audio import SAMPLE_RATE, AudioSource, EndOfAudio, Sound, SoundBrokeOff, SoundSink
from core.clock import Clock, WallClock
from core.live.feed import Delay, Feed
from core.live.figures import Figures, Gauge
from core.live.pacer import Pacer
from core.live.ring import FrameRing
from core.sentence import said
from core.stream import AvatarStream
from core.two_ways import Widening
from core.video import Frame, VideoFormat, VideoSink

log = logging.getLogger(__name__)

SLACK = 2
"""Frames kept beyond one step, to absorb jitter; more would be standing delay."""

POLL = 0.1
"""Longest wait, in seconds, between two looks at the stop flag."""

GRACE = 0.5
"""Share of a frame's time that the output waits for a late frame before it repeats the last."""


GIVE_UP = 10.0
"""Seconds after `stop` in which what was opened may close; then it is left behind."""

HURRY = 0.02
"""Share of a frame's time by which the output comes earlier each time a frame had to wait."""


class Phase(Enum):
    STARTING = "starting"
    LIVE = "live"
    """The first frame has reached the sink."""
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class Status:
    phase: Phase
    error: Exception | None = None


class LeftBehind(RuntimeError):
    """Something that was opened does not end; it is left to itself, and others can begin."""


class Session:
    """Carries sound to the avatar and its frames to the sink until stopped. Single-use.

    The parts are given as functions, so that each is opened, used and closed on the thread that
    owns it: source and stream on the engine thread, video and sound sink on the output thread.
    """

    def __init__(
        self,
        open_source: Callable[[], AudioSource],
        open_stream: Callable[[], AvatarStream],
        open_sink: Callable[[VideoFormat], VideoSink],
        on_status: Callable[[Status], None],
        open_sound_sink: Callable[[], SoundSink] | None = None,
        clock: Clock | None = None,
        give_up_after: float = GIVE_UP,
    ) -> None:
        self._give_up_after = give_up_after
        self._open_source = open_source
        self._open_stream = open_stream
        self._open_sink = open_sink
        self._open_sound_sink = open_sound_sink or _Silence
        self._on_status = on_status
        self._clock = clock or WallClock()
        self._stop = threading.Event()
        self._engine = threading.Thread(target=self._run, name="engine", daemon=True)
        self._giving_up: threading.Timer | None = None
        self._over = self._left_behind = False
        self._ending = threading.Lock()
        self._errors: list[Exception] = []
        self._gauge = Gauge()
        self._source: AudioSource | None = None
        self._ring: FrameRing | None = None
        self._delay = Delay()
        self.latest: Frame | None = None
        """The frame last sent: read it from any thread, whenever you like."""

    def start(self) -> None:
        """Begin, and return at once; once only. What happens is told through `on_status`."""
        self._on_status(Status(Phase.STARTING))
        self._engine.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()
        self.join()

    def stop(self) -> None:
        """Ask for the end and return at once; whatever hangs is left behind after a while."""
        self._stop.set()
        with self._ending:
            if self._giving_up is None and self._engine.is_alive() and not self._over:
                self._giving_up = threading.Timer(self._give_up_after, self._give_up)
                self._giving_up.daemon = True
                self._giving_up.start()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end; False if `timeout` seconds were not enough."""
        self._engine.join(0 if self._left_behind else timeout)
        return self._left_behind or not self._engine.is_alive()

    def figures(self) -> Figures:
        """Return rate, latency and losses so far; any thread may ask."""
        ring, source = self._ring, self._source
        frames = ring.dropped if ring is not None else 0
        samples = self._delay.dropped + (source.dropped if source is not None else 0)
        return self._gauge.figures(self._clock.now(), frames, samples)

    def _run(self) -> None:
        self._guard(self._broadcast)
        self._tell_last(self._errors[0] if self._errors else None)

    def _give_up(self) -> None:
        log.error("live session does not end; it is left behind")
        self._tell_last(
            LeftBehind(
                said(
                    "what is live does not end: the voice or the engine hangs",
                    remedy="it was left behind, and you can start again",
                )
            )
        )

    def _tell_last(self, error: Exception | None) -> None:
        """Tell the last status, once."""
        with self._ending:
            if self._over:
                return
            self._over, self._left_behind = True, isinstance(error, LeftBehind)
            if self._giving_up:
                self._giving_up.cancel()
        self._on_status(Status(Phase.FAILED if error else Phase.STOPPED, error))

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # a plugin may end its thread, but nobody else's
            log.exception("live session failed")
            self._errors.append(_bare(error if isinstance(error, Exception) else _ended(error)))
            self._stop.set()

    def _broadcast(self) -> None:
        with closing(self._open_stream()) as stream:
            if self._stop.is_set():
                return
            with closing(self._open_source()) as source:
                if not self._stop.is_set():
                    self._connect(source, stream)

    def _connect(self, source: AudioSource, stream: AvatarStream) -> None:
        frames_per_step = -(-stream.hop * stream.format.fps // SAMPLE_RATE)
        ring = FrameRing(capacity=frames_per_step + SLACK)
        self._source, self._ring = source, ring
        output = threading.Thread(
            target=self._guard,
            args=(lambda: self._show(ring, stream.format),),
            name="output",
            daemon=True,
        )
        output.start()
        try:
            # Guarded here as well, so that this error is noted before any that closing brings.
            self._guard(lambda: self._animate(source, stream, ring))
        finally:
            ring.close()
            output.join()

    def _animate(self, source: AudioSource, stream: AvatarStream, ring: FrameRing) -> None:
        feed, widened, end = Feed(stream), Widening(), EndOfAudio()
        while not self._stop.is_set():
            try:
                sound = source.read(stream.hop, timeout=POLL)
            except EndOfAudio as error:
                end = error
                break
            if sound is not None:
                self._delay.put(widened(sound))
                ring.put(feed.step(sound))
        for frames in feed.rest():
            ring.put(frames)
            if self._clock.wait(stream.hop / SAMPLE_RATE, self._stop):
                break
        if isinstance(end, SoundBrokeOff):
            self._await_last(ring)
            raise end

    def _await_last(self, ring: FrameRing) -> None:
        """Let be seen what waits to be."""
        while not self._stop.is_set() and len(ring):
            self._clock.wait(POLL, self._stop)

    def _show(self, ring: FrameRing, format: VideoFormat) -> None:
        with (
            closing(self._open_sink(format)) as sink,
            closing(self._open_sound_sink()) as sound_sink,
        ):
            self._await_first(ring)
            pacer = Pacer(format.fps, self._clock)
            ticks = 0
            while not (self._stop.is_set() or ring.drained):
                if self._clock.wait(pacer.remaining(), self._stop):
                    return
                late = not len(ring)
                fresh = ring.get(timeout=pacer.period * GRACE)
                if fresh is None and ring.drained:
                    return
                if fresh:
                    pacer.slip() if late else pacer.hurry(HURRY * pacer.period)
                pacer.advance()
                self._send(fresh, sink, sound_sink)
                ticks += 1
                if ticks % format.fps == 0:
                    ring.shed()

    def _await_first(self, ring: FrameRing) -> None:
        while not (self._stop.is_set() or ring.drained or len(ring)):
            ring.wait(POLL)

    def _send(self, fresh: Frame | None, sink: VideoSink, sound_sink: SoundSink) -> None:
        first, self.latest = self.latest is None, fresh or self.latest
        if self.latest is None:
            return
        sink.send(self.latest)
        if fresh is None:
            self._gauge.repeat()
            return
        now = self._clock.now()
        self._gauge.sent(now, now - fresh.heard)
        for sound in self._delay.release(fresh.sample):
            sound_sink.play(sound)
        if first:
            self._on_status(Status(Phase.LIVE))


def _ended(error: BaseException) -> Exception:
    return RuntimeError(said("a part of what is live has ended itself ({0})", type(error).__name__))


def _bare(error: Exception) -> Exception:
    """Drop the tracebacks: they are in the log, and would keep alive all that failed."""
    link: BaseException | None = error
    seen: list[BaseException] = []
    while link is not None and link not in seen:  # strangers may have made a ring of them
        seen.append(link)
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error


class _Silence:
    """Satisfies `SoundSink` for those who only want the picture."""

    def play(self, sound: Sound) -> None:
        pass

    def close(self) -> None:
        pass
