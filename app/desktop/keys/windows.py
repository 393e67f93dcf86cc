"""Global keys on Windows, through RegisterHotKey: only the keys that are asked for reach us."""

import ctypes
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, Signal

from app.desktop.keys.chord import Chord, chord
from core.sentence import said

ALT, CONTROL, SHIFT, META, ONCE = 1, 2, 4, 8, 0x4000
"""Bits of what is held down; the last keeps a key that is held from counting again and again."""

F1 = 0x70
HOTKEY = 0x0312
"""The message that Windows sends."""


class _Message(ctypes.Structure):
    _fields_ = (
        ("window", ctypes.c_void_p), ("kind", ctypes.c_uint), ("number", ctypes.c_size_t),
        ("keys", ctypes.c_ssize_t),
    )  # fmt: skip


class WindowsKeys(QObject):
    """Satisfies `Keys`. On the window's thread; `user32` stands in for the system's library."""

    pressed = Signal(str)
    claimed = Signal(object)

    def __init__(self, user32: Any = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._user32 = user32 or ctypes.WinDLL("user32")  # type: ignore[attr-defined]
        self._deeds: dict[int, str] = {}
        self._filter = _Filter(self.hear)
        if application := QCoreApplication.instance():
            application.installNativeEventFilter(self._filter)

    def claim(self, wanted: Mapping[str, str]) -> None:
        """See `Keys.claim`."""
        self._let_go()
        problems = {}
        for number, (deed, text) in enumerate(wanted.items(), 1):
            try:
                keys = chord(text)
            except ValueError as error:
                problems[deed] = str(error)
                continue
            if self._user32.RegisterHotKey(None, number, _held(keys) | ONCE, _code(keys)):
                self._deeds[number] = deed
            else:
                problems[deed] = said("another program has this key", remedy="choose another one")
        self.claimed.emit(problems)

    def close(self) -> None:
        """See `Keys.close`."""
        self._let_go()
        if application := QCoreApplication.instance():
            application.removeNativeEventFilter(self._filter)

    def hear(self, kind: int, number: int) -> None:
        """Take a message of the system's."""
        if kind == HOTKEY and (deed := self._deeds.get(number)):
            self.pressed.emit(deed)

    def _let_go(self) -> None:
        for number in self._deeds:
            self._user32.UnregisterHotKey(None, number)
        self._deeds.clear()


class _Filter(QAbstractNativeEventFilter):
    """Looks at each message of the system's before Qt does."""

    def __init__(self, hear: Any) -> None:
        super().__init__()
        self._hear = hear

    def nativeEventFilter(
        self, kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> object:
        if kind == b"windows_generic_MSG":
            seen = _Message.from_address(int(message))
            self._hear(seen.kind, seen.number)
        return False, 0


def _held(keys: Chord) -> int:
    bits = ((keys.shift, SHIFT), (keys.control, CONTROL), (keys.alt, ALT), (keys.meta, META))
    return sum(bit for down, bit in bits if down)


def _code(keys: Chord) -> int:
    return F1 + keys.number - 1 if keys.number else ord(keys.key)
