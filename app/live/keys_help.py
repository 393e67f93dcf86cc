"""The keys that work in the window, as F1 lists them."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

NATIVE = QKeySequence.SequenceFormat.NativeText


def keys_help() -> str:
    """Return each key and what it does, a line each."""
    return "\n".join(
        f"{QKeySequence(keys).toString(NATIVE)}:  {what}" for keys, what in _keys().items()
    )


def _keys() -> dict[str, str]:
    tr = QCoreApplication.translate
    return {
        "Ctrl+Return": tr("KeysHelp", "Start or stop"),
        "Ctrl+M": tr("KeysHelp", "Mute or unmute"),
        "Ctrl+P": tr("KeysHelp", "Pause or go on"),
        "Ctrl+R": tr("KeysHelp", "Start or stop recording"),
        "Ctrl+Shift+S": tr("KeysHelp", "Take a snapshot"),
        "Ctrl+F": tr("KeysHelp", "Frame the picture (arrow keys, +, - and 0)"),
        "Ctrl+Shift+M": tr("KeysHelp", "Mirror your preview"),
        "F2": tr("KeysHelp", "Rename the person"),
        "Del": tr("KeysHelp", "Remove the person (can be undone)"),
        "Return": tr("KeysHelp", "In the line below the picture: speak it"),
        "F1": tr("KeysHelp", "Show this list"),
    }
