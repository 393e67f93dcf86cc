"""Global keys on a real X11 screen of their own, where one can be started."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing

import pytest
from pytestqt.qtbot import QtBot

from app.desktop.keys.x11 import X11Keys

CONTROL, ALT, NUM, M, P = "Control_L", "Alt_L", "Num_Lock", "m", "p"
CODES = {CONTROL: 37, ALT: 64, NUM: 77, M: 58, P: 33}
"""Of the keyboard that every Xvfb has."""

pytestmark = pytest.mark.skipif(not shutil.which("Xvfb"), reason="there is no Xvfb")


@pytest.fixture
def display() -> Iterator[str]:
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "320x240x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as answer:
        yield f":{answer.readline().strip()}"
    server.terminate()
    server.wait()


def type_keys(display: str, *names: str) -> None:
    """Press keys one after the other, and let them go again, as a keyboard would.

    Return when the screen has them: of what several programs send, it takes turns at reading.
    """
    try:
        xcb, test = ctypes.CDLL("libxcb.so.1"), ctypes.CDLL("libxcb-xtest.so.0")
    except OSError:
        pytest.skip("there is no libxcb-xtest")
    xcb.xcb_connect.restype = xcb.xcb_get_input_focus_reply.restype = ctypes.c_void_p
    screen = ctypes.c_void_p(xcb.xcb_connect(display.encode(), None))
    down, up = 2, 3
    for kind, order in ((down, names), (up, names[::-1])):
        for name in order:
            test.xcb_test_fake_input(screen, kind, CODES[name], 0, 0, 0, 0, 0)
    answer = xcb.xcb_get_input_focus_reply(screen, xcb.xcb_get_input_focus(screen), None)
    ctypes.CDLL(None).free(ctypes.c_void_p(answer))
    xcb.xcb_disconnect(screen)


def test_only_what_was_asked_for_is_heard_whatever_is_locked(qtbot: QtBot, display: str) -> None:
    heard, problems = list[str](), list[object]()
    with closing(X11Keys(display)) as keys:
        keys.pressed.connect(heard.append)
        keys.claimed.connect(problems.append)
        keys.claim({"mute": "Ctrl+Alt+M", "pause": "Ctrl+F9"})
        type_keys(display, CONTROL, ALT, P)
        type_keys(display, CONTROL, M)
        type_keys(display, CONTROL, ALT, M)
        qtbot.waitUntil(lambda: heard == ["mute"])
        type_keys(display, NUM)
        type_keys(display, CONTROL, ALT, M)
        qtbot.waitUntil(lambda: heard == ["mute", "mute"])
    assert problems == [{}]


def test_a_key_that_is_let_go_is_heard_no_more_and_others_can_have_it(
    qtbot: QtBot, display: str
) -> None:
    heard = list[str]()
    with closing(X11Keys(display)) as keys, closing(X11Keys(display)) as other:
        refused = list[dict[str, str]]()
        other.claimed.connect(refused.append)
        keys.pressed.connect(heard.append)
        keys.claim({"mute": "Ctrl+Alt+M"})
        other.claim({"mute": "Ctrl+Alt+M", "pause": "Home"})
        assert "another program has this key" in refused[0]["mute"]
        assert "letter" in refused[0]["pause"]
        keys.claim({})
        other.pressed.connect(lambda deed: heard.append(f"other {deed}"))
        other.claim({"mute": "Ctrl+Alt+M"})
        assert refused[1] == {}
        type_keys(display, CONTROL, ALT, M)
        qtbot.waitUntil(lambda: bool(heard))
        assert heard == ["other mute"]


def test_without_a_screen_it_says_so(qtbot: QtBot) -> None:
    with pytest.raises(OSError, match="cannot be reached"):
        X11Keys(":4711")
