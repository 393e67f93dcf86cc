"""The language follows the system unless somebody chose one."""

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from app.desktop.language import install, language


@pytest.mark.parametrize(
    ("chosen", "system", "spoken"),
    [
        ("", ["de-AT", "en-US"], "de"),
        ("", ["de_DE"], "de"),
        ("", ["fr-FR", "de-DE"], "de"),
        ("", ["fr-FR"], "en"),
        ("", [], "en"),
        ("en", ["de-DE"], "en"),
        ("de", ["en-GB"], "de"),
        ("klingon", ["de-DE"], "de"),
    ],
)
def test_the_first_that_we_know_is_spoken(chosen: str, system: list[str], spoken: str) -> None:
    assert language(chosen, system) == spoken


def test_qts_own_words_are_spoken_too(qapp: QApplication) -> None:
    before = QLocale()
    known = set(qapp.findChildren(QTranslator))
    assert install(qapp, "de") == "de"
    try:
        assert qapp.translate("QPlatformTheme", "Cancel") == "Abbrechen"
        assert qapp.translate("Keys", "Start or stop") == "Starten oder beenden"
    finally:
        for translator in set(qapp.findChildren(QTranslator)) - known:
            qapp.removeTranslator(translator)
        QLocale.setDefault(before)
