"""The page shows findings as they come, never waits for them, and copies what is not private."""

import platform
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.desktop.language import FOLDER
from app.pages.doctor import DoctorPage, row
from core.doctor.camera import camera
from core.doctor.finding import Check, Finding, State
from core.doctor.sound import virtual_microphone
from core.doctor.system import System
from core.sentence import said
from core.sound.player import SoundError
from tests.core.doctor.computers import computer, put

FINE = Finding("Lamp", State.OK, "Anna's lamp shines", private=("Anna's lamp",))
BROKEN = Finding("Door", State.FAILED, "it is stuck", "Run sudo open door.")


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Shut until the test opens it, or ends."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def page(qtbot: QtBot, gate: threading.Event) -> DoctorPage:
    def pass_gate() -> Finding:
        gate.wait()
        return BROKEN

    made = DoctorPage(lambda: [Check("Lamp", lambda: FINE, 5.0), Check("Door", pass_gate, 5.0)])
    qtbot.addWidget(made)
    return made


def words(page: DoctorPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel))


def button(page: DoctorPage, title: str) -> QPushButton:
    return next(b for b in page.findChildren(QPushButton) if title in b.text())


def test_findings_are_shown_as_they_come(
    page: DoctorPage, qtbot: QtBot, gate: threading.Event
) -> None:
    page.show()
    qtbot.waitUntil(lambda: page.findings == (FINE,))
    assert page.running
    assert "Lamp: Anna's lamp shines" in words(page)
    assert "Testing…" in words(page)
    assert not button(page, "again").isEnabled()
    gate.set()
    qtbot.waitUntil(lambda: not page.running)
    assert "Door: it is stuck\nRun sudo open door." in words(page)
    assert "1 problem" in words(page)


def test_states_are_said_to_those_who_cannot_see_the_icon(
    page: DoctorPage, qtbot: QtBot, gate: threading.Event
) -> None:
    gate.set()
    page.run()
    qtbot.waitUntil(lambda: not page.running)
    names = [label.accessibleName() for label in page.findChildren(QLabel)]
    assert {"OK", "Failed"} <= set(names)


def test_it_can_be_run_again(page: DoctorPage, qtbot: QtBot, gate: threading.Event) -> None:
    gate.set()
    for _ in range(2):
        button(page, "again").click()
        page.run()  # asked for twice, done once
        qtbot.waitUntil(lambda: not page.running)
        assert page.findings == (FINE, BROKEN)
        qtbot.waitUntil(lambda: words(page).count("Door: it is stuck") == 1)


def test_the_report_is_copied_without_what_is_private(
    page: DoctorPage, qtbot: QtBot, gate: threading.Event
) -> None:
    gate.set()
    page.run()
    assert not button(page, "Copy").isEnabled()
    qtbot.waitUntil(lambda: not page.running)
    button(page, "Copy").click()
    text = QGuiApplication.clipboard().text()
    assert "ok       Lamp: (hidden) shines" in text
    assert "failed   Door: it is stuck\n         Run sudo open door." in text
    assert "has been copied" in words(page)


def test_showing_it_again_keeps_what_was_found(
    page: DoctorPage, qtbot: QtBot, gate: threading.Event
) -> None:
    gate.set()
    page.show()
    qtbot.waitUntil(lambda: not page.running)
    page.hide()
    page.show()
    assert not page.running
    assert page.findings == (FINE, BROKEN)


def test_a_page_that_is_gone_is_not_missed_by_the_checks(
    page: DoctorPage, qtbot: QtBot, gate: threading.Event
) -> None:
    page.show()
    qtbot.waitUntil(lambda: bool(page.findings))
    page.close()
    gate.set()


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    translator = QTranslator()
    assert translator.load("de", str(FOLDER))
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


def test_a_german_doctor_speaks_german(qtbot: QtBot, german: None, tmp_path: Path) -> None:
    put(tmp_path, f"lib/modules/{platform.release()}/build/Makefile")
    put(tmp_path, "sys/firmware/efi/efivars/SecureBoot-8be4df61").write_bytes(b"\6\0\0\0\1")
    part = row(camera(computer(tmp_path), lambda root: []))
    qtbot.addWidget(part)
    icon, head, remedy = part.findChildren(QLabel)
    assert icon.accessibleName() == "Fehlgeschlagen"
    assert head.text() == "Virtuelle Kamera: v4l2loopback ist nicht installiert"
    assert remedy.text().startswith("Führen Sie `sudo apt install v4l2loopback-dkms` aus, dann `su")
    assert "Secure Boot ist an: Wird das Modul abgelehnt" in remedy.text()
    assert remedy.text().endswith("stellt eine Seite bereit, die OBS zeigt.")


def test_the_remedy_of_an_error_begins_as_a_line_does(
    qtbot: QtBot, german: None, tmp_path: Path
) -> None:
    def refuse(system: System) -> str:
        raise SoundError(said("the engine is closed", remedy="start again"))

    part = row(virtual_microphone(computer(tmp_path, kind="win32"), refuse))
    qtbot.addWidget(part)
    _, head, remedy = part.findChildren(QLabel)
    assert head.text() == "Virtuelles Mikrofon: die Bilderzeugung ist beendet"
    assert remedy.text() == "Starten Sie noch einmal"
