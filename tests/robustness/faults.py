"""Faults injected into live use: what is told, whether it ends, and whether it can start again."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from core.benchmark.sound_servers import PULSEAUDIO, own_server
from core.live.session import Phase
from core.options import Hint, option
from core.plugin import SourcePlugin
from core.process.child import Child
from core.sound.outputs import MICROPHONE
from core.video import Frame
from tests.core.sound.conftest import heard
from tests.fakes import until
from tests.robustness.live import FORMAT, Hum, Live, children

ENGINE, VOICE, CAMERA = "core.engine.engine_process", "core.voices.voice_process", "fake_process"
LISTING = "core.sound.portaudio_process"


@dataclass(frozen=True)
class Report:
    """What one fault led to."""

    fault: str
    good: bool | None
    """None: it could not be tried on this computer."""
    told: str


@dataclass(frozen=True)
class Options:
    """Of a voice that needs none."""

    unused: bool = option(False, Hint("unused"))


ENOUGH, PATIENCE = 20, 120.0
"""Pictures that show that it goes on, and the seconds in which they are to come."""

LOUD = 0.1
"""Half of the hum."""

HUM = SourcePlugin("hum", "Hum", Options, Hum)


@contextmanager
def humming(*sound: str) -> Iterator[Live]:
    live = Live(HUM, Options(), sound=sound)
    try:
        live.start()
        yield live
    finally:
        live.stop()
        live.close()


def engine_killed() -> tuple[bool, str]:
    """Another takes its place, and it is told."""
    with humming() as live:
        children(ENGINE)[0].kill()
        return _frames_come(live) and bool(live.troubles), "; ".join(live.troubles)


def engine_frozen_for_a_while() -> tuple[bool, str]:
    """Frames come again by themselves."""
    with humming() as live:
        engine = children(ENGINE)[0]
        engine.suspend()
        time.sleep(3)
        engine.resume()
        return _frames_come(live), "goes on"


def engine_frozen_then_stop() -> tuple[bool, str]:
    """Stop ends it, with a sentence, and the next start works."""
    with humming() as live:
        children(ENGINE)[0].suspend()
        begin = time.monotonic()
        ended = live.stop() in (Phase.STOPPED, Phase.FAILED)
        words = f"Stop took {time.monotonic() - begin:.1f} s; {live.words}"
        return ended and live.start() is Phase.LIVE, words


@contextmanager
def speaking() -> Iterator[tuple[Live, psutil.Process]]:
    """Give something live that reads a long text, and the process that speaks it."""
    from plugins.speech import SpeechOptions, plugin

    live = Live(plugin, SpeechOptions(text="This goes on and on. " * 300))
    try:
        live.start()
        yield live, children(VOICE)[0]
    finally:
        live.stop()
        live.close()


def speech_killed() -> tuple[bool, str]:
    """Another voice process speaks what comes next."""
    with speaking() as (live, voice):
        voice.kill()
        return _frames_come(live) and _voice_is_there(voice), "; ".join(live.troubles)


def speech_frozen_for_a_while() -> tuple[bool, str]:
    """The picture lives meanwhile."""
    with speaking() as (live, voice):
        voice.suspend()
        good = _frames_come(live)
        voice.resume()
        return good and _frames_come(live), live.words or "goes on"


def _voice_is_there(before: psutil.Process) -> bool:
    """Whether another process speaks, before long: some seconds are spoken ahead."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if any(child.pid != before.pid for child in children(VOICE)):
            return True
        time.sleep(0.1)
    return False


def listing_killed() -> tuple[bool, str]:
    """The list of sound devices fails with a sentence, and the next one is made."""
    return _listing_harmed(psutil.Process.kill)


def listing_frozen() -> tuple[bool, str]:
    return _listing_harmed(psutil.Process.suspend)


def _listing_harmed(harm: Callable[[psutil.Process], None]) -> tuple[bool, str]:
    from core.sound.device_list import list_devices, spawn
    from core.sound.player import SoundError
    from core.sound.portaudio import OUTPUT

    def harmed() -> Child:
        child = spawn()
        harm(children(LISTING)[0])
        return child

    words = ""
    try:
        list_devices(OUTPUT, spawn=harmed, patience=3)
    except SoundError as error:
        words = str(error)
    try:
        list_devices(OUTPUT, patience=60)
    except SoundError as error:  # PortAudio may be missing: then that is what is told
        return "cannot be listed" in words and "cannot be listed" not in str(error), words
    return "cannot be listed" in words, words


def camera_killed() -> tuple[bool, str]:
    """The camera's process is lost: the next opening has another."""
    from core.camera.camera_client import Camera
    from core.camera.devices import CameraError
    from core.process.child import command
    from tests.core.camera.test_camera_client import fake

    frame = Frame(np.zeros((FORMAT.height, FORMAT.width, 3), np.uint8), 0)
    with tempfile.TemporaryDirectory() as folder:
        camera, words = Camera(command("tests.core.camera.fake_process")), ""
        try:
            device = fake(Path(folder), "plain")
            sink = camera.open(device, FORMAT)
            children(CAMERA)[0].kill()
            try:
                for _ in range(200):
                    sink.send(frame)
                    time.sleep(0.02)
            except CameraError as error:
                words = str(error)
            sink.close()
            camera.open(device, FORMAT).send(frame)
            return bool(words), words
        finally:
            camera.close()


def photo_process_killed() -> tuple[bool, str]:
    """What lists and judges strangers' files is replaced, and no answer is another's."""
    from core.portrait.judge_client import JudgeProcess
    from core.process.child import ChildLost
    from tests.robustness.borders import MIRA

    judge = JudgeProcess(timeout=60)
    try:
        judge(MIRA)
        children("core.portrait.judge_process")[0].kill()
        with suppress(ChildLost):
            judge(MIRA)
        return judge(MIRA).problem == "", "judged anew"
    finally:
        judge.close()


def sound_server_restarted() -> tuple[bool, str]:
    """The voice is heard from the virtual microphone again, by itself."""
    if not (shutil.which("pulseaudio") and shutil.which("parec")):
        raise NotImplementedError
    with own_server(PULSEAUDIO) as server, humming(MICROPHONE) as live:
        until(lambda: heard(LOUD))
        server.kill()
        begin = time.monotonic()
        server.start()
        until(lambda: heard(LOUD))
        took = time.monotonic() - begin
        return live.phase is Phase.LIVE, f"heard again after {took:.1f} s"


def disk_full() -> tuple[bool, str]:
    """Settings and recordings that find no room leave what was there."""
    if sys.platform != "linux":
        raise NotImplementedError
    import resource
    import signal

    from app import settings

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "settings.json")
        settings.save(path, settings.Settings(profile="ann"))
        before = path.read_bytes()
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        usual = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (16, hard))
        try:
            settings.save(path, settings.Settings(profile="bob"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, usual)
        left = [file.name for file in Path(folder).iterdir()]
        return path.read_bytes() == before and left == ["settings.json"], "what was there stays"


def descriptors_exhausted() -> tuple[bool, str]:
    """Nothing can be opened: a start says so, and the one after works."""
    if sys.platform == "win32":
        raise NotImplementedError
    live, files = Live(HUM, Options()), list[int]()
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
    try:
        try:
            while True:
                files.append(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            pass
        phase, words = live.start(60), live.words
        for file in files:
            os.close(file)
        files.clear()
        live.stop()
        return phase is Phase.FAILED and bool(words) and live.start() is Phase.LIVE, words
    finally:
        for file in files:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        live.stop()
        live.close()


def clock_moved() -> tuple[bool, str]:
    """The day's time leaps; what is live goes by a clock that does not."""
    usual, leap = time.time, 7 * 24 * 3600.0
    with humming() as live:
        time.time = lambda: usual() - leap
        try:
            return _frames_come(live), "goes on"
        finally:
            time.time = usual


def settings_damaged() -> tuple[bool, str]:
    """The program starts with what can be read."""
    from app import settings

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "settings.json")
        for text in ("", "{", "[" * 5000, '{"height": 1e999}', '{"window": [9999999999, 1]}'):
            path.write_text(text)
            if not isinstance(settings.load(path), settings.Settings):
                return False, text[:20]
        return True, "starts"


FAULTS: dict[str, Callable[[], tuple[bool, str]]] = {
    "settings damaged": settings_damaged,
    "disk full": disk_full,
    "photo process killed": photo_process_killed,
    "camera process killed": camera_killed,
    "engine killed": engine_killed,
    "engine frozen 3 s": engine_frozen_for_a_while,
    "engine frozen, then Stop": engine_frozen_then_stop,
    "speech killed": speech_killed,
    "speech frozen": speech_frozen_for_a_while,
    "device listing killed": listing_killed,
    "device listing frozen": listing_frozen,
    "sound server restarted": sound_server_restarted,
    "descriptors exhausted": descriptors_exhausted,
    "clock moved back a week": clock_moved,
}

QUICK = ("settings damaged", "disk full", "engine killed")
"""What the short version tries."""


def inject(name: str) -> Report:
    """Try one fault, and see that nothing is left of it."""
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    try:
        good, told = FAULTS[name]()
    except NotImplementedError:
        return Report(name, None, "cannot be tried here")
    except Exception as error:  # noqa: BLE001 - a fault that escapes is what is looked for
        return Report(name, False, f"{type(error).__name__}: {error}")
    left = {child.pid for child in psutil.Process().children(recursive=True)} - before
    return Report(name, good and not left, told if not left else f"{len(left)} processes stay")


def _frames_come(live: Live) -> bool:
    """Whether pictures go on, however few a busy machine makes."""
    enough, end = live.broadcast.figures().frames + ENOUGH, time.monotonic() + PATIENCE
    while live.broadcast.figures().frames < enough and time.monotonic() < end:
        time.sleep(0.1)
    return live.phase is Phase.LIVE and live.broadcast.figures().frames >= enough
