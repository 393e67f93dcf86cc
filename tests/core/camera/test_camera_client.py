"""The camera in its own process, with a fake driver: kept alive, restarted, lost, hung."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.audio import PacedSource
from core.camera.camera_client import Camera
from core.camera.devices import CameraError, Device
from core.clock import WallClock
from core.engine.testcard import TestCard
from core.live.session import Phase, Session, Status
from core.process.child import ROOT, command
from core.video import Frame, VideoFormat, VideoSink
from tests.fakes import HandClock, until

FORMAT = VideoFormat(64, 48, 50)
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")
FAKE = command("tests.core.camera.fake_process")


@pytest.fixture
def camera() -> Iterator[Camera]:
    camera = Camera(FAKE, hold=0.3)
    yield camera
    camera.close()


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Camera]:
    """One process for all tests that leave it running: starting it is what takes time."""
    camera = Camera(FAKE, hold=0.3)
    camera.open(fake(tmp_path_factory.mktemp("camera"), "first"), FORMAT)
    yield camera
    camera.close()


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return fake(tmp_path, "plain")


def fake(folder: Path, behaviour: str) -> Device:
    return Device(str(folder / behaviour), "Fake", "fake")


def shown(device: Device) -> list[str]:
    path = Path(device.name)
    return path.read_text().split("\n")[:-1] if path.exists() else []


def frame(value: int, format: VideoFormat = FORMAT) -> Frame:
    return Frame(np.full((format.height, format.width, 3), value, np.uint8), 0)


def test_frames_reach_the_device_and_then_the_last_stays_and_then_the_placeholder(
    steady: Camera, device: Device
) -> None:
    sink = steady.open(device, FORMAT)
    for value in range(1, 11):
        sink.send(frame(value))
        until(lambda value=value: str(value) in shown(device))  # type: ignore[misc]
    until(lambda: shown(device)[-1] == "placeholder")
    lines = shown(device)
    assert lines[0] == "open 64x48@50"
    numbers = [int(line) for line in lines if line.isdigit()]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, 11))
    assert numbers.count(10) >= 2


def test_when_it_is_over_nobody_is_shown_any_more(device: Device) -> None:
    camera = Camera(FAKE, hold=600)
    sink = camera.open(device, FORMAT)
    sink.send(frame(7))
    until(lambda: "7" in shown(device))
    sink.close()
    until(lambda: shown(device)[-1] == "placeholder")
    camera.close()


def test_before_the_first_frame_there_is_the_placeholder(steady: Camera, device: Device) -> None:
    steady.open(device, FORMAT)
    until(lambda: shown(device).count("placeholder") > 5)


def test_the_camera_survives_sessions_and_is_not_opened_again(
    steady: Camera, device: Device
) -> None:
    for value in (1, 2, 3):
        sink = steady.open(device, FORMAT)
        sink.send(frame(value))
        until(lambda value=value: str(value) in shown(device))  # type: ignore[misc]
        sink.close()
    lines = shown(device)
    assert sum(line.startswith("open") for line in lines) == 1
    assert "close" not in lines


def test_another_size_opens_it_anew_and_old_pictures_are_not_shown(
    steady: Camera, device: Device
) -> None:
    steady.open(device, FORMAT).send(frame(5))
    until(lambda: "5" in shown(device))
    large = VideoFormat(128, 96, 50)
    sink = steady.open(device, large)
    sink.send(frame(6, large))
    until(lambda: "6" in shown(device))
    lines = shown(device)
    anew = lines.index("open 128x96@50")
    assert lines[anew - 1] == "close"
    assert "5" not in lines[anew:]


def test_it_can_be_switched_off_and_on_again(camera: Camera, device: Device) -> None:
    sink = camera.open(device, FORMAT)
    camera.close()
    camera.close()
    assert shown(device)[-1] == "close"
    with pytest.raises(CameraError, match="switched off"):
        sink.send(frame(1))
    camera.open(device, FORMAT).send(frame(2))
    until(lambda: "2" in shown(device))


def test_a_camera_that_is_taken_is_told_and_the_next_attempt_may_succeed(
    camera: Camera, tmp_path: Path
) -> None:
    with pytest.raises(CameraError, match=r"another program sends to Fake .*close it"):
        camera.open(fake(tmp_path, "busy"), FORMAT)
    free = fake(tmp_path, "free")
    camera.open(free, FORMAT).send(frame(1))
    until(lambda: "1" in shown(free))


def test_a_driver_that_hangs_while_opening_is_given_up(tmp_path: Path) -> None:
    camera = Camera(FAKE, patience=0.7)
    with pytest.raises(CameraError, match="Fake does not answer: close the programs"):
        camera.open(fake(tmp_path, "hang"), FORMAT)
    camera.close()


def test_a_process_that_dies_while_opening_tells_why(camera: Camera, tmp_path: Path) -> None:
    with pytest.raises(CameraError, match=r"Fake cannot be used: .*segmentation fault"):
        camera.open(fake(tmp_path, "crash"), FORMAT)


def test_a_camera_taken_away_in_mid_stream_is_told_and_can_come_back(
    camera: Camera, tmp_path: Path
) -> None:
    device = fake(tmp_path, "gone")
    sink = camera.open(device, FORMAT)
    with pytest.raises(CameraError, match=r"Fake was lost \(device was removed\); bring it back"):
        keep_sending(sink)
    camera.open(device, FORMAT).send(frame(77))
    until(lambda: "77" in shown(device))


def keep_sending(sink: VideoSink, clock: HandClock | None = None) -> None:
    """Send until it fails; on a clock that is handed in, 0.4 s lie between two frames."""
    for _ in range(3000):
        sink.send(frame(1))
        time.sleep(0.01)
        if clock:
            clock.time += 0.4


def test_a_driver_that_hangs_in_mid_stream_never_blocks_us_and_is_told(tmp_path: Path) -> None:
    clock, device = HandClock(), fake(tmp_path, "numb")
    camera = Camera(FAKE, clock, numb=0.5)
    sink = camera.open(device, FORMAT)
    until(lambda: len(shown(device)) > 20)
    with pytest.raises(CameraError, match="does not answer any more"):
        keep_sending(sink, clock)
    camera.close()


def test_a_pause_between_frames_is_not_taken_for_a_hanging_driver(device: Device) -> None:
    clock = HandClock()
    camera = Camera(FAKE, clock, numb=0.3)
    sink = camera.open(device, FORMAT)
    for value in ("1", "2"):
        sink.send(frame(int(value)))
        until(lambda value=value: shown(device).count(value) > 3)  # type: ignore[misc]
        clock.time += 0.5
    sink.send(frame(3))
    camera.close()


@needs_proc
def test_a_killed_process_is_told_and_started_again(camera: Camera, device: Device) -> None:
    before = children()
    sink = camera.open(device, FORMAT)
    for pid in children() - before:
        os.kill(pid, KILL)
    with pytest.raises(CameraError, match="camera process has ended unexpectedly"):
        keep_sending(sink)
    camera.open(device, FORMAT).send(frame(9))
    until(lambda: "9" in shown(device))


def children() -> set[int]:
    lists = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(pid) for path in lists for pid in path.read_text().split()}


@pytest.mark.parametrize("way", [signal.SIGTERM, KILL])
def test_the_process_ends_when_its_parent_dies_however_it_dies(
    tmp_path: Path, way: signal.Signals
) -> None:
    device = fake(tmp_path, "orphan")
    code = (
        "from core.camera.camera_client import *; from core.camera.devices import Device\n"
        "import time\n"
        f"Camera({FAKE!r}).open(Device({device.name!r}, 'Fake', 'fake'), VideoFormat(64, 48, 50))\n"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    until(lambda: len(shown(device)) > 3, limit=20)
    parent.send_signal(way)
    parent.wait()
    until(lambda: shown(device)[-1] == "close")


def test_pictures_of_another_size_and_giants_are_refused(steady: Camera, device: Device) -> None:
    sink = steady.open(device, FORMAT)
    with pytest.raises(ValueError, match="the camera shows"):
        sink.send(frame(1, VideoFormat(10, 10)))
    with pytest.raises(CameraError, match="too large"):
        steady.open(device, VideoFormat(8000, 8000))


def test_a_session_shows_itself_on_the_camera_and_leaves_it_on(
    steady: Camera, device: Device
) -> None:
    seen: list[Status] = []
    source = PacedSource(lambda n: np.ones(n, np.float32), WallClock())
    with Session(
        lambda: source, lambda: TestCard(FORMAT), lambda f: steady.open(device, f), seen.append
    ):
        until(lambda: shown(device).count("255") > 20)
    assert seen[-1].phase is Phase.STOPPED
    until(lambda: shown(device)[-1] == "placeholder")


def test_a_session_ends_with_the_cameras_own_words(
    camera: Camera, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "core.live.session")
    seen: list[Status] = []
    source = PacedSource(lambda n: np.ones(n, np.float32), WallClock())
    gone = fake(tmp_path, "gone")
    with Session(
        lambda: source, lambda: TestCard(FORMAT), lambda f: camera.open(gone, f), seen.append
    ):
        until(lambda: seen[-1].phase is Phase.FAILED)
    assert isinstance(seen[-1].error, CameraError)
