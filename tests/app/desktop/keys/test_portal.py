"""Global keys from a desktop's portal: a stand-in for it on a bus of its own."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from jeepney import DBusAddress, HeaderFields, Message, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
from pytestqt.qtbot import QtBot

from app.desktop.keys.chord import chord
from app.desktop.keys.portal import NAME, PortalKeys, trigger

TITLES = {"mute": "Mute", "pause": "Pause", "toggle": "Start or stop"}
PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"

pytestmark = pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="there is no dbus-daemon")


@pytest.fixture
def bus() -> Iterator[str]:
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    yield server.stdout.readline().strip()
    server.terminate()
    server.wait()
    server.stdout.close()


class Desktop:
    """Gives every key but those that somebody refuses, and presses them when told."""

    def __init__(self, bus: str, refuse: tuple[str, ...] = ()) -> None:
        self._connection = open_dbus_connection(bus)
        self._connection.send_and_get_reply(message_bus.RequestName(NAME))
        self._refuse = refuse
        self._ended = threading.Event()
        self.wishes: list[dict[str, dict[str, Any]]] = []
        self.closed: list[str] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def press(self, deed: str, session: str) -> None:
        self._emit(PATH, SHORTCUTS, "Activated", "osta{sv}", (session, deed, 0, {}))

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        self._connection.close()

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                self._answer(self._connection.receive(timeout=0.02))
            except TimeoutError:
                continue

    def _answer(self, call: Message) -> None:
        fields = call.header.fields
        member = fields.get(HeaderFields.member)
        if member == "Close":
            self.closed.append(fields[HeaderFields.path])
        if member not in ("CreateSession", "BindShortcuts"):
            return
        request = f"/request/{len(self.wishes)}/{member}"
        self._connection.send(new_method_return(call, "o", (request,)))
        results: dict[str, Any] = {"session_handle": ("s", f"/session/{len(self.wishes)}")}
        if member == "BindShortcuts":
            wishes = dict(call.body[1])
            self.wishes.append(wishes)
            given = [
                (d, {"trigger_description": ("s", "x")}) for d in wishes if d not in self._refuse
            ]
            results = {"shortcuts": ("a(sa{sv})", given)}
        code = 1 if self._refuse == ("all",) else 0
        self._emit(request, "org.freedesktop.portal.Request", "Response", "ua{sv}", (code, results))

    def _emit(self, path: str, interface: str, name: str, signature: str, body: Any) -> None:
        self._connection.send(new_signal(DBusAddress(path, NAME, interface), name, signature, body))


def test_the_desktop_is_asked_and_its_keys_are_heard(qtbot: QtBot, bus: str) -> None:
    heard, problems = list[str](), list[dict[str, str]]()
    with closing(Desktop(bus, ("pause",))) as desktop, closing(PortalKeys(TITLES, bus)) as keys:
        keys.pressed.connect(heard.append)
        keys.claimed.connect(problems.append)
        keys.claim({"mute": "Ctrl+Alt+M", "pause": "Meta+F9", "toggle": "Home"})
        qtbot.waitUntil(lambda: bool(problems))
        assert desktop.wishes[0]["mute"] == {
            "description": ("s", "Mute"),
            "preferred_trigger": ("s", "CTRL+ALT+m"),
        }
        assert set(problems[0]) == {"pause", "toggle"}
        assert "did not give" in problems[0]["pause"]
        desktop.press("mute", "/session/elsewhere")
        desktop.press("mute", "/session/0")
        qtbot.waitUntil(lambda: heard == ["mute"])
        keys.claim({"mute": "Ctrl+1"})
        qtbot.waitUntil(lambda: len(problems) == 2)
        assert problems[1] == {}
        qtbot.waitUntil(lambda: desktop.closed == ["/session/0"])


@pytest.mark.parametrize("there", [True, False])
def test_a_desktop_that_refuses_or_has_no_portal_is_told_with_another_way(
    qtbot: QtBot, bus: str, caplog: pytest.LogCaptureFixture, there: bool
) -> None:
    caplog.set_level("CRITICAL")
    problems = list[dict[str, str]]()
    desktop = Desktop(bus, ("all",)) if there else None
    with closing(PortalKeys(TITLES, bus)) as keys:
        keys.claimed.connect(problems.append)
        keys.claim({"mute": "Ctrl+Alt+M"})
        qtbot.waitUntil(lambda: bool(problems))
        assert "understudy --tell mute" in problems[0]["mute"]
    if desktop:
        desktop.close()


def test_without_a_bus_it_says_the_same(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL")
    problems = list[dict[str, str]]()
    with closing(PortalKeys(TITLES, "unix:path=/no/such/bus")) as keys:
        keys.claimed.connect(problems.append)
        keys.claim({"mute": "Ctrl+Alt+M"})
        qtbot.waitUntil(lambda: bool(problems))
    assert "--tell" in problems[0]["mute"]


def test_triggers_are_written_as_desktops_read_them() -> None:
    assert trigger(chord("Ctrl+Alt+Shift+M")) == "CTRL+ALT+SHIFT+m"
    assert trigger(chord("Meta+F9")) == "LOGO+F9"
