"""F1 lists the keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.window import Window
from tests.app.test_window import window

__all__ = ["window"]


def test_every_key_of_the_window_is_in_the_list(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: shown.append(box.text()))
    qtbot.waitExposed(window)
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_F1)
    (text,) = shown
    for key in ("Ctrl+M", "Ctrl+P", "Ctrl+R", "Ctrl+Shift+S", "Ctrl+F", "F2"):
        assert f"<b>{key}</b>" in text
