"""A machine that trains has torch, numpy, pillow, opencv, safetensors, tqdm, and no more."""

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


def run_without(modules: tuple[str, ...], program: str) -> None:
    hidden = f"import sys; sys.modules.update(dict.fromkeys({modules!r}))"
    surroundings = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", f"{hidden}; {program}"],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_trainer_and_studio_start_without_what_only_the_product_needs() -> None:
    run_without(MISSING, "import core.training.__main__, core.training.studio.__main__")


@pytest.mark.slow
def test_who_fine_tunes_needs_no_scipy() -> None:
    opened = "core.training.films.parallel, core.training.finetune.personal_film"
    run_without(("scipy",), f"import core.training.__main__, {opened}")
