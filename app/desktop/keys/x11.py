"""Global keys on X11, through libxcb: only the keys that are asked for reach us, no others."""

import ctypes
from collections.abc import Mapping
from ctypes import POINTER, Structure, c_char_p, c_int, c_uint8, c_uint16, c_uint32, c_void_p
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Signal

from app.desktop.keys.chord import Chord, chord
from core.sentence import said

SHIFT, CAPS, CONTROL, ALT, NUM, META = 1, 2, 4, 8, 16, 64
"""Bits of what is held down; Num Lock is where nearly every system has it."""

LOCKS = (0, CAPS, NUM, CAPS | NUM)
"""A key counts whether these are on or not."""

F1 = 0xFFBE
"""Symbol of the first function key; the others follow."""

ASYNC, PRESSED, TOP = 1, 2, 0x7F


class _Screens(Structure):
    _fields_ = (("data", POINTER(c_uint32)), ("rem", c_int), ("index", c_int))


class _Cookie(Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class _Event(Structure):
    _fields_ = (
        ("kind", c_uint8), ("code", c_uint8), ("sequence", c_uint16), ("time", c_uint32),
        ("windows", c_uint32 * 3), ("places", c_uint16 * 4), ("held", c_uint16),
    )  # fmt: skip


FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "xcb_connect": (c_void_p, [c_char_p, c_void_p]),
    "xcb_connection_has_error": (c_int, [c_void_p]),
    "xcb_disconnect": (None, [c_void_p]),
    "xcb_get_file_descriptor": (c_int, [c_void_p]),
    "xcb_get_setup": (c_void_p, [c_void_p]),
    "xcb_setup_roots_iterator": (_Screens, [c_void_p]),
    "xcb_poll_for_event": (POINTER(_Event), [c_void_p]),
    "xcb_request_check": (c_void_p, [c_void_p, _Cookie]),
    "xcb_grab_key_checked": (
        _Cookie, [c_void_p, c_uint8, c_uint32, c_uint16, c_uint8, c_uint8, c_uint8],
    ),
    "xcb_ungrab_key_checked": (_Cookie, [c_void_p, c_uint8, c_uint32, c_uint16]),
}  # fmt: skip

SYMBOLS: dict[str, tuple[Any, list[Any]]] = {
    "xcb_key_symbols_alloc": (c_void_p, [c_void_p]),
    "xcb_key_symbols_free": (None, [c_void_p]),
    "xcb_key_symbols_get_keycode": (POINTER(c_uint8), [c_void_p, c_uint32]),
}


class X11Keys(QObject):
    """Satisfies `Keys`. On the window's thread; a connection to the screen of its own.

    Raises:
        OSError: a library is missing, or there is no screen.
    """

    pressed = Signal(str)
    claimed = Signal(object)

    def __init__(self, display: str | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._xcb = _library("libxcb.so.1", FUNCTIONS)
        self._names = _library("libxcb-keysyms.so.1", SYMBOLS)
        self._free = _library("libc.so.6", {"free": (None, [c_void_p])}).free
        self._screen = self._xcb.xcb_connect(display and display.encode(), None)
        if self._xcb.xcb_connection_has_error(self._screen):
            self._xcb.xcb_disconnect(self._screen)
            raise OSError(said("the screen cannot be reached"))
        setup = self._xcb.xcb_get_setup(self._screen)
        self._root = self._xcb.xcb_setup_roots_iterator(setup).data[0]
        self._deeds: dict[tuple[int, int], str] = {}
        handle = self._xcb.xcb_get_file_descriptor(self._screen)
        self._wake = QSocketNotifier(handle, QSocketNotifier.Type.Read, self)
        self._wake.activated.connect(self._look)

    def claim(self, wanted: Mapping[str, str]) -> None:
        """See `Keys.claim`."""
        self._let_go()
        problems = dict[str, str]()
        for deed, text in wanted.items():
            try:
                self._claim(deed, chord(text))
            except (ValueError, OSError) as error:
                problems[deed] = str(error)
        self._look()
        self.claimed.emit(problems)

    def close(self) -> None:
        """See `Keys.close`."""
        self._wake.setEnabled(False)
        if self._screen:
            self._xcb.xcb_disconnect(self._screen)
            self._screen = None

    def _claim(self, deed: str, keys: Chord) -> None:
        held = _held(keys)
        for code in self._codes(keys):
            for lock in LOCKS:
                cookie = self._xcb.xcb_grab_key_checked(
                    self._screen, 0, self._root, held | lock, code, ASYNC, ASYNC
                )
                if not self._done(cookie):
                    raise OSError(said("another program has this key", remedy="choose another one"))
            self._deeds[code, held] = deed

    def _codes(self, keys: Chord) -> list[int]:
        """Return the codes under which the keyboard knows the key."""
        symbol = F1 + keys.number - 1 if keys.number else ord(keys.key.lower())
        table = self._names.xcb_key_symbols_alloc(self._screen)
        found = self._names.xcb_key_symbols_get_keycode(table, symbol)
        codes = list[int]()
        while found and (code := found[len(codes)]):
            codes.append(code)
        if found:
            self._free(ctypes.cast(found, c_void_p))
        self._names.xcb_key_symbols_free(table)
        if not codes:
            raise ValueError(said("this keyboard has no key {0}", keys.key))
        return codes

    def _let_go(self) -> None:
        """Return when others can have the keys, not when that has been asked for."""
        for code, held in self._deeds:
            for lock in LOCKS:
                self._done(
                    self._xcb.xcb_ungrab_key_checked(self._screen, code, self._root, held | lock)
                )
        self._deeds.clear()

    def _done(self, cookie: _Cookie) -> bool:
        """Wait until the screen has done as asked; return whether it has not refused."""
        error = self._xcb.xcb_request_check(self._screen, cookie)
        if error:
            self._free(error)
        return not error

    def _look(self) -> None:
        while self._screen and (event := self._xcb.xcb_poll_for_event(self._screen)):
            kind, code, held = event[0].kind & TOP, event[0].code, event[0].held
            self._free(ctypes.cast(event, c_void_p))
            held &= SHIFT | CONTROL | ALT | META
            if kind == PRESSED and (deed := self._deeds.get((code, held))):
                self.pressed.emit(deed)
        if self._screen and self._xcb.xcb_connection_has_error(self._screen):
            self._wake.setEnabled(False)


def _held(keys: Chord) -> int:
    bits = ((keys.shift, SHIFT), (keys.control, CONTROL), (keys.alt, ALT), (keys.meta, META))
    return sum(bit for down, bit in bits if down)


def _library(name: str, functions: dict[str, tuple[Any, list[Any]]]) -> ctypes.CDLL:
    library = ctypes.CDLL(name)
    for function, (result, arguments) in functions.items():
        found = getattr(library, function)
        found.restype, found.argtypes = result, arguments
    return library
