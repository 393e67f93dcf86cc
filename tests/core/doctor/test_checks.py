"""The checks of this computer: each ends in time, and each failure has a next step."""

from core.doctor.camera import NAME as CAMERA
from core.doctor.checks import all_checks
from core.doctor.finding import State, examine
from core.doctor.machine import ENGINE, GPU
from core.doctor.microphone import NAME as MICROPHONE
from core.doctor.sound import NAME as SOUND
from core.doctor.system import System, run

DEVICES = (CAMERA, ENGINE, GPU, MICROPHONE, SOUND)
"""Not tried in tests."""


def test_every_check_finds_something_here() -> None:
    checks = [check for check in all_checks(System()) if check.name not in DEVICES]
    findings = list(examine(checks))
    assert [finding.name for finding in findings] == [check.name for check in checks]
    for finding in findings:
        assert finding.sentence
        assert "could not be tested" not in finding.sentence
        assert bool(finding.remedy) is (finding.state in (State.FAILED, State.WARNING))


def test_a_program_that_is_missing_or_fails_says_nothing() -> None:
    assert run(["a program that is not there"]) == ""
    assert run(["false"]) == ""
    assert run(["echo", "hello"]) == "hello\n"
