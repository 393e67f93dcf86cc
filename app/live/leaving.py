"""Whether the window shall be closed though others see or hear something, or it is recorded."""

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QWidget

from app.plain import confirm_until

translate = QCoreApplication.translate


class Answer(NamedTuple):
    """What somebody who wants to close the window says."""

    close: bool
    again: bool = True
    """Whether to ask the next time."""


def ask_to_leave(around: QWidget, recording: bool) -> Answer:
    """Ask whether the window shall be closed though something is on."""
    live = translate("Leaving", "You are live. Others will see the placeholder and hear nothing.")
    record = translate("Leaving", "A recording is running. It will be ended and kept.")
    close, never = confirm_until(
        around,
        translate("Leaving", "Close Understudy?"),
        (translate("Leaving", "Close Understudy?"), record if recording else live),
        translate("Leaving", "Keep going"),
        translate("Leaving", "Close"),
        translate("Leaving", "Don't ask again"),
    )
    return Answer(close, not never)


def by_hand(event: QCloseEvent) -> bool:
    """Whether somebody closes the window: not the program, nor the system that is shut down."""
    application = QGuiApplication.instance()
    saving = isinstance(application, QGuiApplication) and application.isSavingSession()
    return event.spontaneous() and not saving
