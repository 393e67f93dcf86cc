"""A second start hands its word over, also where the first one crashed before."""

import os
import socket as sockets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalServer
from pytestqt.qtbot import QtBot

from app.desktop.single import Single, own_name, private
from core.process.child import ROOT

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such sockets")

NAME = f"understudy-test-{os.getpid()}"
LATER = f"from app.desktop.single import Single; print(Single({NAME!r}).hand_over('mute'))"
CRASH = f"""
import os
from PySide6.QtNetwork import QLocalServer
server = QLocalServer()
assert server.listen({NAME!r})
os._exit(0)
"""


@pytest.fixture
def first(qtbot: QtBot) -> Iterator[Single]:
    with closing(Single(NAME)) as single:
        yield single
    QLocalServer.removeServer(NAME)


def reached(heard: list[str], count: int) -> bool:
    return len(heard) == count


def test_without_another_one_nothing_can_be_handed_over(first: Single) -> None:
    assert not first.hand_over("show")


def test_a_second_start_is_heard_and_ends(qtbot: QtBot, first: Single) -> None:
    heard = list[str]()
    first.asked.connect(heard.append)
    first.listen()
    for count in (1, 2):
        later = subprocess.Popen(
            [sys.executable, "-c", LATER], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        qtbot.waitUntil(partial(reached, heard, count))
        assert later.communicate()[0] == "True\n"
    assert heard == ["mute", "mute"]


@posix
def test_what_a_crashed_one_left_is_no_obstacle(qtbot: QtBot, first: Single) -> None:
    subprocess.run([sys.executable, "-c", CRASH], cwd=ROOT, check=True)
    assert not first.hand_over("show")
    first.listen()
    assert first.listening


def test_its_name_is_one_persons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = own_name()
    assert Path(name).name.startswith("understudy-")
    monkeypatch.setattr("platformdirs.user_config_path", lambda *_, **__: tmp_path)
    assert Path(own_name()).name != Path(name).name


@posix
class TestOthers:
    """Other people on the same computer, and places that are no good."""

    @pytest.fixture(autouse=True)
    def home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HOME"):
            monkeypatch.setenv(name, str(tmp_path / "home"))
        monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
        return tmp_path

    def test_nobody_else_can_enter_the_folder_it_listens_in(self) -> None:
        folder = Path(own_name()).parent
        assert folder.stat().st_uid == os.getuid()
        assert folder.stat().st_mode & 0o077 == 0

    def test_the_systems_folder_for_sockets_comes_first(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        runtime = tmp_path / "run"
        runtime.mkdir(0o700)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
        assert Path(own_name()).parent == runtime
        runtime.chmod(0o755)  # others could put their own there, or read who connects
        assert Path(own_name()).parent != runtime

    def test_a_folder_that_leads_elsewhere_is_none(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir(0o700)
        (tmp_path / "link").symlink_to(tmp_path / "real")
        assert not private(tmp_path / "link")
        assert private(tmp_path / "real")

    @pytest.mark.skipif(sys.platform != "win32" and os.getuid() != 0, reason="takes root")
    def test_a_folder_that_somebody_else_made_before_is_none(self, tmp_path: Path) -> None:
        made = tmp_path / "understudy-0"
        made.mkdir(0o700)
        os.chown(made, 65534, 65534)
        assert not private(made)

    def test_a_path_that_no_socket_can_have_is_not_taken(
        self, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deep = tmp_path / ("deep" * 30)
        deep.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(deep))
        for name in ("XDG_CACHE_HOME", "HOME"):
            monkeypatch.setenv(name, str(deep))
        assert len(own_name()) < 108
        with closing(Single()) as single:
            single.listen()
            assert single.listening


@posix
def test_somebody_who_answers_otherwise_is_none_of_ours(qtbot: QtBot, tmp_path: Path) -> None:
    server = QLocalServer()
    path = f"/tmp/{NAME}-other"
    assert server.listen(path)
    server.newConnection.connect(lambda: server.nextPendingConnection().write(b"heard"))
    program = f"from app.desktop.single import Single; print(Single({path!r}).hand_over('show'))"
    later = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    qtbot.waitUntil(lambda: later.poll() is not None, timeout=30_000)
    assert later.communicate()[0] == "False\n"
    server.close()


@posix
def test_one_that_hangs_is_told_from_none(tmp_path: Path) -> None:
    path = f"/tmp/{NAME}-hangs"
    with sockets.socket(sockets.AF_UNIX) as hangs:
        hangs.bind(path)
        hangs.listen()
        single = Single(path, patience=50)
        assert not single.hand_over("show")
    assert single.unanswered
    Path(path).unlink()
