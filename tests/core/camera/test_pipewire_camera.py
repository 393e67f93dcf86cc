"""A camera in PipeWire, seen by another program; with a daemon of our own where there is one."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.camera import pipewire_library
from core.camera.camera_client import Camera
from core.camera.camera_process import Both
from core.camera.devices import IN_PIPEWIRE, find
from core.camera.pipewire_camera import PipeWireCamera
from core.camera.pipewire_library import buffers_wish, format_offer, runs
from core.clock import WallClock
from core.video import Frame, Picture, VideoFormat
from tests.fakes import until

FORMAT = VideoFormat(320, 180, 25)
COLOUR = (200, 40, 90)
STEP, WIDTH = 4, 20
"""Pixels that a white bar moves from picture to picture, and that it is wide."""
PLACES = 300 // STEP

PROGRAMS = (
    "dbus-daemon",
    "pipewire",
    "wireplumber",
    "pw-dump",
    "gst-launch-1.0",
    "gst-inspect-1.0",
)


def _is_there() -> bool:
    if sys.platform != "linux" or not all(map(shutil.which, PROGRAMS)):
        return False
    needed = ("pipewiresrc", "videoconvert")
    looked = [subprocess.run(["gst-inspect-1.0", one], capture_output=True) for one in needed]
    return not any(done.returncode for done in looked)


class Server:
    """PipeWire with its session manager, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._programs = folder, list[subprocess.Popen[bytes]]()
        bus = f"unix:path={folder}/bus"
        self._environment = os.environ | {"HOME": str(folder), "DBUS_SESSION_BUS_ADDRESS": bus}
        self._bus = self._start("dbus-daemon", "--session", "--nofork", f"--address={bus}")
        until((folder / "bus").exists)

    def start(self) -> None:
        self._programs = [self._start("pipewire")]
        until((self._folder / "pipewire-0").exists)
        self._programs.append(self._start("wireplumber"))

    def stop(self) -> None:
        for program in reversed(self._programs):
            program.terminate()
            program.wait()
        self._programs = []

    def close(self) -> None:
        self.stop()
        self._bus.terminate()
        self._bus.wait()

    def camera(self) -> dict[str, Any]:
        """Return what others are told of our camera; empty while it is not there."""
        dump = subprocess.run(["pw-dump"], capture_output=True, env=self._environment)
        for thing in json.loads(dump.stdout or b"[]"):
            info = thing.get("info") or {}
            if thing["type"].endswith("Node") and info["props"].get("node.name") == "understudy":
                return {"id": thing["id"], **info["props"], "offer": info["params"]["EnumFormat"]}
        return {}

    def seen(self, count: int) -> Picture:
        """Return pictures, (n, height, width, 3) in RGB, as another program gets them."""
        until(self.camera)
        target = self._folder / "seen.rgb"
        command = (
            f"pipewiresrc path={self.camera()['id']} num-buffers={count} ! videoconvert "
            f"! video/x-raw,format=RGB ! filesink location={target}"
        )
        gst = ["gst-launch-1.0", "-q", *command.split()]
        subprocess.run(gst, env=self._environment, capture_output=True, timeout=60)
        shape = (-1, FORMAT.height, FORMAT.width, 3)
        return np.fromfile(target, np.uint8).reshape(shape)

    def _start(self, *command: str) -> "subprocess.Popen[bytes]":
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, env=self._environment, stdout=quiet, stderr=quiet)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime folder without anybody; its name is short, for sockets' names must be."""
    with tempfile.TemporaryDirectory() as name:
        for variable in ("PIPEWIRE_RUNTIME_DIR", "PIPEWIRE_REMOTE"):
            monkeypatch.delenv(variable, raising=False)
        monkeypatch.setenv("XDG_RUNTIME_DIR", name)
        yield Path(name)


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    if not _is_there():
        pytest.skip("needs PipeWire, WirePlumber and GStreamer's pipewiresrc")
    found = Server(folder)
    try:
        found.start()
        yield found
    finally:
        found.close()


@pytest.fixture
def filmed(server: Server) -> Iterator[None]:
    """A bar that moves on the camera, in its process, for as long as a test lasts."""
    ended, clock = threading.Event(), WallClock()
    with ExitStack() as stack:
        camera = Camera()
        stack.callback(camera.close)
        sink = camera.open(IN_PIPEWIRE, FORMAT)

        def show() -> None:
            number = 0
            while not clock.wait(1 / FORMAT.fps, ended):
                sink.send(Frame(_picture(number), number))
                number += 1

        thread = threading.Thread(target=show)
        thread.start()
        stack.callback(thread.join)
        stack.callback(ended.set)
        yield


def _picture(number: int) -> Picture:
    picture = np.full((FORMAT.height, FORMAT.width, 3), COLOUR, np.uint8)
    place = STEP * (number % PLACES)
    picture[:, place : place + WIDTH] = 255
    return picture


def _places(pictures: Picture) -> list[int]:
    return [int(np.argmax(picture[90, :, 1] > 200)) // STEP for picture in pictures]


def test_another_program_gets_moving_pictures_in_their_colours_and_again_after_a_restart(
    server: Server, filmed: None
) -> None:
    assert find()[-1] == IN_PIPEWIRE
    for _ in range(2):
        until(server.camera)
        told = server.camera()
        assert (told["media.class"], told["media.role"]) == ("Video/Source", "Camera")
        (offer,) = told["offer"]
        assert offer["size"] == {"width": FORMAT.width, "height": FORMAT.height}
        assert offer["framerate"] == {"num": FORMAT.fps, "denom": 1}
        pictures = server.seen(40)
        assert len(pictures) == 40
        steps = np.diff(_places(pictures)) % PLACES
        assert np.median(steps) == 1
        plain = pictures[-1][90, np.abs(pictures[-1][90, :, 1].astype(int) - COLOUR[1]) < 30]
        assert np.abs(np.median(plain, axis=0) - COLOUR).max() <= 6
        server.stop()
        server.start()


@pytest.mark.skipif(sys.platform != "linux", reason="PipeWire is Linux's")
def test_where_nobody_answers_there_is_no_camera_and_who_asks_is_told(folder: Path) -> None:
    assert not runs()
    assert IN_PIPEWIRE not in find()
    try:
        pipewire_library.load()
    except OSError:
        pytest.skip("libpipewire is not installed")
    with pytest.raises(OSError, match="PipeWire does not answer: start it"):
        PipeWireCamera(320, 180, 25)
    patient = PipeWireCamera(320, 180, 25, patient=True)
    patient.send(_picture(0))
    patient.close()


class Driver:
    def __init__(self, device: str) -> None:
        self.device, self.shown, self.closed = device, list[Picture](), False

    def send(self, frame: Picture) -> None:
        if self.device == "broken":
            raise RuntimeError("gone")
        self.shown.append(frame)

    def close(self) -> None:
        self.closed = True


def test_both_cameras_show_the_same_and_the_second_is_no_reason_to_lose_the_first() -> None:
    first, second, broken = Driver("/dev/video7"), Driver("pipewire"), Driver("broken")
    both = Both(first, second)
    assert both.device == "/dev/video7"
    both.send(_picture(0))
    both.close()
    assert len(first.shown) == len(second.shown) == 1
    assert first.closed
    assert second.closed
    Both(first, broken).send(_picture(1))
    assert len(first.shown) == 2
    with pytest.raises(RuntimeError, match="gone"):
        Both(broken, second).send(_picture(2))


def test_messages_have_whole_words_and_say_their_length() -> None:
    for pod in (format_offer(1280, 720, 30), buffers_wish(1280, 720)):
        assert len(pod) % 8 == 0
        assert int.from_bytes(pod[:4], sys.byteorder) == len(pod) - 8
