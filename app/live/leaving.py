"""Whether the window shall be closed though others see or hear something, or it is recorded."""

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QMessageBox, QWidget

translate = QCoreApplication.translate


class Answer(NamedTuple):
    """What somebody who wants to close the window says."""

    close: bool
    again: bool = True
    """Whether to ask the next time."""


def ask_to_leave(around: QWidget, recording: bool) -> Answer:
    """Ask whether the window shall be closed though something is on."""
    box = QMessageBox(around)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(translate("Leaving", "Close Understudy?"))
    live = translate("Leaving", "You are live. Others will see the placeholder and hear nothing.")
    record = translate("Leaving", "A recording is running. It will be ended and kept.")
    box.setText(record if recording else live)
    never = QCheckBox(translate("Leaving", "Don't ask again"))
    box.setCheckBox(never)
    stay = box.addButton(translate("Leaving", "Keep going"), QMessageBox.ButtonRole.RejectRole)
    go = box.addButton(translate("Leaving", "Close"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    return Answer(box.clickedButton() is go, not never.isChecked())


def by_hand(event: QCloseEvent) -> bool:
    """Whether somebody closes the window: not the program, nor the system that is shut down."""
    application = QGuiApplication.instance()
    saving = isinstance(application, QGuiApplication) and application.isSavingSession()
    return event.spontaneous() and not saving
