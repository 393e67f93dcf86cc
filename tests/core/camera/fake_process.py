"""The real camera process with a fake driver: its "device" is a file that tells what was shown.

The device's name says how it behaves: see `Driver`.
"""

import sys
import threading
from pathlib import Path

import numpy as np
import pyvirtualcam

from core.camera.camera_process import main
from core.video import Picture


class Driver:
    """Satisfies what pyvirtualcam asks of a backend; writes one line per picture."""

    def __init__(self, width: int, height: int, fps: float, fourcc: int, device: str) -> None:
        path = Path(device)
        if path.name.startswith("busy"):
            raise RuntimeError("Virtual camera device could not be configured: resource busy")
        if path.name.startswith("hang"):
            threading.Event().wait(60)
        if path.name.startswith("crash"):
            sys.stderr.write("segmentation fault, so to speak\n")
            sys.stderr.flush()
            __import__("os")._exit(1)
        self._device = device
        self._sent = 0
        self._shape = (height, width, 3)
        self._file = path.open("a")
        self._tell(f"open {width}x{height}@{fps:.0f}")

    def device(self) -> str:
        return self._device

    def native_fourcc(self) -> None:
        return None

    def send(self, picture: Picture) -> None:
        self._sent += 1
        if self._sent > 20 and Path(self._device).name.startswith("gone"):
            raise RuntimeError("device was removed")
        if self._sent > 20 and Path(self._device).name.startswith("numb"):
            threading.Event().wait(60)
        values = np.unique(picture.reshape(self._shape))
        self._tell(str(values[0]) if len(values) == 1 else "placeholder")

    def close(self) -> None:
        self._tell("close")
        self._file.close()

    def _tell(self, line: str) -> None:
        self._file.write(line + "\n")
        self._file.flush()


if __name__ == "__main__":
    pyvirtualcam.register_backend("fake", Driver)
    sys.exit(main())
