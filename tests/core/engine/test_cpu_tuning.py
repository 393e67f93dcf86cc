import os
import subprocess
import sys

import cv2
import pytest

from core.engine.cpu_tuning import limit_openmp_spin, limit_puppet_threads, tune_malloc


def test_tuning_malloc_is_harmless_everywhere() -> None:
    tuned = tune_malloc()
    assert tuned == tune_malloc()
    assert not tuned or sys.platform == "linux"


def test_openmp_spins_briefly_unless_the_environment_says_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    limit_openmp_spin()
    assert os.environ["GOMP_SPINCOUNT"] == "2000"
    monkeypatch.setenv("GOMP_SPINCOUNT", "7")
    limit_openmp_spin()
    assert os.environ["GOMP_SPINCOUNT"] == "7"


def test_spinning_can_be_limited_before_torch_is_loaded() -> None:
    program = (
        "import sys, core.engine.choice, core.engine.cpu_tuning; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_puppet_runs_opencv_on_one_thread() -> None:
    threads = cv2.getNumThreads()
    try:
        limit_puppet_threads()
        assert cv2.getNumThreads() == 1
    finally:
        cv2.setNumThreads(threads)
