"""On a small screen, in every language, all that people read has room."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.desktop.theme import Theme
from app.people.profile_dialog import ProfileDialog
from app.plain import add_row
from app.settings import Settings
from core.portrait.judge import PhotoVerdict
from plugins.profiles import Folders
from tests.app.desktop.test_theme import application
from tests.app.find import cut, part
from tests.app.test_shell import House, chosen
from tests.app.test_translations import speaking

__all__ = ["application", "chosen", "speaking"]

SMALL = 1024, 568
"""Pixels of a small screen below the title bar."""

LONG = "no face was found in this picture: it is too dark, and the head is turned far away"


@pytest.fixture
def house(
    qtbot: QtBot, application: QApplication, chosen: Settings, tmp_path: Path, store: Folders,
    speaking: str,
) -> Iterator[House]:  # fmt: skip
    Theme(application)
    house = House(qtbot, chosen, tmp_path, store)
    house.window.resize(*SMALL)
    yield house
    house.close()


def test_every_text_of_every_page_has_room(qtbot: QtBot, house: House) -> None:
    pages = part(house.window, QTabWidget)
    assert (house.window.width(), house.window.height()) == SMALL
    for place in range(pages.count()):
        pages.setCurrentIndex(place)
        qtbot.wait(50)
        assert cut(house.window) == [], pages.tabText(place)


class Strict:
    """Finds much wrong with every photo."""

    def close(self) -> None:
        pass

    def __call__(self, path: Path) -> PhotoVerdict:
        return PhotoVerdict(path, problem=LONG)


def test_what_is_wrong_with_photos_can_be_read_whole(
    qtbot: QtBot, application: QApplication, store: Folders, photo: Path, speaking: str
) -> None:
    Theme(application)
    dialog = ProfileDialog(store, judge=Strict)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.wait(100)
    assert cut(dialog) == []
    dialog.choose((photo,) * 3)
    qtbot.waitUntil(lambda: all(card.verdict for card in dialog.cards))
    qtbot.wait(200)
    assert cut(dialog) == []
    screen = dialog.screen().availableGeometry()
    assert dialog.geometry().bottom() <= screen.bottom()
    dialog.reject()


def test_a_title_stands_in_line_with_its_field_also_where_a_button_follows(
    qtbot: QtBot, application: QApplication
) -> None:
    Theme(application)
    page, box = QWidget(), QComboBox()
    qtbot.addWidget(page)
    row = QHBoxLayout()
    row.addWidget(box)
    row.addWidget(QPushButton("Refresh"))
    add_row(QFormLayout(page), "Microphone", row)
    page.show()
    (label,) = page.findChildren(QLabel)
    assert abs(label.geometry().center().y() - box.geometry().center().y()) <= 1
