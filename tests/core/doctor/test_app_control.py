"""Smart App Control, which blocks what nobody signed, is named before something does not load."""

from pathlib import Path

import pytest

from core.doctor.app_control import NAME, POLICY, app_control
from core.doctor.checks import all_checks
from core.doctor.finding import State
from tests.core.doctor.computers import computer


@pytest.mark.parametrize(
    ("value", "state", "word"),
    [
        ("1", State.WARNING, "not signed are blocked"),
        ("2", State.OK, "blocks nothing"),
        ("0", State.OK, "off"),
        ("", State.OK, "off"),
    ],
)
def test_it_is_told_whether_it_blocks(tmp_path: Path, value: str, state: State, word: str) -> None:
    windows = computer(
        tmp_path, kind="win32", registry=lambda *place: value if place == POLICY else ""
    )
    found = app_control(windows)
    assert found.state is state
    assert word in found.sentence
    assert ("cannot be undone" in found.remedy) is (state is State.WARNING)


def test_only_windows_is_asked(tmp_path: Path) -> None:
    assert app_control(computer(tmp_path)).state is State.SKIPPED
    assert NAME not in [check.name for check in all_checks(computer(tmp_path))]
    assert NAME in [check.name for check in all_checks(computer(tmp_path, kind="win32"))]
