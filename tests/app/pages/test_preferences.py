"""What holds for the whole program is shown as it is, and told when it changes."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.pages.preferences import Preferences
from app.settings import Settings

CHOSEN = Settings(
    engine="puppet", theme="dark", language="de", tray=True, keys=(("mute", "Ctrl+Alt+M"),)
)


def made(qtbot: QtBot, settings: Settings = CHOSEN, there: bool = True) -> Preferences:
    page = Preferences(settings, there, there)
    qtbot.addWidget(page)
    page.show()
    return page


def test_it_shows_what_was_chosen(qtbot: QtBot) -> None:
    page = made(qtbot)
    boxes = (page._engine, page._theme, page.language)
    assert [box.currentData() for box in boxes] == ["puppet", "dark", "de"]
    assert page._tray.isChecked()
    assert page.keys() == {"mute": "Ctrl+Alt+M"}


def test_a_change_is_told_by_its_name(qtbot: QtBot) -> None:
    page, told = made(qtbot), list[tuple[str, object]]()
    page.chosen.connect(lambda name, value: told.append((name, value)))
    page._engine.setCurrentIndex(page._engine.findData("neural"))
    page._theme.setCurrentIndex(page._theme.findData(""))
    page._tray.click()
    page.language.setCurrentIndex(page.language.findData("en"))
    page._keys["pause"].setKeySequence(QKeySequence("Ctrl+Alt+P"))
    page._keys["pause"].editingFinished.emit()
    keys = (("mute", "Ctrl+Alt+M"), ("pause", "Ctrl+Alt+P"))
    assert told == [
        ("engine", "neural"), ("theme", ""), ("tray", False), ("language", "en"), ("keys", keys),
    ]  # fmt: skip
    assert not page._later.isVisible()
    page.wait()
    assert page._later.isVisible()


def test_a_key_is_typed_and_taken_away(qtbot: QtBot) -> None:
    page = made(qtbot)
    edit = page._keys["toggle"]
    edit.setFocus()
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    QTest.keyClick(edit, Qt.Key.Key_S, held)
    assert page.keys()["toggle"] == "Ctrl+Alt+S"
    edit.clear()
    assert set(page.keys()) == {"mute"}


def test_what_cannot_be_had_is_said_below_its_key(qtbot: QtBot) -> None:
    page = made(qtbot)
    page.show_problems({"mute": "another program has this key"})
    assert page._problems["mute"].isVisible()
    page.show_problems({})
    assert not page._problems["mute"].isVisible()


def test_a_system_without_keys_or_tray_is_told_another_way(qtbot: QtBot) -> None:
    page = made(qtbot, there=False)
    assert "understudy --tell mute" in page._about_keys(False)
    assert not page._tray.isVisible()
    assert not page._keys["mute"].isVisible()


@pytest.mark.parametrize(("engine", "offered"), [("", False), ("testcard", True)])
def test_the_test_card_is_only_offered_to_who_uses_it(
    qtbot: QtBot, engine: str, offered: bool
) -> None:
    page = made(qtbot, Settings(engine=engine))
    assert (page._engine.findData("testcard") >= 0) is offered


def test_what_the_engine_runs_on_and_why_is_shown(qtbot: QtBot) -> None:
    page = made(qtbot)
    assert "once it is live" in page._why.text()
    page.show_engine("puppet engine on the CPU (no trained avatar model here)")
    assert page._why.text().startswith("Puppet engine on the CPU (no trained")
