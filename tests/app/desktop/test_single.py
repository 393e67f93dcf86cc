"""A second start hands its word over, also where the first one crashed before."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pytest
from PySide6.QtNetwork import QLocalServer
from pytestqt.qtbot import QtBot

from app.desktop.single import Single, own_name
from core.process.child import ROOT

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


@pytest.mark.skipif(sys.platform == "win32", reason="pipes vanish with their owner there")
def test_what_a_crashed_one_left_is_no_obstacle(qtbot: QtBot, first: Single) -> None:
    subprocess.run([sys.executable, "-c", CRASH], cwd=ROOT, check=True)
    assert not first.hand_over("show")
    first.listen()
    assert first.listening


def test_its_name_is_one_persons() -> None:
    assert own_name().startswith("understudy")
