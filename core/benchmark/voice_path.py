"""The voice's own way: what arrives of it, and what becomes of it when something fails.

Each scenario goes live with the engine in its process, as the window does, on a voice of our own.
Two listen through parec, to a PulseAudio or PipeWire that is started for them alone.
"""

import argparse
import multiprocessing
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import av
import numpy as np

from core.audio import SAMPLE_RATE, VOICE_RATE, WIDER, PacedSource, Piece, Samples
from core.benchmark.live_probe import Probe, describe_person, live
from core.benchmark.measurements import Measurement, Report, Section, machine
from core.benchmark.sound_servers import KINDS, PULSEAUDIO, own_server
from core.cli import portrait
from core.engine.engine_client import Engine
from core.film.film_sound import AAC, LOSSLESS
from core.plugin import SourcePlugin
from core.sound.outputs import MICROPHONE
from core.sound.virtual_microphone import SOURCE, sinks
from core.video import HD

TONES = (1_000, 11_000, 15_000)
"""Hz."""

LOUD = 0.5

NOTCH = 60.0
"""Hz around a tone that are the tone."""

AFTER = 8.0
"""Seconds that are watched after a fault."""

CHANNELS = 2
"""That are listened to."""

FRAME = 4 * CHANNELS
"""Bytes."""

BLOCK = 480
"""Frames that are listened to at a time: 10 ms."""

SCENARIOS = ("tones", "server", "overload", "stopped", "killed")


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options of `voice`."""
    describe_person(parser)
    parser.add_argument("--seconds", type=float, default=30, help="of overload; 300 tells")
    parser.add_argument("--busy", type=int, default=1, help="cores that others keep busy in it")
    parser.add_argument(
        "--only", choices=SCENARIOS, nargs="+", default=SCENARIOS, help="some of the scenarios"
    )
    parser.add_argument(
        "--server", choices=KINDS, default=PULSEAUDIO, help="the sound server that is started"
    )


def measure(chosen: argparse.Namespace) -> Report:
    """Run the benchmark."""
    person = portrait(chosen)
    deeds: dict[str, Callable[[], Section]] = {
        "tones": lambda: _tones(chosen),
        "server": lambda: _server(chosen),
        "overload": lambda: _overload(chosen),
        "stopped": lambda: _stopped(chosen),
        "killed": lambda: _killed(chosen),
    }
    about = machine() | {"picture": f"{person.title}, {HD.width}x{HD.height}"}
    return Report(about, tuple(deeds[name]() for name in chosen.only))


def _voice(hertz: float) -> SourcePlugin[None]:
    """Return a voice that is one tone without end, at both rates."""
    at = 0

    def pull(count: int) -> Piece:
        nonlocal at
        frames = np.arange(WIDER * at, WIDER * (at + count))
        at += count
        tone = LOUD * np.sin(2 * np.pi * hertz / VOICE_RATE * frames).astype(np.float32)
        heard = hertz < SAMPLE_RATE / 2
        return Piece(tone[::WIDER] if heard else np.zeros(count, np.float32), tone[:, None])

    return SourcePlugin("tone", "Tone", type(None), lambda _, clock: PacedSource(pull, clock))


def _tones(chosen: argparse.Namespace) -> Section:
    rows = []
    with own_server(chosen.server):
        for hertz in TONES:
            for place, voice in _arrived(chosen, hertz):
                level, rest = _fitted(voice, hertz)
                rows.append(Measurement(f"{hertz} Hz at the {place}", level, "dB"))
                if hertz == TONES[0]:
                    rows.append(Measurement(f"  distortion and noise at the {place}", rest, "dB"))
    return Section(f"A tone against its source, {chosen.server}", tuple(rows))


def _arrived(chosen: argparse.Namespace, hertz: float) -> list[tuple[str, Samples]]:
    """Return what arrives of a tone, and where."""
    monitor = sinks()[0].name
    with tempfile.TemporaryDirectory() as folder:
        small, exact = Path(folder) / "small.mp4", Path(folder) / "exact.mp4"
        with live(chosen, (_voice(hertz), None), None, sound=(MICROPHONE, monitor)) as on_air:
            on_air.broadcast.record(small, AAC)
            microphone = _listened(SOURCE, 2.0)
            on_air.broadcast.record(exact, LOSSLESS)
            ears = _listened(f"{monitor}.monitor", 2.0)
            on_air.broadcast.join(0.5)
        films = [("MP4", _decoded(small)), ("MP4, lossless", _decoded(exact))]
    return [("virtual microphone", microphone), ("monitor", ears), *films]


def _listened(place: str, seconds: float) -> Samples:
    """Return what another program hears there, after a second; empty if it cannot."""
    with _listener(place) as parec:
        assert parec.stdout
        wanted = int((seconds + 1) * VOICE_RATE) * FRAME
        heard = np.frombuffer(parec.stdout.read(wanted), np.float32)
    return heard[CHANNELS * VOICE_RATE :: CHANNELS]  # servers mix differently: listen to one


@contextmanager
def _listener(place: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [
        "parec", "-d", place, "--raw", "--format=float32le", f"--rate={VOICE_RATE}",
        f"--channels={CHANNELS}", "--latency-msec=10",
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parec:
        try:
            yield parec
        finally:
            parec.kill()


def _server(chosen: argparse.Namespace) -> Section:
    with own_server(chosen.server) as server, live(chosen, (_voice(440), None), None) as on_air:
        _await_voice(AFTER)
        killed = time.monotonic()
        server.kill()
        server.start()
        there = time.monotonic()
        _await_voice(2 * AFTER)
        back = time.monotonic()
        on_air.broadcast.join(0.5)
    return Section(
        f"Sound server killed and started again, {chosen.server}",
        (
            Measurement("until the server answers again", there - killed, "s"),
            Measurement("until the voice is heard at the microphone", back - killed, "s"),
        ),
    )


def _await_voice(patience: float) -> None:
    """Wait until the voice is heard at the virtual microphone.

    Raises:
        TimeoutError: it is not, within `patience` seconds.
    """
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with _listener(SOURCE) as parec:
            assert parec.stdout
            while len(block := parec.stdout.read(FRAME * BLOCK)) and time.monotonic() < end:
                if np.abs(np.frombuffer(block, np.float32)).max() > LOUD / 2:
                    return
        time.sleep(0.02)
    raise TimeoutError("the voice is not heard at the virtual microphone")


def _decoded(film: Path) -> Samples:
    floats = av.AudioResampler("fltp")
    with av.open(str(film)) as file:
        frames = [even for frame in file.decode(audio=0) for even in floats.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])[VOICE_RATE:-VOICE_RATE]


def _fitted(voice: Samples, hertz: float) -> tuple[float, float]:
    """Return the level of the tone against its source, and of all that is not it, in dB.

    Medians of quarters of a second, for a busy computer tears some of them. As analysers of
    distortion do, a notch takes out the tone: what steering bends of its pitch stays within.
    """
    count = len(voice) * 4 // VOICE_RATE
    found = [_notched(part, hertz) for part in np.array_split(voice, count)] if count else []
    level, rest = np.median(found, axis=0) if found else (np.nan, np.nan)
    return float(level), float(rest)


def _notched(part: Samples, hertz: float) -> tuple[float, float]:
    window = np.kaiser(len(part), 20.0)
    power = np.square(np.abs(np.fft.rfft(part * window))) / np.square(window).sum()
    away = np.abs(np.fft.rfftfreq(len(part), 1 / VOICE_RATE) - hertz)
    tone, rest = power[away <= NOTCH].sum(), power[(away > NOTCH)].sum()
    # Of a sine, both halves of the spectrum together hold its mean square.
    level = np.sqrt(4 * tone / len(part))
    return 20 * np.log10(level / LOUD + 1e-12), 10 * np.log10(rest / tone + 1e-24)


def _overload(chosen: argparse.Namespace) -> Section:
    probe = Probe()
    with live(chosen, (_voice(440), None), probe) as on_air:
        busy = [multiprocessing.Process(target=_spin, daemon=True) for _ in range(chosen.busy)]
        began = time.monotonic()
        for process in busy:
            process.start()
        on_air.broadcast.join(chosen.seconds)
        ended = time.monotonic()
        for process in busy:
            process.kill()
            process.join()
        on_air.broadcast.join(AFTER)
    return Section(
        f"{chosen.busy} of {os.cpu_count()} cores kept busy for {chosen.seconds:.0f} s",
        (*_losses(probe), *_pictures(probe, began, ended), *_recovery(probe, ended)),
    )


def _spin() -> None:
    while True:
        pass


def _stopped(chosen: argparse.Namespace) -> Section:
    probe = Probe()
    with live(chosen, (_voice(440), None), probe) as on_air:
        began = time.monotonic()
        os.kill(_process(on_air.engine), signal.SIGSTOP)
        on_air.broadcast.join(5.0)
        os.kill(_process(on_air.engine), signal.SIGCONT)
        ended = time.monotonic()
        on_air.broadcast.join(AFTER)
    return Section("Engine stopped for 5 s", (*_losses(probe, began), *_recovery(probe, ended)))


def _killed(chosen: argparse.Namespace) -> Section:
    probe = Probe()
    with live(chosen, (_voice(440), None), probe) as on_air:
        began = time.monotonic()
        os.kill(_process(on_air.engine), signal.SIGKILL)
        on_air.broadcast.join(AFTER)
    back = next((p.at - began for p in probe.pictures if p.at > began + 0.1), float("nan"))
    return Section(
        "Engine killed",
        (*_losses(probe, began), Measurement("until the picture is back", back, "s")),
    )


def _process(engine: Engine) -> int:
    found = engine.process
    assert found
    return found


def _losses(probe: Probe, since: float = 0.0) -> Iterator[Measurement]:
    lost = sum(max(0, after.start - before.start - 640) for before, after in pairwise(probe.voice))
    yield Measurement("speech lost", lost / SAMPLE_RATE, "s")
    gaps = [b.at - a.at for a, b in pairwise(probe.voice) if b.at > since]
    yield Measurement("longest gap in the voice", 1e3 * (max(gaps, default=0.0) - 0.04), "ms")


def _pictures(probe: Probe, began: float, ended: float) -> Iterator[Measurement]:
    during = [p for p in probe.pictures if began < p.at < ended]
    yield Measurement("pictures a second meanwhile", len(during) / (ended - began), "frames/s")
    late = [1e3 * (p.at - p.heard) for p in during]
    for share in (50, 95):
        value = float(np.percentile(late, share)) if late else float("nan")
        yield Measurement(f"latency of the picture meanwhile, p{share}", value, "ms")


def _recovery(probe: Probe, ended: float) -> Iterator[Measurement]:
    """Measure how long it takes until the pictures of half a second are below 200 ms."""
    after = [p for p in probe.pictures if p.at > ended]
    for index, picture in enumerate(after):
        near = [p.at - p.heard for p in after[index : index + 12]]
        if float(np.median(near)) < 0.2:
            yield Measurement("until latency is below 200 ms again", picture.at - ended, "s")
            break
    else:
        yield Measurement("until latency is below 200 ms again", float("nan"), "s")
    last = [p.at - p.heard for p in after[-50:]]
    voice = [v.at - v.heard for v in probe.voice[-50:]]
    behind = 1e3 * (float(np.median(voice)) - float(np.median(last))) if last else float("nan")
    yield Measurement("voice handed on after its picture, at the end", behind, "ms")
