"""Faults of Qt's binding that would end the program are not in the version we use."""

import subprocess
import sys

EMITS = """
from PySide6.QtCore import QCoreApplication, QObject, Signal
class Sender(QObject):
    sent = Signal(int)
application, sender = QCoreApplication([]), Sender()
for number in range(5000):
    sender.sent.emit(number)
"""


def test_signals_can_be_sent_for_hours() -> None:
    done = subprocess.run([sys.executable, "-c", EMITS], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
