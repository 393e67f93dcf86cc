"""Whether the Linux display that is named is there: Qt ends the whole program where it is not."""

import ctypes
import os
import sys
from collections.abc import Mapping
from ctypes import c_char_p, c_int, c_void_p

from core.sentence import said

SCREENLESS = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")
"""Qt's platforms that ask for no display."""


def display_trouble(environ: Mapping[str, str] = os.environ) -> str:
    """Say why no window can be shown here; empty if one can.

    Takes milliseconds, or as long as the display takes to answer.
    """
    if sys.platform != "linux" or environ.get("QT_QPA_PLATFORM", "").startswith(SCREENLESS):
        return ""
    ways = {"WAYLAND_DISPLAY": _wayland_answers, "DISPLAY": _x11_answers}
    named = {name: answers for name, answers in ways.items() if environ.get(name)}
    if not named:
        return said("there is no display")
    if any(answers(environ[name]) for name, answers in named.items()):
        return ""
    names = ", ".join(environ[name] for name in named)
    return said(
        "the display {0} cannot be reached",
        names,
        remedy="start it on the desktop itself, as the person who is logged in there",
    )


def _x11_answers(name: str) -> bool:
    """Connect as Qt's plugin does, with the rights that XAUTHORITY gives."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype, xcb.xcb_connect.argtypes = c_void_p, (c_char_p, c_void_p)
    xcb.xcb_connection_has_error.restype = c_int
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (c_void_p,)
    connection = xcb.xcb_connect(os.fsencode(name), None)
    trouble = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not trouble


def _wayland_answers(name: str) -> bool:
    try:
        wayland = ctypes.CDLL("libwayland-client.so.0")
    except OSError:
        return False
    wayland.wl_display_connect.restype = c_void_p
    wayland.wl_display_connect.argtypes = (c_char_p,)
    wayland.wl_display_disconnect.argtypes = (c_void_p,)
    display = wayland.wl_display_connect(os.fsencode(name))
    if display:
        wayland.wl_display_disconnect(display)
    return bool(display)
