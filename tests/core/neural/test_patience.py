import os
import subprocess
import sys

import pytest

from core.neural.patience import limit_openmp_spin


def test_threads_sleep_soon_unless_the_environment_says_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    limit_openmp_spin()
    assert os.environ["GOMP_SPINCOUNT"] == "2000"
    monkeypatch.setenv("GOMP_SPINCOUNT", "7")
    limit_openmp_spin()
    assert os.environ["GOMP_SPINCOUNT"] == "7"


def test_it_can_be_said_before_torch_is_loaded() -> None:
    program = (
        "import sys, core.engine.choice, core.neural.patience; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
