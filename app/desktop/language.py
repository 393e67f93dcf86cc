"""In which language the window speaks: as the system does, or as chosen."""

from pathlib import Path

import PySide6
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Those there are, each by its own name; the first is what the sources speak."""

FOLDER = Path(__file__).parents[1] / "translations"

QTS_OWN = [Path(PySide6.__file__).parent / place for place in ("Qt/translations", "translations")]
"""Where Qt's own words lie: on Linux, and on Windows."""


def language(chosen: str, system: list[str] | None = None) -> str:
    """Return the language to speak: what was chosen, or the first of the system's that we know."""
    if chosen in LANGUAGES:
        return chosen
    wanted = QLocale.system().uiLanguages() if system is None else system
    known = (code for name in wanted if (code := name.replace("_", "-").split("-")[0]) in LANGUAGES)
    return next(known, next(iter(LANGUAGES)))


def install(application: QCoreApplication, chosen: str) -> str:
    """Let the program speak, Qt's own words included, and nothing else; return the language."""
    code = language(chosen)
    for before in application.findChildren(QTranslator):
        application.removeTranslator(before)
        before.deleteLater()
    for file in (FOLDER / code, *(folder / f"qtbase_{code}" for folder in QTS_OWN)):
        translator = QTranslator(application)
        if translator.load(str(file)):
            application.installTranslator(translator)
    QLocale.setDefault(QLocale(code))
    return code
