"""One live broadcast: sound goes two ways, to the picture and to people, each at its own pace."""

import logging
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from typing import Self

from core.audio import SAMPLE_RATE, AudioSource, EndOfAudio, Sound, SoundBrokeOff, SoundSink
from core.clock import Clock, WallClock
from core.live.deadline import Deadline
from core.live.delayed_voice import DelayedVoice, PictureLag
from core.live.feed import Feed, piece_of
from core.live.figures import Figures, Gauge
from core.live.intake import Intake
from core.live.pacer import Pacer
from core.live.ring import FrameRing
from core.live.thrift import Thrift
from core.process.priority import SOUND, prefer
from core.sentence import said
from core.stream import AvatarStream
from core.two_ways import Widening
from core.video import Frame, VideoFormat, VideoSink

log = logging.getLogger(__name__)

SLACK = 2
"""Frames kept beyond one step, to absorb jitter; more would be standing delay."""

POLL = 0.1
"""Longest wait, in seconds, between two looks at the stop flag."""

LISTEN = 0.02
"""Longest wait, in seconds, between two looks for sound that is due."""

GRACE = 0.5
"""Share of a frame's time that the output waits for a late frame before it repeats the last."""


GIVE_UP = 5.0
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
    owns it: the stream on the engine thread, the source on the source thread, the sound sink on the
    voice thread, the video sink on the output thread. `tell` hears sentences about what goes on
    nevertheless. `abandon` is called if parts still hang a while after a stop, to set them free;
    a little later the session is over, whatever hangs.
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
        tell: Callable[[str], None] = log.warning,
        abandon: Callable[[], None] = lambda: None,
    ) -> None:
        self._open_source = open_source
        self._open_stream = open_stream
        self._open_sink = open_sink
        self._open_sound_sink = open_sound_sink or _Silence
        self._on_status = on_status
        self._tell = tell
        self._clock = clock or WallClock()
        self._stop = threading.Event()
        self._engine = threading.Thread(target=self._run, name="engine", daemon=True)
        self._deadline = Deadline(self._stop, abandon, self._give_up, give_up_after)
        self._errors: list[Exception] = []
        self._gauge = Gauge()
        self._source: AudioSource | None = None
        self._ring: FrameRing | None = None
        self._voice, self._lag, self._thrift = DelayedVoice(), PictureLag(), Thrift()
        self._intake = Intake(self._clock, self._voice.put, tell)
        self.latest: Frame | None = None
        """The frame last sent: read it from any thread, whenever you like."""

    def start(self) -> None:
        """Begin, and return at once; once only. What happens is told through `on_status`."""
        self._on_status(Status(Phase.STARTING))
        self._deadline.start()
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

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end; False if `timeout` seconds were not enough."""
        return self._deadline.join(timeout)

    def figures(self) -> Figures:
        """Return rate, latency and losses so far; any thread may ask."""
        ring, source, stream_rate = self._ring, self._source, self._gauge.fps
        unseen = self._thrift.skipped + round(self._intake.unheard * stream_rate / SAMPLE_RATE)
        frames = unseen + (ring.dropped if ring is not None else 0)
        samples = self._voice.dropped + (source.dropped if source is not None else 0)
        return self._gauge.figures(self._clock.now(), frames, samples)

    def _run(self) -> None:
        try:
            self._guard(self._broadcast)
        finally:
            self._tell_end(self._errors[0] if self._errors else None)

    def _tell_end(self, error: Exception | None) -> None:
        if self._deadline.meet():  # once, by whoever comes first
            self._on_status(Status(Phase.FAILED if error else Phase.STOPPED, error))
            self._deadline.over()

    def _give_up(self) -> None:
        log.error("live session does not end; it is left behind")
        self._tell_end(
            LeftBehind(
                said(
                    "what is live does not end: the voice or the engine hangs",
                    remedy="it was left behind, and you can start again",
                )
            )
        )

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # a plugin's SystemExit as well: nobody else would hear it
            log.exception("live session failed")
            self._errors.append(_bare(error if isinstance(error, Exception) else _ended(error)))
            self._stop.set()

    def _broadcast(self) -> None:
        with closing(self._open_stream()) as stream:
            if not self._stop.is_set():
                self._connect(stream)

    def _connect(self, stream: AvatarStream) -> None:
        frames_per_step = -(-stream.hop * stream.format.fps // SAMPLE_RATE)
        ring = self._ring = FrameRing(capacity=frames_per_step + SLACK)
        self._gauge.fps = stream.format.fps
        threads = [
            self._thread("output", lambda: self._show(ring, stream.format)),
            self._thread("source", lambda: self._listen(piece_of(stream.hop))),
            self._thread("voice", self._speak),
        ]
        try:
            # Guarded here as well, so that this error is noted before any that closing brings.
            self._guard(lambda: self._animate(stream, ring))
        finally:
            ring.close()
            self._voice.finish()
            for thread in threads:
                thread.join()

    def _thread(self, name: str, work: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=self._guard, args=(work,), name=name, daemon=True)
        thread.start()
        return thread

    def _listen(self, piece: int) -> None:
        prefer(SOUND)
        widened = Widening()
        with closing(self._open_source()) as source:
            self._source = source
            self._intake.open()
            while not self._stop.is_set():
                try:
                    sound = source.read(piece, timeout=POLL)
                except EndOfAudio as error:
                    self._intake.end(error)
                    return
                if sound is not None:
                    self._intake.put(widened(sound))

    def _animate(self, stream: AvatarStream, ring: FrameRing) -> None:
        feed, end = Feed(stream), EndOfAudio()
        while not self._stop.is_set():
            try:
                pieces = self._intake.read(stream.hop, timeout=POLL)
            except EndOfAudio as error:
                end = error
                break
            if pieces is None:
                continue
            if self._thrift.paints(self._intake.waiting, stream.hop):
                ring.put(feed.step(pieces))
            else:
                self._thrift.skipped += feed.skip(pieces)
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

    def _speak(self) -> None:
        """Play what was heard as much earlier as pictures take, whether they come or not."""
        prefer(SOUND)
        voice = self._voice
        with closing(self._open_sound_sink()) as sink:
            while not (self._stop.is_set() or voice.drained):
                if (lag := self._lag.seconds) is None:
                    if voice.finished:
                        return
                    self._clock.wait(LISTEN, self._stop)
                    continue
                for sound in voice.due(self._clock.now() - lag):
                    sink.play(sound)
                self._clock.wait(voice.pause(self._clock.now() - lag, LISTEN), self._stop)

    def _show(self, ring: FrameRing, format: VideoFormat) -> None:
        with closing(self._open_sink(format)) as sink:
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
                self._send(fresh, sink)
                ticks += 1
                if ticks % format.fps == 0:
                    ring.shed()

    def _await_first(self, ring: FrameRing) -> None:
        while not (self._stop.is_set() or ring.drained or len(ring)):
            ring.wait(POLL)

    def _send(self, fresh: Frame | None, sink: VideoSink) -> None:
        first, self.latest = self.latest is None, fresh or self.latest
        if self.latest is None:
            return
        sink.send(self.latest)
        if fresh is None:
            self._gauge.repeat()
            return
        now = self._clock.now()
        self._gauge.sent(now, now - fresh.heard)
        self._lag.note(now - fresh.heard, now)
        if first and not self._stop.is_set():
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
