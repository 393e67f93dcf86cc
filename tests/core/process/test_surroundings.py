"""Whatever surrounds a program of ours: its streams, letters and ends are as they should be."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.process.child import ROOT
from core.process.surroundings import ENDS

CLOSED = "import os; [os.close(n) for n in ({0})]; "
BEGIN = "from core.process.surroundings import begin; begin(); "

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such descriptors")


def run(program: str, *words: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*words, sys.executable, "-c", program],
        cwd=ROOT, capture_output=True, timeout=120, check=False, env={**os.environ, **environ},
    )  # fmt: skip


@posix
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_opened_again_and_no_file_takes_their_place(
    closed: str, tmp_path: Path
) -> None:
    program = (
        f"{BEGIN}import os, sys; "
        f"opened = os.open({str(tmp_path)!r}, os.O_RDONLY); "
        "print('out'); print('err', file=sys.stderr); text = sys.stdin.read(); "
        f"open({str(tmp_path / 'done')!r}, 'w').write(f'{{opened > 2}}{{text!r}}')"
    )
    done = run(program, "sh", "-c", f'exec "$0" "$@" {closed}')
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "done").read_text() == "True''"


@posix
def test_shared_memory_never_has_the_number_of_a_standard_stream() -> None:
    program = (
        "import os; os.close(0); from core.process.memory import Memory; memory = Memory(4096); "
        "print(min(memory.handles) > 2); memory.close()"
    )
    assert run(program).stdout.split() == [b"True"]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1", "utf-8"])
def test_letters_that_the_output_does_not_know_are_written_otherwise(encoding: str) -> None:
    program = f"{BEGIN}import sys; print('日本 \\udcff'); print('日本', file=sys.stderr)"
    done = run(program, PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    if encoding == "utf-8":
        assert done.stdout.split() == ["日本".encode(), rb"\udcff"]
    else:
        assert done.stdout.split() == [rb"\u65e5\u672c", rb"\udcff"]


def test_the_terminals_end_is_heard_as_ctrl_c_is_and_only_once() -> None:
    program = (
        "import os, signal\n"
        "from core.process.surroundings import ENDS, EndAsked, end_in_order\n"
        "end_in_order()\n"
        "for number in ENDS:\n"
        "    try:\n"
        "        signal.raise_signal(number)\n"
        "        print('went on')\n"
        "    except KeyboardInterrupt as asked:\n"
        "        print(asked.number)\n"
    )
    lines = run(program).stdout.split(b"\n")
    assert lines[0] == str(int(signal.SIGTERM)).encode()
    assert lines[1 : len(ENDS)] == [b"went on"] * (len(ENDS) - 1)


def test_who_works_with_threads_looks_whether_the_end_is_asked_for() -> None:
    program = (
        "import signal\n"
        "from core.process.surroundings import EndRequest\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background\n"
        "with EndRequest() as end:\n"
        "    print(end.number)\n"
        "    for number in (signal.SIGTERM, signal.SIGTERM):\n"
        "        signal.raise_signal(number)\n"
        "    print(end.number == signal.SIGTERM)\n"
        "    try:\n"
        "        signal.raise_signal(signal.SIGINT)\n"
        "    except KeyboardInterrupt:\n"
        "        print('interrupted')\n"
        "print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)\n"
    )
    assert run(program).stdout.split() == [b"0", b"True", b"interrupted", b"True"]


@posix
def test_a_program_that_outlives_its_terminal_on_purpose_still_does() -> None:
    program = (
        "import signal; from core.process.surroundings import end_in_order; end_in_order(); "
        "signal.raise_signal(signal.SIGHUP); print('went on')"
    )
    assert b"went on" in run(program, "nohup").stdout
