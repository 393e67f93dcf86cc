"""Global keys on Wayland, through the desktop's portal: the desktop asks people and decides."""

import itertools
import logging
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import closing, suppress
from queue import Empty, SimpleQueue
from typing import Any

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageType, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from PySide6.QtCore import QObject, Signal

from app.desktop.keys.chord import Chord, chord
from core.sentence import Sentence, said

log = logging.getLogger(__name__)

NAME = "org.freedesktop.portal.Desktop"
PORTAL = DBusAddress("/org/freedesktop/portal/desktop", NAME, f"{NAME[:-8]}.GlobalShortcuts")

LOOK = 0.2
"""Seconds between two looks for a wish of the window's."""

ANSWER, DIALOG = 5.0, 120.0
"""Seconds that the desktop may take to answer, and people to decide."""


class PortalKeys(QObject):
    """Satisfies `Keys`. `claim` and `close` on the window's thread; one of its own talks."""

    pressed = Signal(str)
    claimed = Signal(object)

    def __init__(
        self, titles: Mapping[str, str], bus: str = "SESSION", parent: QObject | None = None
    ) -> None:
        """`titles` says for each deed what people read in the desktop's dialog."""
        super().__init__(parent)
        self._titles = titles
        self._bus = bus
        self._wishes: SimpleQueue[Mapping[str, str] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def claim(self, wanted: Mapping[str, str]) -> None:
        """See `Keys.claim`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="global keys", daemon=True)
            self._thread.start()
        self._wishes.put(dict(wanted))

    def close(self) -> None:
        """See `Keys.close`."""
        self._wishes.put(None)
        if self._thread:
            self._thread.join(ANSWER)
            self._thread = None

    def _run(self) -> None:
        try:
            with closing(open_dbus_connection(self._bus)) as connection:
                self._serve(_Portal(connection, self._titles))
        except Exception:  # whatever the desktop answers, the program goes on without the keys
            log.warning("no global keys", exc_info=True)
            while (wish := self._wishes.get()) is not None:
                self._refuse(wish)

    def _serve(self, portal: "_Portal") -> None:
        while True:
            try:
                wish = self._wishes.get_nowait()
            except Empty:
                if deed := portal.pressed(LOOK):
                    self.pressed.emit(deed)
                continue
            if wish is None:
                return
            try:
                self.claimed.emit(portal.bind(wish))
            except (OSError, TimeoutError):
                log.info("no global keys", exc_info=True)
                self._refuse(wish)

    def _refuse(self, wish: Mapping[str, str]) -> None:
        self.claimed.emit({deed: refused(deed) for deed in wish})


class _Portal:
    """A conversation with the desktop, on one thread."""

    def __init__(self, connection: DBusConnection, titles: Mapping[str, str]) -> None:
        self._connection = connection
        self._titles = titles
        self._signals: deque[Message] = deque()
        self._tokens = (f"understudy{number}" for number in itertools.count())
        self._session = ""
        rule = MatchRule(type="signal", sender=NAME)
        connection.send_and_get_reply(message_bus.AddMatch(rule), timeout=ANSWER)

    def bind(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """Ask for these keys instead of all before; return for each that is refused why."""
        problems, wishes = {}, []
        for deed, text in wanted.items():
            try:
                wishes.append((deed, self._wish(deed, chord(text))))
            except ValueError as error:
                problems[deed] = str(error)
        self._leave()
        if not wishes:
            return problems
        options = {"session_handle_token": ("s", next(self._tokens))}
        created = self._request("CreateSession", "a{sv}", (), options)
        self._session = str(created["session_handle"][1])
        bound = self._request("BindShortcuts", "oa(sa{sv})sa{sv}", (self._session, wishes, ""), {})
        given = {deed for deed, _ in bound.get("shortcuts", ("", []))[1]}
        missing = [deed for deed, _ in wishes if deed not in given]
        return problems | dict.fromkeys(missing, said("the desktop did not give this key"))

    def pressed(self, timeout: float) -> str:
        """Return the deed whose key is pressed within `timeout` seconds, or nothing."""
        with suppress(TimeoutError):
            self._signals.append(self._connection.receive(timeout=timeout))
        while self._signals:
            message = self._signals.popleft()
            if _member(message) == "Activated" and message.body[0] == self._session:
                return str(message.body[1])
        return ""

    def _request(
        self, method: str, signature: str, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> dict[str, Any]:
        """Return what the desktop responds once people have decided.

        Raises:
            OSError: there is no such portal, or they refused.
        """
        token = next(self._tokens)
        body = (*arguments, {**options, "handle_token": ("s", token)})
        rule = MatchRule(type="signal", member="Response")
        with self._connection.filter(rule) as responses:
            call = new_method_call(PORTAL, method, signature, body)
            reply = self._connection.send_and_get_reply(call, timeout=ANSWER)
            if reply.header.message_type is MessageType.error:
                raise OSError(f"{method}: {reply.body}")
            response = self._connection.recv_until_filtered(responses, timeout=DIALOG)
        code, results = response.body
        if code:
            raise OSError(said("{0} was refused ({1})", method, code))
        return dict(results)

    def _wish(self, deed: str, keys: Chord) -> dict[str, tuple[str, str]]:
        return {
            "description": ("s", self._titles[deed]),
            "preferred_trigger": ("s", trigger(keys)),
        }

    def _leave(self) -> None:
        if self._session:
            session = DBusAddress(self._session, NAME, f"{NAME[:-8]}.Session")
            self._connection.send(new_method_call(session, "Close"))
            self._session = ""


def refused(deed: str) -> Sentence:
    """Return why there is no key for `deed`, and what does the same."""
    return said(
        "this desktop gives programs no global keys",
        remedy=said(
            "in its keyboard settings, bind a key to the command `understudy --tell {0}`", deed
        ),
    )


def trigger(keys: Chord) -> str:
    """Return the chord in the words of the desktops' common specification for shortcuts."""
    held = ((keys.control, "CTRL"), (keys.alt, "ALT"), (keys.shift, "SHIFT"), (keys.meta, "LOGO"))
    return "+".join(
        [*(name for down, name in held if down), keys.key if keys.number else keys.key.lower()]
    )


def _member(message: Message) -> str:
    return str(message.header.fields.get(HeaderFields.member, ""))
