"""The starter decides rightly; what it installs is tried by hand, on a bare system."""

import ctypes
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import start
from core.process.child import ROOT

Runs = list[list[str]]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    """What would be run, with everything installed already."""
    done: Runs = []

    def run(module: str, *arguments: str) -> int:
        done.append([module, *arguments])
        return 7

    monkeypatch.setattr(start, "install", lambda extra: done.append(["install", extra]))
    monkeypatch.setattr(start, "run", run)
    monkeypatch.setattr(start, "provide", lambda *args, **named: None)
    return done


def test_with_a_display_the_app_is_started(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(start, "display_trouble", lambda: "")
    assert start.main([]) == 7
    assert runs == [["install", ""], ["app"]]


@pytest.mark.skipif(sys.platform != "linux", reason="displays have names on Linux only")
def test_with_a_display_that_is_not_there_a_film_is_made(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":7777")
    assert start.main([]) == 7
    assert runs[-1] == ["core.cli"]
    assert "film instead: the display :7777 cannot be reached" in capsys.readouterr().out


def test_without_a_display_there_is_a_film(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert start.main([]) == 7
    assert runs == [["install", ""], ["core.cli"]]


def test_the_demo_gets_its_arguments(runs: Runs) -> None:
    start.main(["demo", "--text", "hello", "--camera"])
    assert runs[-1] == ["core.cli", "--text", "hello", "--camera"]


def test_the_doctor_comes_without_system_packages(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(start, "provide")
    assert start.main(["doctor", "--json", "found.json"]) == 7
    assert runs == [["install", ""], ["core.doctor", "--json", "found.json"]]


def test_what_is_to_be_verified_is_handed_on(runs: Runs) -> None:
    assert start.main(["verify", "a.mp4", "--whole"]) == 7
    assert runs == [["install", ""], ["core.verify", "a.mp4", "--whole"]]


@pytest.mark.parametrize(("word", "code"), [("--help", 0), ("dance", 2)])
def test_other_words_get_the_usage(
    runs: Runs, word: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start.main([word]) == code
    assert "python start.py demo" in capsys.readouterr().out
    assert not runs


def test_an_old_python_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "OLDEST", (99, 0))
    assert start.main([]) == 1
    assert "needs Python 3.11" in capsys.readouterr().out


def test_the_neural_engine_is_an_extra(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    assert start.main(["neural"]) == 0
    assert runs == [["install", "neural"]]
    assert "trained avatar model" in capsys.readouterr().out


class TestSystemPackages:
    @pytest.fixture(autouse=True)
    def nothing_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing(name: str) -> None:
            raise OSError(name)

        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setattr(ctypes, "CDLL", missing)

    def test_a_user_is_told_exactly_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(start, "may_install", lambda: False)
        monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/apt-get")
        with pytest.raises(start.Failed, match=r"sudo apt install libegl1 libgl1$"):
            start.provide({"libEGL.so.1": "libegl1", "libGL.so.1": "libgl1"}, "the window")

    def test_elsewhere_the_libraries_are_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(start, "may_install", lambda: False)
        monkeypatch.setattr("shutil.which", lambda name: None)
        with pytest.raises(start.Failed, match="install what contains libEGL"):
            start.provide({"libEGL.so.1": "libegl1"}, "the window")

    def test_what_is_optional_is_told_and_it_goes_on(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(start, "may_install", lambda: False)
        start.provide(start.SOUND, "the microphone", optional=True)
        assert "For the microphone, system packages are missing" in capsys.readouterr().out

    def test_root_installs_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        installed: list[str] = []

        def apt(packages: list[str]) -> None:
            installed.extend(packages)
            monkeypatch.setattr(ctypes, "CDLL", lambda name: None)

        monkeypatch.setattr(start, "may_install", lambda: True)
        monkeypatch.setattr(start, "apt", apt)
        start.provide(start.QT, "the window")
        assert installed == list(start.QT.values())


class TestEnvironment:
    @pytest.fixture
    def environment(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        (tmp_path / "python").touch()
        monkeypatch.setattr(start, "PYTHON", tmp_path / "python")
        monkeypatch.setattr(start, "STAMP", tmp_path / "installed.txt")
        monkeypatch.setattr(start, "WANTED", tmp_path / "wanted.txt")
        monkeypatch.setattr(start, "make_environment", lambda: None)
        return tmp_path

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """What is installed each time, beside what an installation needs itself."""
        editions: list[str] = []

        def locked(kinds: set[str]) -> str:
            if kinds != {"build"}:
                editions.append(" ".join(sorted(kinds)))
            return ""

        monkeypatch.setattr(start, "locked", locked)
        monkeypatch.setattr(start, "torch_build", lambda kinds: "")
        monkeypatch.setattr(start, "pip", lambda *words: None)
        return editions

    def test_what_is_installed_is_not_installed_again(
        self, environment: Path, asked: list[str]
    ) -> None:
        for extra in ("", "", "test", "test", ""):
            start.install(extra)
        assert asked == ["base", "base test"]

    def test_an_extra_stays_when_what_is_needed_changes(
        self, environment: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        start.install("neural")
        monkeypatch.setattr(start, "fingerprint", lambda: "other")
        start.install("")
        start.install("test")
        assert asked == ["base neural", "base neural", "base neural test"]

    def test_whatever_was_installed_is_forgotten_with_its_environment(
        self, environment: Path, asked: list[str]
    ) -> None:
        start.install("neural")
        start.PYTHON.unlink()
        start.install("")
        assert asked == ["base neural", "base"]

    def test_a_change_of_what_is_needed_installs_again(
        self, environment: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        start.install("")
        monkeypatch.setattr(start, "fingerprint", lambda: "other")
        start.install("")
        assert len(asked) == 2

    def test_another_python_that_is_active_today_installs_nothing(
        self, environment: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        start.install("")
        monkeypatch.setattr(sys, "version", "3.99 of somebody else")
        start.install("")
        assert len(asked) == 1

    def test_a_folder_that_was_moved_or_copied_leads_to_itself(
        self, environment: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(start, "ENVIRONMENT", environment)
        pointer = environment / "lib/python3.11/site-packages/_editable_impl_understudy.pth"
        pointer.parent.mkdir(parents=True)
        pointer.write_text("/where/it/lay/before\n")
        start.install("")
        assert pointer.read_text("utf-8") == f"{ROOT}\n"

    def test_a_failed_installation_is_tried_again(
        self, environment: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*words: str) -> None:
            raise start.Failed("no connection")

        monkeypatch.setattr(start, "pip", fail)
        for _ in range(2):
            with pytest.raises(start.Failed):
                start.install("")


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("ERROR: No matching distribution found for torch==2.13.0", "use Python 3.11"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("Temporary failure in name resolution", "no connection to the internet"),
        ("something else", ""),
    ],
)
def test_what_pip_could_not_do_is_told_with_a_remedy(line: str, remedy: str) -> None:
    told = start.complaint(["Collecting torch", line])
    assert remedy in told
    assert line in told
    assert str(start.LOG) in told


def test_every_check_is_run_and_one_failure_is_enough(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], runs: Runs
) -> None:
    def check(name: str, command: list[str]) -> tuple[int, float]:
        return int(name == "types"), 1.0

    monkeypatch.setattr(start, "check", check)
    assert start.main(["test"]) == 1
    lines = capsys.readouterr().out.strip().splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["lint", "ok"],
        ["format", "ok"],
        ["types", "FAILED"],
        ["imports", "ok"],
        ["tests", "ok"],
        ["networks", "ok"],
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="there the starter waits for the program")
def test_what_runs_is_this_folders_code_whatever_surrounds_it(tmp_path: Path) -> None:
    for name in ("core", "app", "plugins"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('the wrong one')")
    program = (
        "import sys, start; from pathlib import Path; start.PYTHON = Path(sys.executable); "
        "start.install = lambda extra: None; start.main(['doctor', '--help'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {program}"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert "start.py doctor" in done.stdout, done.stderr


def test_what_is_printed_never_fails_for_its_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp1252"))
    start.mend_surroundings()
    sys.stdout.write("日本")
    sys.stdout.flush()
    assert written.getvalue().strip() == rb"\u65e5\u672c"


def test_the_starter_needs_nothing_but_python() -> None:
    lines = (ROOT / "start.py").read_text().splitlines()
    names = [line.split()[1] for line in lines if line.startswith(("import ", "from "))]
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)
