"""In which language the window speaks: as the system does, or as chosen."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Those there are, each by its own name; the first is what the sources speak."""

FOLDER = Path(__file__).parents[1] / "translations"


def language(chosen: str, system: list[str] | None = None) -> str:
    """Return the language to speak: what was chosen, or the first of the system's that we know."""
    if chosen in LANGUAGES:
        return chosen
    wanted = QLocale.system().uiLanguages() if system is None else system
    known = (code for name in wanted if (code := name.replace("_", "-").split("-")[0]) in LANGUAGES)
    return next(known, next(iter(LANGUAGES)))


def install(application: QCoreApplication, chosen: str) -> str:
    """Let the program speak, Qt's own words included; return the language."""
    code = language(chosen)
    own = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in ((f"qtbase_{code}", own), (code, str(FOLDER))):
        translator = QTranslator(application)
        if translator.load(name, folder):
            application.installTranslator(translator)
    QLocale.setDefault(QLocale(code))
    return code
