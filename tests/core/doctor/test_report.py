"""The report tells what is wrong, and not whose computer it is."""

import json
from pathlib import Path

import pytest

from core.doctor.__main__ import main, row
from core.doctor.finding import Check, Finding, State
from core.doctor.report import HIDDEN, ComputerOwner, as_json, owner, report
from tests.core.doctor.computers import computer

ANNA = ComputerOwner("/home/anna", "anna", "annas-laptop")

PRIVATE = Finding(
    "Microphone",
    State.FAILED,
    "Anna's AirPods at 00:1B:66:A1:B2:C3 (bluez_input.00_1B_66_A1_B2_C3) on annas-laptop is taken",
    "Look into /home/anna/Videos and /mnt/secret, or ask Anna; serial 0123456789ABCDEF.",
    ("Anna's AirPods", "/mnt/secret"),
)


@pytest.mark.parametrize("render", [report, as_json])
def test_nothing_private_is_in_it(tmp_path: Path, render: object) -> None:
    assert callable(render)
    text = render([PRIVATE], computer(tmp_path), ANNA)
    for secret in ("anna", "AirPods", "secret", "1B:66", "1B_66", "0123456789ABCDEF"):
        assert secret.lower() not in text.lower()
    assert "Look into ~/Videos and (hidden), or ask USER; serial (hidden)." in text


def test_what_is_not_private_stays(tmp_path: Path) -> None:
    text = report([Finding("Lamp", State.OK, "bananna at /home/annabel")], computer(tmp_path), ANNA)
    assert "ok       Lamp: bananna at /home/annabel" in text
    assert "torch: 2." in text
    assert "Understudy: " in text


def test_a_home_on_windows_is_hidden_both_ways() -> None:
    bert = ComputerOwner(r"C:\Users\Bert", "Bert", "PC-7")
    assert bert.hidden(r"C:\Users\Bert\Videos") == r"~\Videos"
    assert bert.hidden("c:/users/bert/Videos on pc-7") == "c:/users/USER/Videos on HOST"


def test_versions_and_short_names_are_left_alone() -> None:
    text = "6.1.0-18-amd64, 2.13.0+cpu, /dev/video7, v4l2loopback, 20241231"
    assert ComputerOwner("/", "a", "").hidden(text) == text


def test_the_owner_of_this_computer_is_known() -> None:
    assert owner().home == str(Path.home())


def check(finding: Finding) -> Check:
    return Check(finding.name, lambda: finding, 5.0)


class TestCommandLine:
    FINE = Finding("Lamp", State.OK, "it shines")
    POOR = Finding("Lamp", State.WARNING, "it flickers", "Turn it.")
    BROKEN = Finding("Lamp", State.FAILED, "it is out", "Run sudo light it.")

    @pytest.mark.parametrize(
        ("findings", "code"), [([FINE, POOR], 0), ([BROKEN, FINE], 1), ([], 0)]
    )
    def test_it_ends_with_1_if_anything_failed(
        self, findings: list[Finding], code: int, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main([], map(check, findings)) == code
        told = capsys.readouterr().out
        assert all(finding.sentence in told for finding in findings)
        assert all(finding.remedy in told for finding in findings)

    def test_json_is_written_without_what_is_private(self, tmp_path: Path) -> None:
        private = Finding("Mic", State.OK, "it is Anna's", private=("Anna's",))
        main(["--json", str(tmp_path / "found.json")], [check(private)])
        found = json.loads((tmp_path / "found.json").read_text())
        assert found["findings"] == [
            {"name": "Mic", "state": "ok", "sentence": f"it is {HIDDEN}", "remedy": ""}
        ]
        assert "torch" in found["about"]

    def test_a_file_that_cannot_be_written_is_told(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--json", str(tmp_path / "no/where.json")], []) == 1
        assert "cannot be written" in capsys.readouterr().err

    def test_lines_are_as_wide_as_the_terminal_and_commands_stay_whole(self) -> None:
        long = Finding("Lamp", State.FAILED, "it is out " * 12, "Run sudo light --very-bright it.")
        lines = row(long, 80).splitlines()
        assert max(map(len, lines)) <= 80
        assert lines[0].startswith("FAILED   Lamp")
        assert "--very-bright" in lines[-1]
