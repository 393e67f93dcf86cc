"""A running OBS shows the page at the push of a button, or says why not."""

import threading
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.outputs.browser_choice import BrowserChoice
from app.outputs.obs_offer import ObsOffer
from core.web.obs import ObsError
from tests.app.find import part

Show = Callable[[str, tuple[int, int], str], str]


def offer(qtbot: QtBot, show: Show) -> ObsOffer:
    found = ObsOffer(lambda: "http://page", lambda: (1280, 720), show)
    qtbot.addWidget(found)
    found.show()
    return found


def test_obs_is_asked_with_the_password_which_is_then_forgotten(qtbot: QtBot) -> None:
    asked = []

    def show(address: str, size: tuple[int, int], password: str) -> str:
        asked.append((address, size, password))
        return "Talk"

    found = offer(qtbot, show)
    field = part(found, QLineEdit)
    assert field.echoMode() is QLineEdit.EchoMode.Password
    QTest.keyClicks(field, "secret")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: found.note == "OBS shows it in the scene Talk.")
    assert asked == [("http://page", (1280, 720), "secret")]
    assert field.text() == ""


def test_what_is_in_the_way_is_told_and_the_password_stays_to_be_mended(qtbot: QtBot) -> None:
    def refuse(*_: object) -> str:
        raise ObsError("OBS does not take this password: copy it")

    found = offer(qtbot, refuse)
    QTest.keyClicks(part(found, QLineEdit), "guess")
    part(found, QPushButton).click()
    qtbot.waitUntil(lambda: "does not take this password" in found.note)
    assert part(found, QLineEdit).text() == "guess"
    assert part(found, QPushButton).isEnabled()


def test_a_window_that_closes_does_not_wait_for_obs(qtbot: QtBot) -> None:
    answer = threading.Event()

    def hang(*_: object) -> str:
        answer.wait(20)
        return ""

    found = offer(qtbot, hang)
    found.add()
    found.close_offer(0)
    answer.set()
    assert found.note == ""


def test_it_is_offered_while_the_page_is_on(qtbot: QtBot) -> None:
    choice = BrowserChoice()
    qtbot.addWidget(choice)
    choice.show()
    assert not choice.obs.isVisible()
    choice.show_choice(True, 0, "")
    assert choice.obs.isVisible()
    choice.close_page()
