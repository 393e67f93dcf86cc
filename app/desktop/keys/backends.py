"""Global keys: which there are, and how they are had on this system."""

import sys
from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, SignalInstance
from PySide6.QtGui import QGuiApplication

DEEDS = {
    "toggle": QT_TRANSLATE_NOOP("Keys", "Start or stop"),
    "mute": QT_TRANSLATE_NOOP("Keys", "Mute"),
    "pause": QT_TRANSLATE_NOOP("Keys", "Pause"),
    "show": QT_TRANSLATE_NOOP("Keys", "Show the window"),
}
"""What can be done by a global key, or by a later start with `--tell`, and its title."""


class Keys(Protocol):
    """Keys that reach us whatever program is in front."""

    @property
    def pressed(self) -> SignalInstance:
        """The deed whose key was pressed."""
        ...

    @property
    def claimed(self) -> SignalInstance:
        """What came of a claim: for each deed whose key cannot be had, why."""
        ...

    def claim(self, wanted: Mapping[str, str]) -> None:
        """Ask for a key for each deed, in Qt's portable words, and let go of all before."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


def titles() -> dict[str, str]:
    """Return what people read for each deed."""
    return {deed: QCoreApplication.translate("Keys", str(title)) for deed, title in DEEDS.items()}


def open_keys(parent: QObject | None = None) -> Keys | None:
    """Return this system's way to global keys, or None if there is none."""
    platform = QGuiApplication.platformName()
    try:
        if platform == "xcb":
            from app.desktop.keys.x11 import X11Keys

            return X11Keys(parent=parent)
        if platform.startswith("wayland"):
            from app.desktop.keys.portal import PortalKeys

            return PortalKeys(titles(), parent=parent)
    except (OSError, ImportError):
        return None
    if sys.platform == "win32":
        from app.desktop.keys.windows import WindowsKeys

        return WindowsKeys(parent=parent)
    return None
