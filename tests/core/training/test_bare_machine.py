"""A machine that trains has torch, numpy, scipy, pillow, opencv, safetensors, tqdm, and no more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MISSING = (
    "av", "espeakng_loader", "platformdirs", "psutil", "pulsectl", "pyvirtualcam", "PySide6",
    "sounddevice", "soundfile", "soxr",
)  # fmt: skip


@pytest.mark.slow
def test_trainer_and_studio_start_without_what_only_the_product_needs() -> None:
    hidden = f"import sys; sys.modules.update(dict.fromkeys({MISSING!r}))"
    program = f"{hidden}; import core.training.__main__, core.training.studio.__main__"
    surroundings = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=surroundings, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
