"""The keys that work in the window, as F1 lists them."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from app.plain import Html, html

translate = QCoreApplication.translate

NATIVE = QKeySequence.SequenceFormat.NativeText


def keys_help() -> Html:
    """Return a table of each key and what it does."""
    row = "<tr><td><b>{0}</b></td><td style='padding-left: 16px'>{1}</td></tr>"
    rows = (html(row, QKeySequence(keys).toString(NATIVE), what) for keys, what in _keys().items())
    return html(f"<table cellspacing='4'>{''.join(rows)}</table>")


def _keys() -> dict[str, str]:
    return {
        "Ctrl+Return": translate("KeysHelp", "Start or stop"),
        "Ctrl+M": translate("KeysHelp", "Mute or unmute"),
        "Ctrl+P": translate("KeysHelp", "Pause or go on"),
        "Ctrl+R": translate("KeysHelp", "Start or stop recording"),
        "Ctrl+Shift+S": translate("KeysHelp", "Take a snapshot"),
        "Ctrl+F": translate("KeysHelp", "Frame the picture (arrow keys, +, - and 0)"),
        "Ctrl+Shift+M": translate("KeysHelp", "Mirror your preview"),
        "F2": translate("KeysHelp", "Rename the person"),
        "Del": translate("KeysHelp", "Remove the person (can be undone)"),
        "Return": translate("KeysHelp", "In the line below the picture: speak it"),
        "Esc": translate("KeysHelp", "In that line: say no more of it"),
        "F1": translate("KeysHelp", "Show this list"),
    }
