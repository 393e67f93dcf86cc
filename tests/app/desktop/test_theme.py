"""Light and dark, as chosen or as the system has it; letters stay legible in both."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from app.desktop.theme import COLOURS, STYLE, Theme, palette
from app.plain import Label, html

Role = QPalette.ColorRole


@pytest.fixture
def application(qapp: QApplication) -> Iterator[QApplication]:
    before = qapp.palette(), qapp.styleSheet(), qapp.style().objectName()
    yield qapp
    qapp.styleHints().setColorScheme(Qt.ColorScheme.Unknown)
    qapp.setStyleSheet(before[1])
    qapp.setStyle(before[2])
    qapp.setPalette(before[0])


def test_a_choice_colours_what_is_there_already_and_what_comes(
    qtbot: QtBot, application: QApplication
) -> None:
    theme = Theme(application)
    label = Label(html('<a href="x">██████</a>'))
    qtbot.addWidget(label)
    label.show()
    for name, dark in (("dark", True), ("light", False), ("dark", True)):
        theme.choose(name)
        assert theme.dark is dark
        assert (label.palette().color(Role.Window).lightness() < 128) is dark
        assert label.text() == '<a href="x">██████</a>'
        shown = label.grab().toImage()
        link = shown.pixelColor(shown.width() // 2, shown.height() // 2)
        assert link == application.palette().color(Role.Link), name


def test_without_a_choice_the_system_decides(application: QApplication) -> None:
    theme = Theme(application)
    for name in ("dark", ""):
        theme.choose(name)
    system = application.styleHints().colorScheme() is Qt.ColorScheme.Dark
    assert theme.dark is system


def contrast(one: QColor, other: QColor) -> float:
    """Return how far two colours are apart, as the accessibility guidelines of the web count."""

    def light(colour: QColor) -> float:
        parts = (colour.redF(), colour.greenF(), colour.blueF())
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", list(COLOURS))
@pytest.mark.parametrize(
    ("letters", "ground"),
    [
        (Role.WindowText, Role.Window),
        (Role.Text, Role.Base),
        (Role.ButtonText, Role.Button),
        (Role.PlaceholderText, Role.Window),
        (Role.PlaceholderText, Role.Base),
        (Role.HighlightedText, Role.Highlight),
        (Role.Link, Role.Window),
        (Role.ToolTipText, Role.ToolTipBase),
    ],
)
def test_letters_are_legible(
    scheme: Qt.ColorScheme, letters: QPalette.ColorRole, ground: QPalette.ColorRole
) -> None:
    colours = palette(scheme)
    assert contrast(colours.color(letters), colours.color(ground)) >= 4.5


@pytest.mark.parametrize("scheme", list(COLOURS))
@pytest.mark.parametrize("ground", [Role.Window, Role.Base, Role.Button])
def test_the_ring_around_what_has_the_focus_is_seen(
    scheme: Qt.ColorScheme, ground: QPalette.ColorRole
) -> None:
    colours = palette(scheme)
    assert "QPushButton:focus { border: 2px solid palette(link)" in STYLE
    assert contrast(colours.color(Role.Link), colours.color(ground)) >= 3


def test_white_letters_are_legible_on_every_ground_that_the_style_gives_them() -> None:
    grounds = re.findall(r"background: (#[0-9a-f]{6})", STYLE)
    assert len(grounds) > 5
    for ground in grounds:
        assert contrast(QColor("white"), QColor(ground)) >= 4.5, ground


@pytest.mark.parametrize("name", ["light", "dark"])
def test_in_an_open_list_the_row_that_is_chosen_is_seen(
    qtbot: QtBot, application: QApplication, name: str
) -> None:
    Theme(application).choose(name)
    box = QComboBox()
    box.addItems(["one", "two"])
    qtbot.addWidget(box)
    box.show()
    box.showPopup()
    view = box.view()
    qtbot.waitUntil(lambda: view.isVisible() and view.height() > 40)
    shown = view.viewport().grab().toImage()
    ground = shown.pixelColor(shown.width() - 3, view.visualRect(view.currentIndex()).center().y())
    letters = application.palette().color(Role.HighlightedText)
    assert contrast(ground, letters) >= 4.5
    box.hidePopup()
