"""The page is there while it is wanted, and keeps its address."""

import socket
from collections.abc import Iterator
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from app.outputs.browser_choice import BrowserChoice


@pytest.fixture
def choice(qtbot: QtBot) -> Iterator[BrowserChoice]:
    made = BrowserChoice()
    qtbot.addWidget(made)
    yield made
    made.close_page()


def test_it_is_served_while_it_is_on(choice: BrowserChoice) -> None:
    assert choice.address == ""
    choice.show_choice(True, 0, "")
    address = choice.address
    assert urlopen(address, timeout=30).status == 200
    choice.findChildren(QCheckBox)[0].click()
    assert choice.address == ""
    with pytest.raises(URLError):
        urlopen(address, timeout=30)


def test_the_address_is_copied(choice: BrowserChoice) -> None:
    choice.show_choice(True, 0, "abc")
    choice.copy()
    assert QGuiApplication.clipboard().text() == choice.address
    assert choice.address.endswith("/abc/")


def test_another_address_is_told(choice: BrowserChoice) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        choice.show_choice(True, taken.getsockname()[1], "abc")
    assert "is taken by another program" in choice.note
    assert choice.address


def test_a_port_that_cannot_be_is_told(choice: BrowserChoice) -> None:
    choice.show_choice(True, 70_000, "")
    assert "70000" in choice.note
    assert choice.address == ""
