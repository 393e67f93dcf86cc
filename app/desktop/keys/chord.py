"""A key with those held down with it, in terms that every system understands."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from core.sentence import said

if TYPE_CHECKING:
    from PySide6.QtCore import QKeyCombination

FUNCTION = re.compile(r"F([1-9]|1[0-2])")
PLAIN = re.compile(r"[A-Z0-9]")


@dataclass(frozen=True)
class Chord:
    """For example Ctrl+Alt+M."""

    key: str
    """A letter, a digit, or F1 to F12."""
    control: bool = False
    alt: bool = False
    shift: bool = False
    meta: bool = False
    """The key with the window on it."""

    @property
    def number(self) -> int:
        """Of a function key; 0 for all others."""
        return int(self.key[1:]) if len(self.key) > 1 else 0


def chord(text: str) -> Chord:
    """Return what `text` says, in Qt's portable words.

    Raises:
        ValueError: it is not one key, or one that would be missed elsewhere.
    """
    sequence = QKeySequence.fromString(text, QKeySequence.SequenceFormat.PortableText)
    if sequence.count() != 1:
        raise ValueError(said("{0!r} is not one key with those held down with it", text))
    pressed = cast("QKeyCombination", sequence[0])  # type: ignore[index]
    held, key = pressed.keyboardModifiers(), pressed.key()
    name = QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
    modifier = Qt.KeyboardModifier
    control, alt, shift, meta = (
        bool(held & one)
        for one in (
            modifier.ControlModifier,
            modifier.AltModifier,
            modifier.ShiftModifier,
            modifier.MetaModifier,
        )
    )
    if not (FUNCTION.fullmatch(name) or PLAIN.fullmatch(name)):
        raise ValueError(
            said(
                "{0} cannot be used everywhere", text, remedy="take a letter, a digit, or F1 to F12"
            )
        )
    if not (control or alt or meta) and not FUNCTION.fullmatch(name):
        raise ValueError(
            said("{0} alone would be missed in every other program", text, remedy="add Ctrl or Alt")
        )
    return Chord(name, control, alt, shift, meta)
