"""The doctor's page: what works on this computer, what does not, and the next step."""

import threading
from collections.abc import Callable, Iterable
from queue import SimpleQueue

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.parts.layout import WIDEST, centred, scrolling
from app.parts.sentences import began, told
from app.parts.signs import sign
from app.plain import Label, tip
from core.doctor.finding import Check, Finding, State, examine
from core.doctor.report import owner, report
from core.doctor.system import System

LOOK = 100
"""Milliseconds between two looks for what has been found."""

SIGNS = {State.OK: "tick", State.WARNING: "mark", State.FAILED: "cross", State.SKIPPED: "dash"}

STATES = {
    State.OK: QT_TRANSLATE_NOOP("DoctorPage", "OK"),
    State.WARNING: QT_TRANSLATE_NOOP("DoctorPage", "Works with limits"),
    State.FAILED: QT_TRANSLATE_NOOP("DoctorPage", "Failed"),
    State.SKIPPED: QT_TRANSLATE_NOOP("DoctorPage", "Not applicable"),
}

SIGN = 18
"""Pixels of a sign."""


class DoctorPage(QWidget):
    """Runs the checks when it is first shown and whenever asked; the window stays alive meanwhile.

    `checks` is asked for them anew each time, on the thread that runs them.
    """

    def __init__(self, checks: Callable[[], Iterable[Check]]) -> None:
        super().__init__()
        self._checks = checks
        self._findings: list[Finding] = []
        self._found: SimpleQueue[Finding | None] = SimpleQueue()
        self._look = QTimer(self, interval=LOOK)
        self._look.timeout.connect(self._take)
        self._state = Label()
        self._again, self._copy = (
            QPushButton(self.tr("Run &again")),
            QPushButton(self.tr("&Copy report")),
        )
        self._again.clicked.connect(self.run)
        self._copy.clicked.connect(self.copy)
        self._rows = QVBoxLayout()
        self._lay_out()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What has been found so far."""
        return tuple(self._findings)

    @property
    def running(self) -> bool:
        return self._look.isActive()

    def run(self) -> None:
        """Begin anew."""
        if self.running:
            return
        self._clear()
        threading.Thread(target=self._examine, name="doctor", daemon=True).start()
        self._look.start()
        self._tell()

    def copy(self) -> None:
        """Put the report, which names nobody, on the clipboard."""
        QGuiApplication.clipboard().setText(report(self._findings, System(), owner()))
        self._state.setText(
            self.tr("The report has been copied. It names neither you nor your devices.")
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._findings:
            self.run()

    def _examine(self) -> None:
        """Runs on the doctor's thread."""
        for finding in examine(self._checks()):
            self._found.put(finding)
        self._found.put(None)

    def _take(self) -> None:
        while not self._found.empty():
            finding = self._found.get()
            if finding is None:
                self._look.stop()
            else:
                self._findings.append(finding)
                self._rows.insertWidget(self._rows.count() - 1, row(finding))
        self._tell()

    def _tell(self) -> None:
        failed = sum(finding.state is State.FAILED for finding in self._findings)
        several = self.tr("{count} problems").format(count=failed)
        problems = ("", self.tr("1 problem"))[failed] if failed < 2 else several
        done = (problems or self.tr("All good")) if self._findings else ""
        testing = " ".join(filter(None, (self.tr("Testing…"), problems)))
        self._state.setText(testing if self.running else done)
        self._again.setEnabled(not self.running)
        self._copy.setEnabled(not self.running)

    def _clear(self) -> None:
        self._findings.clear()
        while self._rows.count() > 1:
            item = self._rows.takeAt(0)
            if item and (widget := item.widget()):
                widget.deleteLater()

    def _lay_out(self) -> None:
        self._rows.addStretch(1)
        self._rows.setSpacing(12)
        self._rows.setContentsMargins(16, 12, 16, 12)
        inside = QWidget()
        inside.setLayout(self._rows)
        inside.setMaximumWidth(WIDEST)
        below = QWidget()
        buttons = QHBoxLayout()
        centred(below).addLayout(buttons)
        buttons.setContentsMargins(16, 0, 16, 12)
        buttons.addWidget(self._state, 1)
        buttons.addWidget(self._again)
        buttons.addWidget(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolling(inside), 1)
        layout.addWidget(below)


def row(finding: Finding) -> QWidget:
    """Return a finding as people see it: icon, name and sentence, and below them the remedy."""
    found = QWidget()
    icon = Label()
    icon.setPixmap(sign(SIGNS[finding.state], SIGN, found.devicePixelRatioF()))
    icon.setAccessibleName(state(finding.state))
    tip(icon, state(finding.state))
    layout = QGridLayout(found)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setColumnStretch(1, 1)
    layout.setHorizontalSpacing(10)
    layout.addWidget(icon, 0, 0, Qt.AlignmentFlag.AlignTop)
    layout.addWidget(text(f"{told(finding.name)}: {told(finding.sentence)}"), 0, 1)
    if finding.remedy:
        remedy = text(began(told(finding.remedy)))
        remedy.setObjectName("remedy")
        layout.addWidget(remedy, 1, 1)
    return found


def state(found: State) -> str:
    """Return what people read for a state."""
    return QCoreApplication.translate("DoctorPage", str(STATES[found]))


def text(words: str) -> Label:
    """Return words that wrap, and can be selected and copied."""
    label = Label(words)
    label.setWordWrap(True)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label
