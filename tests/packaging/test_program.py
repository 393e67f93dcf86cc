"""The frozen program is the window or the command line, by the name it is called by."""

from runpy import run_path

import pytest

from core.process.child import ROOT

PROGRAM = run_path(str(ROOT / "packaging" / "program.py"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("/usr/bin/understudy", "--help"), "--self-test"),
        (("understudy-cli", "--help"), "--profile"),
        (("Understudy-CLI.exe", "--help"), "--profile"),
        (("lib/understudy-cli", "verify", "--help"), "watermark"),
    ],
)
def test_each_name_has_its_own_options(
    words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        PROGRAM["main"](words)
    assert told in capsys.readouterr().out
